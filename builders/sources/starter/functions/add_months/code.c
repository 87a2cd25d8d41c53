#include <stdbool.h>

#define MIN_YEAR 1
#define MAX_YEAR 9999

struct civil_date {
    int year;
    int month;
    int day;
};

static bool is_leap_year(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in_month(int year, int month)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return month == 2 && is_leap_year(year) ? 29 : lengths[month - 1];
}

/* Returns 0 on success, -1 on a bad argument; *result is then left alone. */
int add_months(int year, int month, int day, int months, struct civil_date *result)
{
    if (year < MIN_YEAR || year > MAX_YEAR || month < 1 || month > 12
        || day < 1 || day > days_in_month(year, month))
        return -1;

    long long index = year * 12LL + (month - 1) + months;
    if (index < MIN_YEAR * 12LL || index >= (MAX_YEAR + 1) * 12LL)
        return -1;

    int target_year = (int)(index / 12);
    int target_month = (int)(index % 12) + 1;
    int last_day = days_in_month(target_year, target_month);

    result->year = target_year;
    result->month = target_month;
    result->day = day < last_day ? day : last_day;
    return 0;
}
