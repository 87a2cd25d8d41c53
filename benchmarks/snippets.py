"""Real snippets of code and the language each is in, from a folder of upstream excerpts: what detectors are tried on.

    for snippet in snippets(Path("upstream")):
        print(snippet.source, snippet.place, snippet.language, snippet.text)

`place` is where the text stands, `<path>:<position>`, from which `text_at` reads it again; so a fixture can speak of a
text without holding it. `language` is the source's own label where it has one: a column, a file name, a folder. Sources
in Alpaca's form have none: there it is the tag of the answer's one fence, else the one language that the instruction
names (word by word, `C` and `R` only as such words), and None where there is neither. The text itself is code alone:
no fence, no tag, no instruction; the docstring of a Python function, which is prose, is left in.

`written` says how a text is laid out: "lines" as people write it; "tokens" where spaces stand between tokens or
a whole method stands on one line, which no detector is asked about.
"""

from __future__ import annotations

import ast
import gzip
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from mulco.builders.sources.instructions import only_block
from mulco.builders.sources.recognition import named
from mulco.languages import TEXT, canonical
from mulco.source import Unusable

LANGUAGES = ("python", "java", "javascript", "go", "php", "ruby", "c", "c++", "c#", "sql", "typescript", "bash", "html")
LABELLED_BY_INSTRUCTION = ("codealpaca", "gpteacher", "evol-instruct-code")


class Snippet(NamedTuple):
    """One text, the source it stands in, where it stands there, its language, and how it is written."""

    source: str
    place: str
    text: str
    language: str | None
    written: str = "lines"

    @property
    def lines(self) -> int:
        """Lines that are not blank."""
        return sum(bool(line.strip()) for line in self.text.split("\n"))


def snippets(upstream: Path) -> Iterator[Snippet]:
    """Every snippet of every source, in a fixed order; files that are not at hand give none."""
    for pattern, source, read in _READERS:
        for file in sorted(upstream.glob(f"{source}/{pattern}")):
            name = file.relative_to(upstream / source).as_posix()
            for position, text, language, *written in read(file):
                if text.strip():
                    yield Snippet(source, f"{name}:{position}", text, language, *written)


Found = tuple[int | str, str, str | None] | tuple[int | str, str, str | None, str]


def _functions(file: Path) -> Iterator[Found]:
    for number, row in enumerate(_json_lines(file)):
        yield number, row["code"], canonical(row["language"])


def _codegpt(file: Path) -> Iterator[Found]:
    with zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            name = info.filename.encode("cp437").decode("gbk") if not info.flag_bits & 0x800 else info.filename
            if not name.endswith(".json") or name.startswith("code-text"):
                continue
            for number, row in enumerate(json.loads(archive.read(info))):
                asked = re.search(r"请用\s*(\S+?)\s*完成以下题目", row["user"])
                block = only_block(row["assistant"])
                if not isinstance(block, Unusable):
                    yield f"{name}:{number}", block[1], canonical(asked[1] if asked else Path(name).stem)


def _alpaca(file: Path) -> Iterator[Found]:
    for number, row in enumerate(json.loads(file.read_text("utf-8"))):
        answer = row.get("output") or row.get("response") or ""
        block = only_block(answer)
        if not isinstance(block, Unusable):
            tag, code = block
            language = canonical(tag) if tag else _mentioned(row["instruction"])
            yield number, code, language
        elif "```" not in answer:
            yield number, answer, _mentioned(row["instruction"])


def _mentioned(instruction: str) -> str | None:
    names = named(instruction)
    return names[0] if len(names) == 1 and names[0] != TEXT else None


def _codenn(file: Path) -> Iterator[Found]:
    language = {"csharp": "c#"}.get(file.parent.name, file.parent.name)
    for number, line in enumerate(file.read_bytes().decode("utf-8").split("\n")):
        if line:
            code = line.split("\t")[3]
            # SQL has its line breaks dropped without a space, so it is not as people write it
            yield (
                (number, code, language, "tokens")
                if language == "sql"
                else (number, code.replace("\\n", "\n"), language)
            )


def _codepro(file: Path) -> Iterator[Found]:
    language = file.name.split("_")[0]
    for number, row in enumerate(ast.literal_eval(file.read_text("utf-8"))):
        yield number, row[2][0][0], language


