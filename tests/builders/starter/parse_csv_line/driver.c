#include <stdio.h>

static void swap_chars(char *text, char from, char to)
{
    for (; *text; text++)
        if (*text == from)
            *text = to;
}

int main(void)
{
    char line[4096];
    while (fgets(line, sizeof line, stdin)) {
        size_t count = 0;
        line[strcspn(line, "\n")] = '\0';
        swap_chars(line, '~', '\n');
        char **fields = parse_csv_line(line, &count);
        for (size_t i = 0; fields && i < count; i++) {
            swap_chars(fields[i], '\n', '~');
            printf("[%s]", fields[i]);
        }
        puts(fields ? "" : "error");
        fflush(stdout);
        free(fields);
    }
    return 0;
}
