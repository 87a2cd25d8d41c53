#include <stdio.h>

static int by_key(const void *left, const void *right)
{
    return strcmp((*(struct query_param *const *)left)->key, (*(struct query_param *const *)right)->key);
}

int main(void)
{
    char line[4096];
    while (fgets(line, sizeof line, stdin)) {
        struct query_param *params, *keys[4096];
        size_t count = 0;
        line[strcspn(line, "\n")] = '\0';
        if (parse_query_string(line, &params) != 0) {
            puts("error");
            continue;
        }
        for (struct query_param *p = params; p; p = p->next_key)
            keys[count++] = p;
        qsort(keys, count, sizeof keys[0], by_key);
        putchar('{');
        for (size_t i = 0; i < count; i++) {
            printf("%s%s=[", i ? " " : "", keys[i]->key);
            for (struct query_param *p = keys[i]; p; p = p->next_value)
                printf("%s%s", p == keys[i] ? "" : "|", p->value);
            putchar(']');
        }
        puts("}");
        fflush(stdout);
        free(params);
    }
    return 0;
}
