#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
    static char line[8192];
    while (fgets(line, sizeof line, stdin)) {
        char out[4096] = "", *p = line;
        struct token_bucket bucket;
        int capacity = (int)strtol(p, &p, 10), rate = (int)strtol(p, &p, 10);
        int failed = token_bucket_init(&bucket, capacity, rate) != 0;
        while (!failed && p[0] != '\n' && p[0] != '\0') {
            long long now = strtoll(p, &p, 10);
            int got = token_bucket_allow(&bucket, now, (int)strtol(p, &p, 10));
            failed = got < 0;
            strcat(out, got == 1 ? " yes" : " no");
        }
        puts(failed ? "error" : out + (out[0] == ' '));
        fflush(stdout);
    }
    return 0;
}
