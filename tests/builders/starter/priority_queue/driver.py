import sys

for line in sys.stdin:
    queue, words, out = PriorityQueue(), iter(line.split()), []
    for word in words:
        if word == "push":
            queue.push(next(words), int(next(words)))
        elif word == "size":
            out.append(str(len(queue)))
        else:
            try:
                out.append(queue.pop())
            except IndexError:
                out.append("error")
    print(*out, flush=True)
