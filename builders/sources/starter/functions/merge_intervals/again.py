from bisect import bisect_left, bisect_right
from typing import Iterable, List, Tuple

Interval = Tuple[int, int]


def merge_intervals(intervals: Iterable[Interval]) -> List[Interval]:
    # The intervals kept so far are disjoint, so both lists stay sorted.
    starts: List[int] = []
    ends: List[int] = []
    for start, end in intervals:
        if start > end:
            raise ValueError(f"interval starts after it ends: {start} > {end}")
        first = bisect_left(ends, start)
        stop = bisect_right(starts, end)
        if first < stop:
            start = min(start, starts[first])
            end = max(end, ends[stop - 1])
        starts[first:stop] = [start]
        ends[first:stop] = [end]
    return list(zip(starts, ends))
