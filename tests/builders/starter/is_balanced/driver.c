#include <stdio.h>

int main(void)
{
    char line[4096];

    while (fgets(line, sizeof line, stdin) != NULL) {
        int balanced;

        line[strcspn(line, "\n")] = '\0';
        balanced = is_balanced(line);
        puts(balanced < 0 ? "error" : balanced ? "true" : "false");
        fflush(stdout);
    }
    return 0;
}
