using System;
using System.Globalization;

public static class Driver
{
    public static void Main()
    {
        string line;
        while ((line = Console.ReadLine()) != null)
        {
            int number = int.Parse(line, CultureInfo.InvariantCulture);
            try
            {
                Console.WriteLine(RomanNumerals.ToRoman(number));
            }
            catch (ArgumentOutOfRangeException)
            {
                Console.WriteLine("error");
            }
        }
        Console.Out.Flush();
    }
}
