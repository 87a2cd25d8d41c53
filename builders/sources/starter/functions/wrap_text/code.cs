using System;
using System.Collections.Generic;
using System.Text;

public static class TextWrapper
{
    public static IList<string> WrapText(string text, int width)
    {
        if (text == null)
        {
            throw new ArgumentNullException(nameof(text));
        }
        if (width < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(width), "Width must be at least 1.");
        }

        var lines = new List<string>();
        var line = new StringBuilder();
        foreach (string word in text.Split((char[])null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length <= width)
            {
                line.Append(' ').Append(word);
                continue;
            }
            if (line.Length > 0)
            {
                lines.Add(line.ToString());
                line.Clear();
            }

            int start = 0;
            for (; word.Length - start > width; start += width)
            {
                lines.Add(word.Substring(start, width));
            }
            line.Append(word, start, word.Length - start);
        }
        if (line.Length > 0)
        {
            lines.Add(line.ToString());
        }
        return lines;
    }
}
