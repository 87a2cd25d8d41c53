using System;
using System.IO;
using System.Linq;
using System.Text;

static class Driver
{
    static void Main()
    {
        var utf8 = new UTF8Encoding(false);
        var input = new StreamReader(Console.OpenStandardInput(), utf8);
        var output = new StreamWriter(Console.OpenStandardOutput(), utf8) { AutoFlush = true };
        string line;
        while ((line = input.ReadLine()) != null)
        {
            string[] f = (line + " ").Split(new[] { ' ' }, 2);
            try
            {
                var pairs = WordFrequencies.MostFrequent(f[1], int.Parse(f[0]));
                output.WriteLine(pairs.Count == 0 ? "none" : string.Join(" ", pairs.Select(p => p.Key + ":" + p.Value)));
            }
            catch (ArgumentException)
            {
                output.WriteLine("error");
            }
        }
    }
}
