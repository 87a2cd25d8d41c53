import sys

for request in sys.stdin:
    number, _, paragraph = request.rstrip("\n").partition(" ")
    try:
        wrapped = wrap_text(paragraph, int(number))
    except ValueError:
        print("error", flush=True)
    else:
        print(len(wrapped), *wrapped, sep="|", flush=True)
