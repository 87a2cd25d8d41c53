#include <stdio.h>
#include <string.h>

static int number(void)
{
    return (int)strtol(strtok(NULL, " \n"), NULL, 10);
}

int main(void)
{
    char line[4096];

    while (fgets(line, sizeof line, stdin) != NULL) {
        struct lru_cache *cache = lru_cache_create(strtoul(strtok(line, " \n"), NULL, 10));
        const char *gap = "";
        char *word;

        if (cache == NULL)
            printf("error");
        while (cache != NULL && (word = strtok(NULL, " \n")) != NULL) {
            int key = number(), value;

            if (strcmp(word, "put") == 0) {
                lru_cache_put(cache, key, number());
                continue;
            }
            if (lru_cache_get(cache, key, &value))
                printf("%s%d", gap, value);
            else
                printf("%snone", gap);
            gap = " ";
        }
        printf("\n");
        fflush(stdout);
        lru_cache_destroy(cache);
    }
    return 0;
}
