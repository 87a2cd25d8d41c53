using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

public static class WordFrequencies
{
    // An apostrophe belongs to a word only between two of its other characters.
    private static readonly Regex Word =
        new Regex(@"[a-z0-9\u0080-\uffff]+(?:'[a-z0-9\u0080-\uffff]+)*", RegexOptions.Compiled);

    public static List<KeyValuePair<string, int>> MostFrequent(string text, int k)
    {
        if (k < 0)
            throw new ArgumentOutOfRangeException(nameof(k));
        string lowered = Regex.Replace(text, "[A-Z]+", match => match.Value.ToLowerInvariant());
        return Word.Matches(lowered)
            .Cast<Match>()
            .GroupBy(match => match.Value)
            .Select(group => new KeyValuePair<string, int>(group.Key, group.Count()))
            .OrderByDescending(entry => entry.Value)
            .ThenBy(entry => entry.Key, StringComparer.Ordinal)
            .Take(k)
            .ToList();
    }
}
