using System;
using System.IO;

public static class Driver
{
    public static void Main()
    {
        const string path = "tail_lines.tmp";
        var input = new StreamReader(Console.OpenStandardInput());
        var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        string line;
        while ((line = input.ReadLine()) != null)
        {
            string[] parts = line.Split(new[] { '|' }, 2);
            if (parts.Length == 2)
            {
                File.WriteAllText(path, parts[1].Replace("\\n", "\n"));
            }
            try
            {
                var lines = FileTail.TailLines(path, int.Parse(parts[0]));
                output.Write(lines.Length + ":");
                foreach (string text in lines)
                {
                    output.Write(" [" + text + "]");
                }
                output.WriteLine();
            }
            catch (Exception e) when (e is IOException || e is ArgumentOutOfRangeException)
            {
                output.WriteLine("error");
            }
            File.Delete(path);
        }
    }
}
