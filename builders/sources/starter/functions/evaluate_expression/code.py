import re

PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2}
MAX_NESTING = 100


def evaluate_expression(text):
    tokens = re.findall(r"[0-9]+|[^ \t]", text)
    tokens.reverse()
    value = _expression(tokens, 0, 0)
    if tokens:
        raise ValueError(f"unexpected {tokens[-1]!r}")
    return value


def _expression(tokens, floor, nesting):
    value = _operand(tokens, nesting)
    while tokens and PRECEDENCE.get(tokens[-1], 0) > floor:
        operator = tokens.pop()
        right = _expression(tokens, PRECEDENCE[operator], nesting)
        value = _apply(operator, value, right)
    return value


def _operand(tokens, nesting):
    negative = False
    while tokens and tokens[-1] == "-":
        tokens.pop()
        negative = not negative
    token = tokens.pop() if tokens else "end of text"
    if token == "(" and nesting < MAX_NESTING:
        value = _expression(tokens, 0, nesting + 1)
        if not tokens or tokens.pop() != ")":
            raise ValueError("missing closing parenthesis")
    elif token[0] in "0123456789":
        value = _checked(int(token))
    else:
        raise ValueError(f"operand expected, found {token}")
    return _checked(-value) if negative else value


def _apply(operator, left, right):
    if operator == "+":
        return _checked(left + right)
    if operator == "-":
        return _checked(left - right)
    if operator == "*":
        return _checked(left * right)
    quotient = abs(left) // abs(right)
    return _checked(quotient if (left < 0) == (right < 0) else -quotient)


def _checked(value):
    if not -(2**31) <= value < 2**31:
        raise OverflowError("value does not fit in 32 bits")
    return value
