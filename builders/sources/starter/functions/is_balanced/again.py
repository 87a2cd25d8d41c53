import re

STRING_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
NON_BRACKETS = re.compile(r"[^()\[\]{}]+")


def is_balanced(text: str) -> bool:
    rest = STRING_LITERAL.sub("", text)
    if '"' in rest:
        return False
    brackets = NON_BRACKETS.sub("", rest)
    while True:
        shorter = brackets
        for pair in ("()", "[]", "{}"):
            shorter = shorter.replace(pair, "")
        if shorter == brackets:
            return not brackets
        brackets = shorter
