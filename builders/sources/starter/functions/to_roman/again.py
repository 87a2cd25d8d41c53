# For each decimal digit, the places in a one-five-ten triple such as "IVX".
PATTERNS = ("", "0", "00", "000", "01", "1", "10", "100", "1000", "02")
TRIPLES = ("IVX", "XLC", "CDM", "M")


def to_roman(number: int) -> str:
    if not 1 <= number <= 3999:
        raise ValueError(f"number must be between 1 and 3999, got {number}")

    roman = ""
    for digit, triple in zip(reversed(str(number)), TRIPLES):
        roman = "".join(triple[int(place)] for place in PATTERNS[int(digit)]) + roman
    return roman
