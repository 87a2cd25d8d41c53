UNITS = ("KiB", "MiB", "GiB", "TiB", "PiB", "EiB")


def format_bytes(count: int) -> str:
    if count < 0:
        raise ValueError(f"byte count must not be negative: {count}")
    if count < 1024:
        return f"{count} B"

    size = 1024
    index = 0
    tenths = round_to_tenths(count, size)
    while tenths >= 10240 and index < len(UNITS) - 1:
        size *= 1024
        index += 1
        tenths = round_to_tenths(count, size)
    return f"{tenths // 10}.{tenths % 10} {UNITS[index]}"


def round_to_tenths(count: int, size: int) -> int:
    return (count * 10 + size // 2) // size
