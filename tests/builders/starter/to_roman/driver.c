#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    char line[64];
    char roman[32];
    while (fgets(line, sizeof line, stdin) != NULL) {
        int number = (int)strtol(line, NULL, 10);
        puts(to_roman(number, roman, sizeof roman) < 0 ? "error" : roman);
        fflush(stdout);
    }
    return 0;
}
