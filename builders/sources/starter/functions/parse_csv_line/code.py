from typing import List


def parse_csv_line(line: str) -> List[str]:
    fields = []
    field = []
    state = "start"
    for column, char in enumerate(line, start=1):
        if state == "quoted":
            if char == '"':
                state = "closing"
            else:
                field.append(char)
        elif char == ",":
            fields.append("".join(field))
            field.clear()
            state = "start"
        elif char == '"' and state == "start":
            state = "quoted"
        elif char == '"' and state == "closing":
            field.append(char)
            state = "quoted"
        elif char == '"' or state == "closing":
            raise ValueError(f"unexpected {char!r} at column {column}")
        else:
            field.append(char)
            state = "plain"
    if state == "quoted":
        raise ValueError("unclosed quote")
    fields.append("".join(field))
    return fields
