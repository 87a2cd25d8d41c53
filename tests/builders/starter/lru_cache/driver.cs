using System;
using System.Collections.Generic;

static class Driver
{
    static string Answer(string[] words)
    {
        LruCache cache;
        try
        {
            cache = new LruCache(int.Parse(words[0]));
        }
        catch (ArgumentException)
        {
            return "error";
        }
        var result = new List<string>();
        for (int i = 1; i < words.Length;)
        {
            int key = int.Parse(words[i + 1]);
            if (words[i] == "put")
            {
                cache.Put(key, int.Parse(words[i + 2]));
                i += 3;
            }
            else
            {
                int value;
                result.Add(cache.TryGet(key, out value) ? value.ToString() : "none");
                i += 2;
            }
        }
        return string.Join(" ", result);
    }

    static void Main()
    {
        for (string line; (line = Console.ReadLine()) != null;)
        {
            Console.WriteLine(Answer(line.Split(' ')));
        }
        Console.Out.Flush();
    }
}
