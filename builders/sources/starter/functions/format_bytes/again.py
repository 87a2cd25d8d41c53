PREFIXES = "KMGTPE"


def format_bytes(count: int) -> str:
    if count < 0:
        raise ValueError(f"byte count must not be negative: {count}")

    exponent = min((count.bit_length() - 1) // 10, len(PREFIXES))
    if exponent < 1:
        return f"{count} B"

    shift = 10 * exponent
    tenths = (count * 10 + (1 << (shift - 1))) >> shift
    if tenths == 10240 and exponent < len(PREFIXES):
        tenths = 10
        exponent += 1
    whole, tenth = divmod(tenths, 10)
    return f"{whole}.{tenth} {PREFIXES[exponent - 1]}iB"
