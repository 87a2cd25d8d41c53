#include <stdio.h>
#include <string.h>

int main(void)
{
    char line[4096];

    while (fgets(line, sizeof line, stdin) != NULL) {
        char *comma = strchr(line, ',');
        long count;

        line[strcspn(line, "\n")] = '\0';
        *comma = '\0';
        count = business_days_between(line, comma + 1);
        if (count < 0)
            puts("error");
        else
            printf("%ld\n", count);
        fflush(stdout);
    }
    return 0;
}
