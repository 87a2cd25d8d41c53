#include <stdbool.h>
#include <stddef.h>

static long digits(const char *text, int count)
{
    long value = 0;

    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

/* Days since 0001-01-01, which is a Monday; -1 for anything but a valid YYYY-MM-DD. */
static long day_number(const char *text)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    long year, month, day, past, number;
    bool leap;

    if (text == NULL || (year = digits(text, 4)) < 1 || text[4] != '-'
        || (month = digits(text + 5, 2)) < 1 || month > 12 || text[7] != '-'
        || (day = digits(text + 8, 2)) < 1 || text[10] != '\0')
        return -1;
    leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (day > lengths[month - 1] + (leap && month == 2))
        return -1;

    past = year - 1;
    number = past * 365 + past / 4 - past / 100 + past / 400;
    for (long m = 1; m < month; m++)
        number += lengths[m - 1] + (leap && m == 2);
    return number + day - 1;
}

/* Returns -1 if a date is malformed or `start` is after `end`. */
long business_days_between(const char *start, const char *end)
{
    long first = day_number(start), stop = day_number(end);
    long days = stop - first, count = days / 7 * 5, weekday = first % 7;

    if (first < 0 || stop < 0 || days < 0)
        return -1;
    for (long i = 0; i < days % 7; i++)
        if ((weekday + i) % 7 < 5)
            count++;
    return count;
}
