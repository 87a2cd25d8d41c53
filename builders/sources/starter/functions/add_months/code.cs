using System;

public static class MonthArithmetic
{
    private const int MinYear = 1;
    private const int MaxYear = 9999;

    public static (int Year, int Month, int Day) AddMonths(int year, int month, int day, int months)
    {
        // DaysInMonth refuses a year or a month that is out of range.
        if (day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            throw new ArgumentOutOfRangeException(nameof(day), day, "No such day in that month.");
        }

        long monthIndex = year * 12L + (month - 1) + months;
        if (monthIndex < MinYear * 12L || monthIndex >= (MaxYear + 1) * 12L)
        {
            throw new ArgumentOutOfRangeException(
                nameof(months), months, "The result is outside the supported years.");
        }

        int targetYear = (int)(monthIndex / 12);
        int targetMonth = (int)(monthIndex % 12) + 1;
        int lastDay = DateTime.DaysInMonth(targetYear, targetMonth);
        return (targetYear, targetMonth, Math.Min(day, lastDay));
    }
}
