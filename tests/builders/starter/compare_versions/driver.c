#include <stdio.h>

int main(void)
{
    char line[4096];
    while (fgets(line, sizeof line, stdin)) {
        int order;
        char *left = strtok(line, " \n");
        char *right = strtok(NULL, " \n");
        if (compare_versions(left, right, &order) == 0)
            printf("%d\n", order);
        else
            puts("error");
        fflush(stdout);
    }
    return 0;
}
