import re
from urllib.parse import unquote_plus

_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def parse_query_string(query):
    params = {}
    for pair in query.split("&"):
        if not pair:
            continue
        key, *rest = pair.split("=", 1)
        value = rest[0] if rest else ""
        params.setdefault(_decode(key), []).append(_decode(value))
    return params


def _decode(text):
    broken = _BROKEN_ESCAPE.search(text)
    if broken:
        raise ValueError(f"malformed percent escape: {text[broken.start():][:3]!r}")
    return unquote_plus(text, encoding="utf-8", errors="strict")
