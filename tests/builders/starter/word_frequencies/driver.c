#include <stdio.h>

int main(void)
{
    static char line[8192];
    while (fgets(line, sizeof line, stdin)) {
        struct word_counts counts;
        char *text;
        line[strcspn(line, "\n")] = '\0';
        int k = (int)strtol(line, &text, 10);
        if (word_frequencies(text, k, &counts) != 0) {
            puts("error");
        } else {
            for (size_t i = 0; i < counts.length; i++)
                printf("%s%s:%zu", i > 0 ? " " : "", counts.items[i].word, counts.items[i].count);
            puts(counts.length > 0 ? "" : "none");
            word_counts_free(&counts);
        }
        fflush(stdout);
    }
    return 0;
}
