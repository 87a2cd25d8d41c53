using System;
using System.Globalization;

public static class Driver
{
    public static void Main()
    {
        string line;
        while ((line = Console.ReadLine()) != null)
        {
            long count = long.Parse(line, CultureInfo.InvariantCulture);
            try
            {
                Console.WriteLine(ByteFormatter.FormatBytes(count));
            }
            catch (ArgumentOutOfRangeException)
            {
                Console.WriteLine("error");
            }
        }
        Console.Out.Flush();
    }
}
