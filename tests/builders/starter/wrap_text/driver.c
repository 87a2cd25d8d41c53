#include <stdio.h>

int main(void)
{
    char request[1024];
    while (fgets(request, sizeof request, stdin) != NULL) {
        char *text;
        int width = (int)strtol(request, &text, 10);
        size_t count;
        char **lines = wrap_text(text, width, &count);
        if (lines == NULL) {
            puts("error");
        } else {
            printf("%zu", count);
            for (size_t i = 0; i < count; i++)
                printf("|%s", lines[i]);
            putchar('\n');
        }
        free(lines);
        fflush(stdout);
    }
    return 0;
}
