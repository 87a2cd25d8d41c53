#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    char line[4096];
    while (fgets(line, sizeof line, stdin)) {
        double values[2048], averages[2048];
        size_t count = 0;
        char *end, *at = line;
        int window = (int)strtol(line, &at, 10);
        for (double value = strtod(at, &end); end != at; value = strtod(at, &end)) {
            values[count++] = value;
            at = end;
        }
        ptrdiff_t written = moving_average(values, count, window, averages);
        if (written < 0) {
            puts("error");
        } else {
            putchar('[');
            for (ptrdiff_t i = 0; i < written; i++)
                printf("%s%.4f", i ? " " : "", averages[i]);
            puts("]");
        }
        fflush(stdout);
    }
    return 0;
}
