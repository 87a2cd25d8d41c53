CLOSERS = {"(": ")", "[": "]", "{": "}"}


def is_balanced(text: str) -> bool:
    expected = []
    in_string = escaped = False
    for char in text:
        if in_string:
            if char == '"' and not escaped:
                in_string = False
            escaped = char == "\\" and not escaped
        elif char == '"':
            in_string = True
        elif char in CLOSERS:
            expected.append(CLOSERS[char])
        elif char in CLOSERS.values():
            if not expected or expected.pop() != char:
                return False
    return not expected and not in_string
