"""Of every wording of every task nothing is left but what fills its slots."""

from __future__ import annotations

import pytest

from mulco.analysis.wording import asked
from mulco.catalog import catalog
from mulco.template import slots_of

FILLED = {"programming_language": "C++", "target_language": "Go"}


def filled(slot: str) -> str:
    return FILLED.get(slot, f"«{slot}:\n  sort (a*b) {{x}} »")


@pytest.mark.parametrize("config", catalog().configs)
def test_of_every_wording_the_slots_are_left(config: str) -> None:
    want = catalog().configs[config]
    for template in catalog().pool(want).templates:
        parts = [template.instruction, template.input]
        slots = [slots_of(part) for part in parts]
        values = {slot: filled(slot) for part in slots for slot in part}
        instruction, given = asked(want.task, want.language, *(part.format_map(values) for part in parts))
        for left, names in zip((instruction, given), slots, strict=True):
            wanted = [values[name] for name in names if name != "programming_language"]
            assert sorted(left.split("\n\n")) == sorted(wanted or [""]), template.id


def test_other_texts_are_left_as_they_are() -> None:
    row = ("Sort the list by the temperature of its items.", "[3, 1, 2]")
    assert asked(None, "en", *row) == row
    assert asked("code_generation", "en", *row) == row
    assert asked("a_task_of_others", "zh", *row) == row


def test_the_example_of_a_wording_is_not_what_is_asked() -> None:
    instruction = (
        "Reply to a request with Python code only, in the manner of the example.\n\n"
        "Example (request first, then Python):\nConvert a temperature from Fahrenheit to Celsius, to one decimal "
        "place.\ndef to_celsius(fahrenheit):\n    return round((fahrenheit - 32) * 5 / 9, 1)"
    )
    assert asked("code_generation", "en", instruction, "Reverse a word.") == ("", "Reverse a word.")
