#include <stdio.h>

int main(void)
{
    char line[4096];

    while (fgets(line, sizeof line, stdin) != NULL) {
        struct interval intervals[256], merged[256];
        size_t count = 0;
        ptrdiff_t kept;

        for (char *word = strtok(line, " \n"); word != NULL; word = strtok(NULL, " \n"), count++)
            sscanf(word, "%d,%d", &intervals[count].start, &intervals[count].end);
        kept = merge_intervals(intervals, count, merged);
        if (kept <= 0)
            printf(kept < 0 ? "error" : "none");
        for (ptrdiff_t i = 0; i < kept; i++)
            printf("%s%d,%d", i > 0 ? " " : "", merged[i].start, merged[i].end);
        printf("\n");
        fflush(stdout);
    }
    return 0;
}
