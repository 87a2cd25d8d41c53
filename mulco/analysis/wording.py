r"""What a row of ours asks, without the wording that it is asked in.

    asked("code_generation", "en", "Write C code for the task below. Reply with the code only.", "Sort the list.")
    # ("", "Sort the list.")

A wording is chosen by a hash and has words of its own: one shows an example with degrees Fahrenheit, another speaks of
turns at a keyboard. None of it says what a row is about, so rules about words look at what fills the slots. Measured on
240 rows (`benchmarks/categories.py`): with the wording left in, the rules for categories are wrong in 9 rows more.
"""

from __future__ import annotations

import functools
import re
import string

from mulco.catalog import catalog
from mulco.source import Want
from mulco.template import Template

_LANGUAGE = "programming_language"  # a slot that names no subject


def asked(task: str | None, language: str, instruction: str, given: str) -> tuple[str, str]:
    """Instruction and input as far as they fill slots; as they are where no wording of the task fits them both."""
    for pattern, for_input in _patterns(task, language) if task is not None else ():
        found = pattern.fits(instruction)
        found_input = None if found is None else for_input.fits(given)
        if found is not None and found_input is not None:
            return found, found_input
    return instruction, given


class _Pattern:
    """One part of a wording, turned round: from the text to what stands in its slots."""

    def __init__(self, pattern: str) -> None:
        pieces = [(literal, slot) for literal, slot, _, _ in string.Formatter().parse(pattern)]
        self.literals = [literal for literal, _ in pieces if literal]
        self.length = sum(map(len, self.literals))
        self.starts = pieces[0][0] if pieces else ""
        self.ends = pieces[-1][0] if pieces and pieces[-1][1] is None else ""
        names: dict[str, None] = {}
        expression = ""
        for literal, slot in pieces:
            expression += re.escape(literal)
            if slot is not None:
                expression += f"(?P={slot})" if slot in names else f"(?P<{slot}>{'.+?' if slot == _LANGUAGE else '.*'})"
                names[slot] = None
        self.slots = [name for name in names if name != _LANGUAGE]
        self.expression = re.compile(expression, re.S)

    def fits(self, text: str) -> str | None:
        """What fills the slots, each in a paragraph; None where the text is not of this wording."""
        if not (text.startswith(self.starts) and text.endswith(self.ends)):
            return None
        found = self.expression.fullmatch(text)
        return None if found is None else "\n\n".join(found[name] for name in self.slots)


@functools.cache
def _patterns(task: str, language: str) -> tuple[tuple[_Pattern, _Pattern], ...]:
    """The wordings of a task, those with the most words first: they fit the fewest texts."""
    known = catalog()
    if task not in known.tasks:
        return ()
    templates: tuple[Template, ...] = known.pool(Want(task, language)).templates
    pairs = [(_Pattern(template.instruction), _Pattern(template.input)) for template in templates]
    return tuple(sorted(pairs, key=lambda pair: -pair[0].length - pair[1].length))
