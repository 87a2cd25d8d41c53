#include <inttypes.h>
#include <stdio.h>

int main(void)
{
    char line[256];
    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        int64_t seconds = parse_duration(line);
        if (seconds < 0)
            puts("error");
        else
            printf("%" PRId64 "\n", seconds);
        fflush(stdout);
    }
    return 0;
}
