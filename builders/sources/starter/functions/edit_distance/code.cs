using System;
using System.Collections.Generic;

public static class Levenshtein
{
    public static int EditDistance(string left, string right)
    {
        if (left == null) throw new ArgumentNullException(nameof(left));
        if (right == null) throw new ArgumentNullException(nameof(right));

        List<int> longer = CodePoints(left);
        List<int> shorter = CodePoints(right);
        if (longer.Count < shorter.Count) (longer, shorter) = (shorter, longer);

        var previous = new int[shorter.Count + 1];
        var current = new int[shorter.Count + 1];
        for (int j = 0; j < previous.Length; j++) previous[j] = j;

        for (int i = 0; i < longer.Count; i++)
        {
            current[0] = i + 1;
            for (int j = 0; j < shorter.Count; j++)
            {
                int replaced = previous[j] + (longer[i] == shorter[j] ? 0 : 1);
                int shifted = Math.Min(previous[j + 1], current[j]) + 1;
                current[j + 1] = Math.Min(replaced, shifted);
            }
            (previous, current) = (current, previous);
        }
        return previous[shorter.Count];
    }

    private static List<int> CodePoints(string text)
    {
        var points = new List<int>(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
                points.Add(char.ConvertToUtf32(text[i], text[++i]));
            else
                points.Add(text[i]);
        }
        return points;
    }
}
