def normalize_path(path):
    if not path:
        raise ValueError("path is empty")

    absolute = path.startswith("/")
    parts = []
    for part in path.split("/"):
        if part in ("", "."):
            continue
        if part != "..":
            parts.append(part)
        elif parts and parts[-1] != "..":
            parts.pop()
        elif not absolute:
            parts.append(part)

    joined = "/".join(parts)
    return "/" + joined if absolute else (joined or ".")
