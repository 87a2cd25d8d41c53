using System;
using System.Globalization;

public static class BusinessDayCounter
{
    public static int BusinessDaysBetween(string start, string end)
    {
        DateTime first = ParseDay(start);
        DateTime stop = ParseDay(end);
        if (first > stop)
        {
            throw new ArgumentException($"Start {start} is after end {end}.", nameof(start));
        }

        int days = (stop - first).Days;
        int weekday = ((int)first.DayOfWeek + 6) % 7; // Monday is 0
        int count = days / 7 * 5;
        for (int i = 0; i < days % 7; i++)
        {
            if ((weekday + i) % 7 < 5)
            {
                count++;
            }
        }
        return count;
    }

    private static DateTime ParseDay(string text)
    {
        return DateTime.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None);
    }
}
