using System;
using System.Collections.Generic;
using System.Linq;

public static class IntervalMerger
{
    public static List<(int Start, int End)> MergeIntervals(IEnumerable<(int Start, int End)> intervals)
    {
        if (intervals == null)
        {
            throw new ArgumentNullException(nameof(intervals));
        }

        var merged = new List<(int Start, int End)>();
        foreach (var next in intervals.OrderBy(interval => interval.Start))
        {
            if (next.Start > next.End)
            {
                throw new ArgumentException($"Interval starts after it ends: {next.Start} > {next.End}", nameof(intervals));
            }

            int last = merged.Count - 1;
            if (last < 0 || next.Start > merged[last].End)
            {
                merged.Add(next);
            }
            else
            {
                merged[last] = (merged[last].Start, Math.Max(merged[last].End, next.End));
            }
        }
        return merged;
    }
}
