#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void report(int64_t time_ms, int button, void *context)
{
    char *out = context;
    sprintf(out + strlen(out), "%s%lld:%d", *out ? " " : "", (long long)time_ms, button);
}

int main(void)
{
    static char line[8192], out[8192];
    while (fgets(line, sizeof line, stdin)) {
        struct double_click_detector detector;
        char *p = line;
        out[0] = '\0';
        int failed = double_click_detector_init(&detector, strtoll(p, &p, 10), report, out);
        while (!failed && *p != '\n' && *p != '\0') {
            long long time_ms = strtoll(p, &p, 10);
            failed = double_click_detector_click(&detector, time_ms, (int)strtol(p, &p, 10));
        }
        puts(failed ? "error" : *out ? out : "none");
        fflush(stdout);
    }
    return 0;
}
