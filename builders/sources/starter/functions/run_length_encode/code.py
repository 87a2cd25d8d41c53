import re
from itertools import groupby


def run_length_encode(text: str) -> str:
    if re.search(r"[0-9]", text):
        raise ValueError("digits in the text cannot be told from counts")
    return "".join(
        f"{char}{sum(1 for _ in run)}"
        for char, run in groupby(text)
    )
