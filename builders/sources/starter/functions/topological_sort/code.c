#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

static void heap_push(int *heap, int *size, int node)
{
    int at = (*size)++;
    while (at > 0 && heap[(at - 1) / 2] > node) {
        heap[at] = heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap[at] = node;
}

static int heap_pop(int *heap, int *size)
{
    int top = heap[0];
    int moved = heap[--*size];
    int at = 0;
    for (int child = 1; child < *size; child = 2 * at + 1) {
        if (child + 1 < *size && heap[child + 1] < heap[child])
            child++;
        if (heap[child] >= moved)
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = moved;
    return top;
}

/*
 * edges[i][0] comes before edges[i][1]; order has room for n nodes. Returns 0,
 * or -1 for a cycle, an unknown node, a negative n or lack of memory.
 */
int topological_sort(int n, const int (*edges)[2], size_t edge_count, int *order)
{
    if (n < 0)
        return -1;
    int *waiting_for = calloc((size_t)n + 1, sizeof *waiting_for);
    int *ready = malloc(((size_t)n + 1) * sizeof *ready);
    /* The edges leaving a node form a list: 1 + their index, 0 at its end. */
    size_t *first = calloc((size_t)n + 1, sizeof *first);
    size_t *next = malloc((edge_count + 1) * sizeof *next);
    bool valid = waiting_for && ready && first && next;

    for (size_t i = 0; valid && i < edge_count; i++) {
        int before = edges[i][0], after = edges[i][1];
        valid = before >= 0 && before < n && after >= 0 && after < n;
        if (valid) {
            next[i] = first[before];
            first[before] = i + 1;
            waiting_for[after]++;
        }
    }

    int ready_count = 0, placed = 0;
    for (int node = 0; valid && node < n; node++)
        if (waiting_for[node] == 0)
            heap_push(ready, &ready_count, node);
    while (ready_count > 0) {
        int node = heap_pop(ready, &ready_count);
        order[placed++] = node;
        for (size_t edge = first[node]; edge != 0; edge = next[edge - 1]) {
            int after = edges[edge - 1][1];
            if (--waiting_for[after] == 0)
                heap_push(ready, &ready_count, after);
        }
    }
    if (placed != n)
        valid = false;

    free(waiting_for);
    free(ready);
    free(first);
    free(next);
    return valid ? 0 : -1;
}
