import os

BLOCK_SIZE = 8192


def tail_lines(path, count):
    if count < 0:
        raise ValueError(f"count must not be negative: {count}")
    with open(path, "rb") as stream:
        stream.seek(_tail_offset(stream, count))
        return [line.removesuffix(b"\n").decode("utf-8") for line in stream]


def _tail_offset(stream, count):
    size = stream.seek(0, os.SEEK_END)
    if count == 0:
        return size

    position = size - 1
    while position > 0:
        length = min(BLOCK_SIZE, position)
        position -= length
        stream.seek(position)
        block = stream.read(length)

        newline = block.rfind(b"\n")
        while newline >= 0:
            count -= 1
            if count == 0:
                return position + newline + 1
            newline = block.rfind(b"\n", 0, newline)
    return 0
