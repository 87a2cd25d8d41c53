#include <stdio.h>
#include <string.h>

int main(void)
{
    static char line[8192];
    while (fgets(line, sizeof line, stdin)) {
        int32_t value;
        line[strcspn(line, "\n")] = '\0';
        if (evaluate_expression(line, &value) == 0)
            printf("%ld\n", (long)value);
        else
            puts("error");
        fflush(stdout);
    }
    return 0;
}
