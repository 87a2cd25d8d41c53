using System;
using System.IO;
using System.Linq;
using System.Text;

class Driver
{
    static void Main()
    {
        var utf8 = new UTF8Encoding(false);
        var input = new StreamReader(Console.OpenStandardInput(), utf8);
        var output = new StreamWriter(Console.OpenStandardOutput(), utf8) { AutoFlush = true, NewLine = "\n" };
        string line;
        while ((line = input.ReadLine()) != null)
        {
            try
            {
                var shown = QueryStringParser.ParseQueryString(line)
                    .OrderBy(entry => entry.Key, StringComparer.Ordinal)
                    .Select(entry => entry.Key + "=[" + string.Join("|", entry.Value) + "]");
                output.WriteLine("{" + string.Join(" ", shown) + "}");
            }
            catch (FormatException)
            {
                output.WriteLine("error");
            }
        }
    }
}
