using System;

public static class Driver
{
    public static void Main()
    {
        string line;
        while ((line = Console.ReadLine()) != null)
        {
            int[] n = Array.ConvertAll(line.Split(' '), int.Parse);
            try
            {
                var date = MonthArithmetic.AddMonths(n[0], n[1], n[2], n[3]);
                Console.WriteLine("{0:D4}-{1:D2}-{2:D2}", date.Year, date.Month, date.Day);
            }
            catch (ArgumentOutOfRangeException)
            {
                Console.WriteLine("error");
            }
        }
    }
}
