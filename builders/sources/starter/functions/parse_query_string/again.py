import re

_PAIR = re.compile(r"([^&=]*)(=?)([^&]*)")
_ESCAPE = re.compile(rb"\+|%([0-9A-Fa-f]{2})?")


def parse_query_string(query):
    params = {}
    for key, equals, value in _PAIR.findall(query):
        if key or equals:
            params.setdefault(_decode(key), []).append(_decode(value))
    return params


def _decode(text):
    return _ESCAPE.sub(_unescape, text.encode("utf-8")).decode("utf-8")


def _unescape(match):
    if match[0] == b"+":
        return b" "
    if match[1] is None:
        raise ValueError(f"malformed percent escape at byte {match.start()}")
    return bytes.fromhex(match[1].decode("ascii"))
