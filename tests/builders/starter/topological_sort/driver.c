#include <stdio.h>
#include <string.h>

int main(void)
{
    char line[4096];
    while (fgets(line, sizeof line, stdin)) {
        int order[64] = {0}, edges[64][2];
        size_t edge_count = 0;
        int n = atoi(strtok(line, " \n"));
        for (char *word; (word = strtok(NULL, " \n")); edge_count++)
            sscanf(word, "%d>%d", &edges[edge_count][0], &edges[edge_count][1]);
        if (topological_sort(n, (const int (*)[2])edges, edge_count, order) < 0) {
            puts("error");
        } else {
            for (int i = 0; i < n; i++)
                printf("%s%d", i ? " " : "", order[i]);
            puts("");
        }
        fflush(stdout);
    }
    return 0;
}
