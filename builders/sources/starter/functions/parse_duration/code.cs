using System;
using System.Globalization;

public static class DurationParser
{
    private const string Units = "dhms";
    private const int MaxDigits = 9;
    private static readonly long[] SecondsPerUnit = { 86400, 3600, 60, 1 };

    public static long ParseDuration(string text)
    {
        if (text == null)
        {
            throw new ArgumentNullException(nameof(text));
        }

        long total = 0;
        int nextUnit = 0;
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] >= '0' && text[i] <= '9')
            {
                continue;
            }

            int digits = i - start;
            int unit = Units.IndexOf(text[i], nextUnit);
            if (unit < 0 || digits == 0 || digits > MaxDigits)
            {
                throw new FormatException($"Invalid duration: '{text}'.");
            }

            string number = text.Substring(start, digits);
            total += long.Parse(number, CultureInfo.InvariantCulture) * SecondsPerUnit[unit];
            nextUnit = unit + 1;
            start = i + 1;
        }

        if (nextUnit == 0 || start < text.Length)
        {
            throw new FormatException($"Invalid duration: '{text}'.");
        }

        return total;
    }
}
