import re


def wrap_text(text: str, width: int) -> list[str]:
    if width < 1:
        raise ValueError("width must be at least 1")

    # With single spaces only, a match that stops at the end of a word cannot end in a space.
    flat = " ".join(text.split())
    line = re.compile(
        rf"""
        (?=\S) .{{1,{width}}} (?!\S)  # as many whole words as fit
        | \S{{{width}}}               # the head of a word that is too long
        """,
        re.VERBOSE,
    )
    return line.findall(flat)
