using System;
using System.IO;
using System.Text;

public static class Driver
{
    public static void Main()
    {
        var utf8 = new UTF8Encoding(false);
        var input = new StreamReader(Console.OpenStandardInput(), utf8);
        var output = new StreamWriter(Console.OpenStandardOutput(), utf8) { AutoFlush = true };
        string line;
        while ((line = input.ReadLine()) != null)
        {
            try
            {
                var result = new StringBuilder();
                foreach (string field in CsvLine.Parse(line.Replace('~', '\n')))
                    result.Append('[').Append(field).Append(']');
                output.WriteLine(result.ToString().Replace('\n', '~'));
            }
            catch (FormatException)
            {
                output.WriteLine("error");
            }
        }
    }
}
