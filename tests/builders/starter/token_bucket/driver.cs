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
            try
            {
                var bucket = new TokenBucket(int.Parse(f[0]), int.Parse(f[1]));
                var answers = new List<string>();
                for (int i = 2; i < f.Length; i += 2)
                    answers.Add(bucket.Allow(long.Parse(f[i]), int.Parse(f[i + 1])) ? "yes" : "no");
                Console.WriteLine(string.Join(" ", answers));
            }
            catch (ArgumentException)
            {
                Console.WriteLine("error");
            }
        }
    }
}
