#include <stdio.h>

int main(void)
{
    static char line[65536];

    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        char *path = normalize_path(line);
        puts(path != NULL ? path : "error");
        fflush(stdout);
        free(path);
    }
    return 0;
}
