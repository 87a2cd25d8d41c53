import re
from typing import List

_FIELD = re.compile(r'(?:"([^"]*(?:""[^"]*)*)"|([^",]*))(?:(,)|\Z)')


def parse_csv_line(line: str) -> List[str]:
    fields = []
    position = 0
    while True:
        match = _FIELD.match(line, position)
        if match is None:
            raise ValueError(f"malformed field at column {position + 1}")
        quoted, plain, comma = match.groups()
        fields.append(plain if quoted is None else quoted.replace('""', '"'))
        if comma is None:
            return fields
        position = match.end()
