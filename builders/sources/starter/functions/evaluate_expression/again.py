import operator
import re

MAX_NESTING = 100
PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2, "negate": 3}


def _divide(left, right):
    quotient, rest = divmod(left, right)
    return quotient + 1 if rest and quotient < 0 else quotient


BINARY = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": _divide}


def _fit(value):
    if value.bit_length() > 31 and value != -(2**31):
        raise OverflowError("value does not fit in 32 bits")
    return value


def evaluate_expression(text):
    values, pending = [], []

    def reduce_down_to(precedence):
        while pending and PRECEDENCE.get(pending[-1], 0) >= precedence:
            name, right = pending.pop(), values.pop()
            values.append(_fit(-right if name == "negate" else BINARY[name](values.pop(), right)))

    operand_expected = True
    for token in re.findall(r"[0-9]+|[^ \t]", text):
        if operand_expected and token == "-":
            if pending and pending[-1] == "negate":
                pending.pop()
            else:
                pending.append("negate")
        elif operand_expected and token == "(" and pending.count("(") < MAX_NESTING:
            pending.append(token)
        elif operand_expected and re.fullmatch("[0-9]+", token):
            values.append(_fit(int(token)))
            operand_expected = False
        elif not operand_expected and token in BINARY:
            reduce_down_to(PRECEDENCE[token])
            pending.append(token)
            operand_expected = True
        elif not operand_expected and token == ")" and "(" in pending:
            reduce_down_to(1)
            pending.pop()
        else:
            raise ValueError(f"unexpected {token!r}")
    if operand_expected or "(" in pending:
        raise ValueError("incomplete expression")
    reduce_down_to(1)
    return values.pop()
