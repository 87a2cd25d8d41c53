using System;
using System.Collections.Generic;

public static class Driver
{
    public static void Main()
    {
        string line;
        while ((line = Console.ReadLine()) != null)
        {
            var queue = new PriorityQueue<string>();
            var result = new List<string>();
            string[] words = line.Split(' ');
            for (int i = 0; i < words.Length; i++)
            {
                if (words[i] == "push")
                {
                    queue.Push(words[i + 1], int.Parse(words[i + 2]));
                    i += 2;
                }
                else if (words[i] == "size")
                {
                    result.Add(queue.Count.ToString());
                }
                else
                {
                    try
                    {
                        result.Add(queue.Pop());
                    }
                    catch (InvalidOperationException)
                    {
                        result.Add("error");
                    }
                }
            }
            Console.WriteLine(string.Join(" ", result));
        }
    }
}
