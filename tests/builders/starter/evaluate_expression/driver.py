import sys

for line in sys.stdin:
    try:
        print(evaluate_expression(line.rstrip("\n")), flush=True)
    except (ValueError, ArithmeticError):
        print("error", flush=True)
