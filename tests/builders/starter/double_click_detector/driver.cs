using System;
using System.Collections.Generic;

static class Driver
{
    static void Main()
    {
        string line;
        while ((line = Console.ReadLine()) != null)
        {
            string[] f = line.Split(' ');
            var reported = new List<string>();
            try
            {
                var detector = new DoubleClickDetector(long.Parse(f[0]));
                detector.DoubleClicked += (sender, e) => reported.Add(e.TimeMs + ":" + e.Button);
                for (int i = 1; i < f.Length; i += 2)
                    detector.Click(long.Parse(f[i]), int.Parse(f[i + 1]));
                Console.WriteLine(reported.Count == 0 ? "none" : string.Join(" ", reported));
            }
            catch (ArgumentException)
            {
                Console.WriteLine("error");
            }
        }
    }
}
