def normalize_path(path):
    if not path:
        raise ValueError("path is empty")

    # Read from the right, each ".." waits for the next name to its left.
    kept = []
    waiting = 0
    for part in reversed(path.split("/")):
        if part == "..":
            waiting += 1
        elif part in ("", "."):
            continue
        elif waiting:
            waiting -= 1
        else:
            kept.append(part)

    if path[0] == "/":
        return "/" + "/".join(reversed(kept))
    kept.extend([".."] * waiting)
    return "/".join(reversed(kept)) or "."
