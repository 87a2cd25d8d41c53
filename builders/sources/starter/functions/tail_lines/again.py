from collections import deque


def tail_lines(path, count):
    if count < 0:
        raise ValueError(f"count must not be negative: {count}")
    # newline="\n" keeps a carriage return as part of its line.
    with open(path, encoding="utf-8", newline="\n") as stream:
        window = deque(stream, maxlen=count)
    return [line.removesuffix("\n") for line in window]
