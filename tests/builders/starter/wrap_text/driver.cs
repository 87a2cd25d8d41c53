using System;
using System.Globalization;

public static class Driver
{
    public static void Main()
    {
        string request;
        while ((request = Console.ReadLine()) != null)
        {
            string[] parts = (request + " ").Split(new[] { ' ' }, 2);
            try
            {
                var lines = TextWrapper.WrapText(parts[1], int.Parse(parts[0], CultureInfo.InvariantCulture));
                Console.Write(lines.Count);
                foreach (string line in lines)
                {
                    Console.Write("|" + line);
                }
                Console.WriteLine();
            }
            catch (ArgumentOutOfRangeException)
            {
                Console.WriteLine("error");
            }
        }
        Console.Out.Flush();
    }
}
