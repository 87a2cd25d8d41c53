int main(void)
{
    static char input[1 << 20];
    const char *path = "tail_lines.tmp";

    while (fgets(input, sizeof input, stdin) != NULL) {
        input[strcspn(input, "\n")] = '\0';
        char *content = strchr(input, '|');
        if (content != NULL) {
            FILE *file = fopen(path, "wb");
            for (char *p = content + 1; *p != '\0'; p++) {
                int escape = p[0] == '\\' && p[1] == 'n';
                fputc(escape ? '\n' : *p, file);
                p += escape;
            }
            fclose(file);
        }

        struct tail tail;
        if (tail_lines(path, strtol(input, NULL, 10), &tail) == 0) {
            printf("%zu:", tail.count);
            for (size_t i = 0; i < tail.count; i++)
                printf(" [%s]", tail.lines[i]);
            puts("");
            tail_free(&tail);
        } else {
            puts("error");
        }
        fflush(stdout);
        remove(path);
    }
    return 0;
}
