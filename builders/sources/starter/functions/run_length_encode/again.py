def run_length_encode(text: str) -> str:
    if any("0" <= char <= "9" for char in text):
        raise ValueError("digits in the text cannot be told from counts")
    starts = [
        index
        for index, char in enumerate(text)
        if index == 0 or char != text[index - 1]
    ]
    ends = starts[1:] + [len(text)]
    return "".join(
        text[start] + str(end - start)
        for start, end in zip(starts, ends)
    )
