from itertools import accumulate


def moving_average(values, window):
    if window < 1:
        raise ValueError(f"window must be positive, got {window}")
    prefix = list(accumulate(values, initial=0))
    return [(end - start) / window for start, end in zip(prefix, prefix[window:])]
