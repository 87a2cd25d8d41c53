#include <stdlib.h>

int main(void)
{
    char line[64];
    char text[11];
    while (fgets(line, sizeof line, stdin) != NULL) {
        int64_t count = strtoll(line, NULL, 10);
        puts(format_bytes(count, text, sizeof text) < 0 ? "error" : text);
        fflush(stdout);
    }
    return 0;
}
