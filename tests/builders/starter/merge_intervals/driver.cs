using System;
using System.Collections.Generic;
using System.Linq;

static class Driver
{
    static string Answer(string line)
    {
        var intervals = new List<(int, int)>();
        foreach (var word in line.Split(new[] { ' ' }, StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = word.Split(',');
            intervals.Add((int.Parse(parts[0]), int.Parse(parts[1])));
        }
        try
        {
            var merged = IntervalMerger.MergeIntervals(intervals);
            return merged.Count == 0 ? "none" : string.Join(" ", merged.Select(m => m.Item1 + "," + m.Item2));
        }
        catch (ArgumentException)
        {
            return "error";
        }
    }

    static void Main()
    {
        for (string line; (line = Console.ReadLine()) != null;)
        {
            Console.WriteLine(Answer(line));
        }
        Console.Out.Flush();
    }
}
