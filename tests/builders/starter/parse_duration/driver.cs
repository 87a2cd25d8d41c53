using System;

public static class Driver
{
    public static void Main()
    {
        string line;
        while ((line = Console.ReadLine()) != null)
        {
            try
            {
                Console.WriteLine(DurationParser.ParseDuration(line));
            }
            catch (FormatException)
            {
                Console.WriteLine("error");
            }
        }
        Console.Out.Flush();
    }
}
