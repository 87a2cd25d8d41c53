#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct interval {
    int start;
    int end;
};

static int by_start(const void *left, const void *right)
{
    const struct interval *a = left, *b = right;

    return (a->start > b->start) - (a->start < b->start);
}

/* `merged` has room for `count` intervals and does not overlap `intervals`.
   Returns the number of intervals stored there, or -1 for a reversed interval. */
ptrdiff_t merge_intervals(const struct interval *intervals, size_t count, struct interval *merged)
{
    size_t last = 0;

    for (size_t i = 0; i < count; i++)
        if (intervals[i].start > intervals[i].end)
            return -1;
    if (count == 0)
        return 0;

    memcpy(merged, intervals, count * sizeof *merged);
    qsort(merged, count, sizeof *merged, by_start);
    for (size_t i = 1; i < count; i++) {
        if (merged[i].start > merged[last].end)
            merged[++last] = merged[i];
        else if (merged[i].end > merged[last].end)
            merged[last].end = merged[i].end;
    }
    return (ptrdiff_t)last + 1;
}
