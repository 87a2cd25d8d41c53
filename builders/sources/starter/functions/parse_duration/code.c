#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DIGITS 9

/* Returns -1 when the text is refused. */
int64_t parse_duration(const char *text)
{
    static const char units[] = "dhms";
    static const int64_t seconds[] = {86400, 3600, 60, 1};
    const char *next = units;
    int64_t total = 0;

    if (text == NULL)
        return -1;

    while (*text != '\0') {
        size_t digits = strspn(text, "0123456789");
        if (digits == 0 || digits > MAX_DIGITS)
            return -1;

        char symbol = text[digits];
        if (symbol == '\0')
            return -1;

        const char *unit = strchr(next, symbol);
        if (unit == NULL)
            return -1;

        total += strtol(text, NULL, 10) * seconds[unit - units];
        next = unit + 1;
        text += digits + 1;
    }
    return next == units ? -1 : total;
}
