import os
import sys

for line in sys.stdin.buffer:
    number, bar, content = line.rstrip(b"\n").partition(b"|")
    if bar:
        with open("tail_lines.tmp", "wb") as file:
            file.write(content.replace(b"\\n", b"\n"))
    try:
        lines = tail_lines("tail_lines.tmp", int(number))
        text = f"{len(lines)}:" + "".join(f" [{line}]" for line in lines)
    except (OSError, ValueError):
        text = "error"
    sys.stdout.buffer.write(text.encode() + b"\n")
    sys.stdout.flush()
    if bar:
        os.remove("tail_lines.tmp")
