using System;
using System.IO;

public static class Driver
{
    public static void Main()
    {
        var input = new StreamReader(Console.OpenStandardInput());
        var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        string line;
        while ((line = input.ReadLine()) != null)
        {
            try
            {
                output.WriteLine(PathNormalizer.NormalizePath(line));
            }
            catch (ArgumentException)
            {
                output.WriteLine("error");
            }
        }
    }
}
