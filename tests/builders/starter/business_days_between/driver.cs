using System;

static class Driver
{
    static void Main()
    {
        for (string line; (line = Console.ReadLine()) != null;)
        {
            var dates = line.Split(',');
            try
            {
                Console.WriteLine(BusinessDayCounter.BusinessDaysBetween(dates[0], dates[1]));
            }
            catch (Exception e) when (e is FormatException || e is ArgumentException)
            {
                Console.WriteLine("error");
            }
        }
        Console.Out.Flush();
    }
}
