#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

struct pq_entry {
    void *item;
    int priority;
    uint64_t sequence;
};

/* Start from {0}. Items belong to the caller; the queue only keeps the pointers. */
struct priority_queue {
    struct pq_entry *heap;
    size_t size;
    size_t capacity;
    uint64_t pushed;
};

void pq_free(struct priority_queue *q)
{
    free(q->heap);
    *q = (struct priority_queue){0};
}

size_t pq_size(const struct priority_queue *q)
{
    return q->size;
}

static bool pq_before(const struct priority_queue *q, size_t a, size_t b)
{
    const struct pq_entry *x = &q->heap[a], *y = &q->heap[b];

    return x->priority == y->priority ? x->sequence < y->sequence : x->priority < y->priority;
}

static void pq_swap(struct priority_queue *q, size_t a, size_t b)
{
    struct pq_entry kept = q->heap[a];

    q->heap[a] = q->heap[b];
    q->heap[b] = kept;
}

/* Returns 0, or -1 when memory runs out; the queue is then unchanged. */
int pq_push(struct priority_queue *q, void *item, int priority)
{
    if (q->size == q->capacity) {
        size_t capacity = q->capacity ? 2 * q->capacity : 16;
        if (capacity > SIZE_MAX / sizeof *q->heap)
            return -1;
        struct pq_entry *heap = realloc(q->heap, capacity * sizeof *heap);
        if (heap == NULL)
            return -1;
        q->heap = heap;
        q->capacity = capacity;
    }

    size_t child = q->size++;
    q->heap[child] = (struct pq_entry){item, priority, q->pushed++};
    while (child > 0 && pq_before(q, child, (child - 1) / 2)) {
        pq_swap(q, child, (child - 1) / 2);
        child = (child - 1) / 2;
    }
    return 0;
}

/* Returns 0, or -1 when the queue is empty. */
int pq_pop(struct priority_queue *q, void **item)
{
    if (q->size == 0)
        return -1;

    *item = q->heap[0].item;
    q->heap[0] = q->heap[--q->size];
    for (size_t parent = 0;;) {
        size_t first = parent, left = 2 * parent + 1, right = left + 1;
        if (left < q->size && pq_before(q, left, first))
            first = left;
        if (right < q->size && pq_before(q, right, first))
            first = right;
        if (first == parent)
            return 0;
        pq_swap(q, first, parent);
        parent = first;
    }
}
