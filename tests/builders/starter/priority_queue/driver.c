#include <stdio.h>
#include <string.h>

int main(void)
{
    static char line[65536];

    while (fgets(line, sizeof line, stdin) != NULL) {
        struct priority_queue queue = {0};
        const char *gap = "";

        for (char *word = strtok(line, " \n"); word != NULL; word = strtok(NULL, " \n")) {
            void *item;

            if (strcmp(word, "push") == 0) {
                item = strtok(NULL, " \n");
                pq_push(&queue, item, (int)strtol(strtok(NULL, " \n"), NULL, 10));
                continue;
            }
            if (strcmp(word, "size") == 0)
                printf("%s%zu", gap, pq_size(&queue));
            else
                printf("%s%s", gap, pq_pop(&queue, &item) == 0 ? (char *)item : "error");
            gap = " ";
        }
        puts("");
        fflush(stdout);
        pq_free(&queue);
    }
    return 0;
}