def _staqc(file: Path) -> Iterator[Found]:
    for number, row in enumerate(json.loads(file.read_text("utf-8"))):
        yield number, row["code"], "python"


def _devign(file: Path) -> Iterator[Found]:
    for number, row in enumerate(_json_lines(file)):
        yield number, row["func"], "c"


def _clones(file: Path) -> Iterator[Found]:
    for number, row in enumerate(_json_lines(file)):
        yield number, row["func"], "java"


def _cosqa(file: Path) -> Iterator[Found]:
    for number, row in enumerate(json.loads(file.read_text("utf-8"))):
        yield number, row["code"], "python"


def _commits(file: Path) -> Iterator[Found]:
    for number, row in enumerate(_json_lines(file)):
        yield number, row["new_contents"], canonical(row["lang"])


def _humaneval_x(file: Path) -> Iterator[Found]:
    language = canonical(file.parent.parent.name)
    for number, row in enumerate(_json_lines(file)):
        yield number, row["declaration"] + row["canonical_solution"], language


def _multipl_e(file: Path) -> Iterator[Found]:
    language = canonical(file.stem.removeprefix("humaneval-"))
    for number, row in enumerate(_json_lines(file)):
        if "tests" in row:
            yield number, row["prompt"] + row["tests"], language


def _mbpp(file: Path) -> Iterator[Found]:
    for number, row in enumerate(_json_lines(file)):
        yield number, row["code"].replace("\r\n", "\n"), "python"


def _translations(file: Path) -> Iterator[Found]:
    language = {"java": "java", "cs": "c#"}[file.suffix[1:]]
    for number, line in enumerate(file.read_bytes().decode("utf-8").split("\n")):
        yield number, line, language, "tokens"


def _repairs(file: Path) -> Iterator[Found]:
    for number, line in enumerate(file.read_bytes().decode("utf-8").split("\n")):
        yield number, line, "java", "tokens"


def _cloze(file: Path) -> Iterator[Found]:
    for number, row in enumerate(json.loads(file.read_text("utf-8"))):
        yield number, " ".join(row["pl_tokens"]), canonical(file.parent.name), "tokens"


_READERS: tuple[tuple[str, str, Callable[[Path], Iterator[Found]]], ...] = (
    ("resources/data/*/final/jsonl/*/*.jsonl.gz", "codesearchnet", _functions),
    ("CodeGPT-Dataset-V1-CN.zip", "codegpt-cn", _codegpt),
    ("data/code_alpaca_2k.json", "codealpaca", _alpaca),
    ("Codegen/codegen-instruct.json", "gpteacher", _alpaca),
    ("EvolInstruct-Code-8k/*.json", "evol-instruct-code", _alpaca),
    ("data/stackoverflow/*/*.txt", "codenn", _codenn),
    ("data_hnn/*_labeled.txt", "codepro", _codepro),
    ("codexglue/data/*_staqc.json", "staqc", _staqc),
    ("dataset/test.jsonl", "devign", _devign),
    ("dataset/data.jsonl", "bigclonebench", _clones),
    ("CoSQA/cosqa-dev.json", "cosqa", _cosqa),
    ("data/*/data.jsonl", "commitpackft", _commits),
    ("smallcommits_v2/*/data.jsonl", "commitpackft", _commits),
    ("codegeex/benchmark/humaneval-x/*/data/*.jsonl.gz", "humaneval-x", _humaneval_x),
    ("humaneval/*.jsonl", "multipl-e", _multipl_e),
    ("mbpp.jsonl", "mbpp", _mbpp),
    ("data/*.java-cs.txt.*", "codetrans", _translations),
    ("data/*/*.fixed", "bugs2fix", _repairs),
    ("cloze-*/*/clozeTest.json", "clozetest", _cloze),
)


def _json_lines(file: Path) -> list[dict[str, str]]:
    data = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    return [json.loads(line) for line in data.decode("utf-8").split("\n") if line.strip()]


@cache
def _by_place(upstream: Path) -> dict[tuple[str, str], str]:
    return {(snippet.source, snippet.place): snippet.text for snippet in snippets(upstream)}


def text_at(upstream: Path, source: str, place: str) -> str:
    """The text that stands at a place; raises KeyError where it does not."""
    return _by_place(upstream)[source, place]
