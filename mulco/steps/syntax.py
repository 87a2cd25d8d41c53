"""Drop rows whose code does not parse, by the share of its bytes that tree-sitter cannot read.

    "def f(x:\\n    retrun x x"   ->  syntax_error:0.36

Judged is code that ought to be whole: what a repair or a translation gives, never the buggy side; the function a
summary, a query or a label is about, as upstream has it; the fenced blocks of an answer, or all of it where it has no
fence. Code that its source publishes as tokens or on one line is never judged, nor is a language without a grammar.
"""

from __future__ import annotations

import re

import pyarrow as pa

from mulco.languages import canonical
from mulco.steps.parsing import GRAMMARS, parse
from mulco.steps.step import FIELD, FLAGS, QUALITY, Settings, judged

# Tasks whose answer is the code; the others are about the code of the upstream item.
ANSWERS = {"code_generation": "code", "code_repair": "fixed", "code_translation": ""}
_BLOCK = re.compile(r"^[ ]{0,3}(?:```|~~~)[ \t]*([^\s`]*)[^\n]*\n(.*?)^[ ]{0,3}(?:```|~~~)[ \t]*$", re.M | re.S)


def syntax(table: pa.Table, settings: Settings) -> pa.Table:
    """The verdict `syntax_error:<share>` above `drop`, the flag `syntax_error` above `flag`; the share in `quality`.

    The task clone_detection is judged by the worse of its two functions.
    """
    drop, flag = float(settings["drop"]), float(settings["flag"])
    others = _column(table, FIELD + "other_code")
    verdicts: list[str | None] = []
    flags: list[list[str]] = []
    ratios: list[float | None] = []
    languages = table.column("programming_language").to_pylist()
    tokenized = table.column("tokenized").to_pylist()
    for code, other, language, as_tokens in zip(codes_of(table), others, languages, tokenized, strict=True):
        ratio = None
        if language in GRAMMARS and not as_tokens:
            found = [parsed.errors for text in (code, other) if text and (parsed := parse(text, language))]
            ratio = max(found, default=None)
        ratios.append(None if not ratio else round(ratio, 4))
        verdicts.append(f"syntax_error:{ratio:.2f}" if ratio is not None and ratio > drop else None)
        flags.append(["syntax_error"] if ratio is not None and flag < ratio <= drop else [])
    table = table.append_column(f"{QUALITY}syntax_errors", pa.array(ratios, pa.float64()))
    return judged(table.append_column(f"{FLAGS}syntax", pa.array(flags, pa.list_(pa.string()))), verdicts)


def codes_of(table: pa.Table) -> list[str | None]:
    """The code of each row that ought to be whole; None where there is none."""
    found: list[str | None] = []
    codes, outputs = _column(table, FIELD + "code"), table.column("output").to_pylist()
    tasks, languages = table.column("task").to_pylist(), table.column("programming_language").to_pylist()
    for task, code, output, language in zip(tasks, codes, outputs, languages, strict=True):
        if language == "text" or task == "code_qa":
            found.append(None)
        elif task in ANSWERS:
            found.append(_fenced(output, language) if "```" in output or "~~~" in output else output)
        else:
            found.append(code)
    return found


def _fenced(answer: str, language: str) -> str | None:
    """The fenced blocks of an answer that are in its language, or say nothing of theirs."""
    blocks = [(canonical(tag) if tag else language, code) for tag, code in _BLOCK.findall(answer)]
    if not blocks:
        return answer
    return "\n".join(code for name, code in blocks if name == language) or None


def _column(table: pa.Table, name: str) -> list[str | None]:
    return list(table.column(name).to_pylist()) if name in table.column_names else [None] * len(table)
