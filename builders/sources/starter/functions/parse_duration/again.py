SECONDS_PER_UNIT = {"d": 86400, "h": 3600, "m": 60, "s": 1}
MAX_DIGITS = 9


def parse_duration(text: str) -> int:
    total = 0
    digits = ""
    previous = None
    for char in text:
        if "0" <= char <= "9":
            digits += char
            continue
        seconds = SECONDS_PER_UNIT.get(char)
        if seconds is None or not 1 <= len(digits) <= MAX_DIGITS:
            raise ValueError(f"invalid duration: {text!r}")
        if previous is not None and seconds >= previous:
            raise ValueError(f"units out of order in duration: {text!r}")
        total += int(digits) * seconds
        previous = seconds
        digits = ""
    if digits or previous is None:
        raise ValueError(f"invalid duration: {text!r}")
    return total
