#include <stdio.h>

int main(void)
{
    char line[4096];
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        char *right = strchr(line, '|');
        *right++ = '\0';
        ptrdiff_t distance = edit_distance(line, right);
        if (distance < 0)
            puts("error");
        else
            printf("%td\n", distance);
        fflush(stdout);
    }
    return 0;
}
