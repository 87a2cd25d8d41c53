using System;
using System.IO;
using System.Text;

class Driver
{
    static void Main()
    {
        var input = new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(false));
        string line;
        while ((line = input.ReadLine()) != null)
        {
            string[] texts = line.Split('|');
            Console.WriteLine(Levenshtein.EditDistance(texts[0], texts[1]));
        }
    }
}
