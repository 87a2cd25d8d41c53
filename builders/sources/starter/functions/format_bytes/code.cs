using System;
using System.Globalization;

public static class ByteFormatter
{
    private static readonly string[] Units = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };

    public static string FormatBytes(long count)
    {
        if (count < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(count), "The byte count must not be negative.");
        }
        if (count < 1024)
        {
            return count.ToString(CultureInfo.InvariantCulture) + " B";
        }

        decimal value = count / 1024m;
        int index = 0;
        while (RoundToTenth(value) >= 1024)
        {
            value /= 1024;
            index++;
        }
        return RoundToTenth(value).ToString("0.0", CultureInfo.InvariantCulture) + " " + Units[index];
    }

    private static decimal RoundToTenth(decimal value)
    {
        return Math.Round(value, 1, MidpointRounding.AwayFromZero);
    }
}
