#include <stdio.h>

int main(void)
{
    int year, month, day, months;
    struct civil_date date;

    while (scanf("%d %d %d %d", &year, &month, &day, &months) == 4) {
        if (add_months(year, month, day, months, &date) == 0)
            printf("%04d-%02d-%02d\n", date.year, date.month, date.day);
        else
            puts("error");
        fflush(stdout);
    }
    return 0;
}
