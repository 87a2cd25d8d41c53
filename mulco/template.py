r"""Templates: the wordings of a task in one natural language; load, check, choose, render.

    # builders/templates/code_search/zh.yaml
    input: "{snippets}"          # the default of every wording in the file
    output: "{answer}"
    snippet: "代码片段 {number}：\n{code}"
    templates:
    - id: which-number
      split: train               # this wording appears in rows of this split alone
      instruction: 下面哪一段 {programming_language} 代码能够实现“{query}”？只回答编号。

Everything is checked when a file is loaded, so a wrong wording stops a build before its first row.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

import yaml

from mulco.errors import TemplateError, unknown
from mulco.languages import DISPLAY
from mulco.source import SPLITS, Record
from mulco.task import Task, stable_number

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_PARTS = ("instruction", "input", "output")
_KEYS = ("id", "split", *_PARTS)  # of one wording
_FILE_KEYS = ("input", "output", "labels", "snippet", "templates")


@dataclass(frozen=True)
class Template:
    """One wording. The parts are `str.format` patterns whose only replacement fields are plain slots."""

    id: str
    split: str
    instruction: str
    input: str
    output: str

    @functools.cached_property
    def words(self) -> frozenset[str]:
        """The words of its own text, slots left out."""
        return frozenset(re.findall(r"\w+", re.sub(r"\{\w+\}", " ", f"{self.instruction} {self.input}")))

    @functools.cached_property
    def fill(self) -> tuple[Callable[[Mapping[str, str]], str], ...]:
        """For each part what fills it: a part that is one slot alone needs no formatting."""
        parts = self.instruction, self.input, self.output
        return tuple(
            itemgetter(p[1:-1]) if p[1:-1].isidentifier() and p == f"{{{p[1:-1]}}}" else p.format_map for p in parts
        )


@dataclass(frozen=True)
class Pool:
    """All wordings of one task in one natural language, with its label words and numbered form of a snippet.

    `optional` are the task's optional fields: a wording that shows some serves the records that have just these.
    """

    task: str
    language: str
    templates: tuple[Template, ...]
    labels: Mapping[str, str]
    snippet: str
    optional: tuple[str, ...] = ()
    one_word: str | None = None  # the answer's field where it is one word that no wording may give away

    @functools.cached_property
    def by_split(self) -> dict[str, list[Template]]:
        return {split: [t for t in self.templates if t.split == split] for split in SPLITS}

    @functools.cached_property
    def by_shown(self) -> dict[tuple[str, tuple[str, ...]], list[Template]]:
        """The wordings by their split and the optional fields they show, these in the task's order."""
        found: dict[tuple[str, tuple[str, ...]], list[Template]] = {}
        for template in self.templates:
            slots = slots_of(template.instruction) | slots_of(template.input)
            shown = tuple(name for name in self.optional if name in slots)
            found.setdefault((template.split, shown), []).append(template)
        return found

    @functools.cached_property
    def digest(self) -> str:
        """sha256 of everything that can reach a row; a comment in the file changes nothing."""
        facts = (
            [[t.id, t.split, t.instruction, t.input, t.output] for t in self.templates],
            dict(self.labels),
            self.snippet,
        )
        return hashlib.sha256(json.dumps(facts, sort_keys=True, ensure_ascii=False).encode("utf-8")).hexdigest()

    def choose(self, record_id: str, split: str, has: tuple[str, ...] = (), word: str | None = None) -> Template:
        """The wording of a record: by a stable hash of its id among those of its split that show just what it `has`.

        Where no wording shows just these optional fields, it is one of those that show none. A wording that contains
        `word`, the answer, gives way to the next one that does not, and at last to one that shows no optional fields.
        """
        templates = self.by_shown.get((split, has)) or self.by_shown[split, ()]
        first = stable_number("wording", self.task, record_id) % len(templates)
        if word is not None:
            for template in (*templates[first:], *templates[:first], *self.by_shown[split, ()]):
                if word not in template.words:
                    return template
        return templates[first]

    def slots(self, fields: Mapping[str, Any]) -> dict[str, str]:
        """Field values as this language shows them: labels as words, snippets numbered from 1."""
        shown = dict(fields)
        if self.labels or self.snippet:
            for name, value in fields.items():
                if isinstance(value, bool):
                    shown[name] = self.labels["positive" if value else "negative"]
                elif isinstance(value, list):
                    numbered = (self.snippet.format(number=n, code=code) for n, code in enumerate(value, 1))
                    shown[name] = "\n\n".join(numbered)
        return shown

    def render(self, record: Record, split: str) -> tuple[Template, str, str, str]:
        """(template, instruction, input, output) of a record; text in a slot is never read as a pattern."""
        has: tuple[str, ...] = ()
        if self.optional:
            has = tuple(name for name in self.optional if str(record.fields.get(name) or "").strip())
        word = record.fields[self.one_word] if self.one_word else None
        template, slots = self.choose(record.id, split, has, word), self.slots(record.fields)
        if "programming_language" not in slots:
            slots["programming_language"] = DISPLAY[record.programming_language]
        instruction, input_, output = template.fill
        return template, instruction(slots), input_(slots), output(slots)


def load_pool(task: Task, language: str, file: Path) -> Pool:
    """Read and check one template file; raises TemplateError with file and line."""
    name = "/".join(file.parts[-4:])
    try:
        text = file.read_text("utf-8")
        lines = _Lines(text)
        content = yaml.safe_load(text)
    except FileNotFoundError as err:
        raise TemplateError(f"{name}: the file is missing; {task.name} needs wordings in {language}") from err
    except UnicodeDecodeError as err:
        line = err.object.count(b"\n", 0, err.start) + 1
        raise TemplateError(f"{name}, line {line}: byte {err.start + 1} of the file is not UTF-8") from err
    except yaml.reader.ReaderError as err:
        line = text.count("\n", 0, err.position) + 1
        raise TemplateError(f"{name}, line {line}: not YAML: {err.reason}") from err
    except yaml.MarkedYAMLError as err:
        line = err.problem_mark.line + 1 if err.problem_mark else 1
        raise TemplateError(f"{name}, line {line}: not YAML: {err.problem}") from err

    def refuse(path: tuple[Any, ...], problem: str) -> TemplateError:
        return TemplateError(f"{name}, line {lines.of(path)}: {problem}")

    if not isinstance(content, dict) or not isinstance(content.get("templates"), list):
        raise refuse((), "expected a mapping with a list 'templates'")
    for key in content:
        if key not in _FILE_KEYS:
            raise refuse((key,), unknown("key", str(key), _FILE_KEYS, f"Keys: {', '.join(_FILE_KEYS)}"))
    labels = content.get("labels")
    if not isinstance(labels, dict):
        labels = {}
    for label in task.labels:
        if not isinstance(labels.get(label), str) or not labels[label]:
            raise refuse(("labels",), f"label {label!r} is missing; {task.name} needs a word for it in quotes")
    snippet = content.get("snippet", "")
    if "snippets" in task.fields and not _numbers_code(snippet):
        raise refuse(("snippet",), "'snippet' must show {number} and {code}")
    templates: list[Template] = []
    for i, entry in enumerate(content["templates"]):
        templates.append(_template(task, language, content, entry, i, refuse))
        if templates[-1].id in {t.id for t in templates[:-1]}:
            raise refuse(("templates", i), f"template id {templates[-1].id!r} is used twice")
    pool = Pool(
        task.name,
        language,
        tuple(templates),
        {key: labels[key] for key in task.labels},
        snippet,
        task.optional,
        task.answer if task.one_word else None,
    )
    for split in SPLITS:
        if (split, ()) not in pool.by_shown:
            without = f" without {{{'} or {'.join(task.optional)}}}" if pool.by_split[split] else ""
            raise refuse(("templates",), f"no wording for the split {split!r}{without}")
    return pool


def slots_of(text: str) -> set[str]:
    """Names of the replacement fields of a pattern; only plain names are allowed."""
    found = set()
    for _, name, spec, conversion in string.Formatter().parse(text):
        if name is None:
            continue
        if not name.isidentifier() or spec or conversion:
            written = name + (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "")
            raise ValueError(f"{{{written}}} is not a plain placeholder")
        found.add(name)
    return found


def _template(task: Task, language: str, content: Any, entry: Any, i: int, refuse: Any) -> Template:
    at = ("templates", i)
    if not isinstance(entry, dict):
        raise refuse(at, "expected a mapping with id, split and instruction")
    for key in entry:
        if key not in _KEYS:
            raise refuse((*at, key), unknown("key", str(key), _KEYS, f"Keys: {', '.join(_KEYS)}"))
    parts = {part: entry.get(part, content.get(part)) for part in _PARTS}
    for key, value in {"id": entry.get("id"), "split": entry.get("split"), **parts}.items():
        if not isinstance(value, str) or (not value and key != "input"):
            raise refuse(at, f"template {i + 1}: {key!r} must be a text" + ("" if key == "input" else ", not empty"))
    title = f"template {i + 1} ({entry['id']})"
    if entry["split"] not in SPLITS:
        raise refuse(
            (*at, "split"), f"{title}: " + unknown("split", entry["split"], SPLITS, f"Splits: {', '.join(SPLITS)}")
        )
    known = {*task.fields, *task.optional, "programming_language"}
    where = {part: (*at, part) if part in entry else (part,) for part in parts}
    for part, text in parts.items():
        try:
            slots = slots_of(text)
        except ValueError as err:
            raise refuse(where[part], f"{title}: {part}: {err}; write a literal brace twice") from err
        for slot in sorted(slots - known):
            hint = f"Fields of {task.name}: {', '.join(sorted(known))}"
            raise refuse(
                where[part], f"{title}: placeholder {{{slot}}}: " + unknown("field", slot, sorted(known), hint)
            )
    if slots_of(parts["output"]) != {task.answer}:
        raise refuse(where["output"], f"{title}: the output must show {{{task.answer}}} and nothing else")
    if task.answer in slots_of(parts["instruction"]) | slots_of(parts["input"]):
        raise refuse(at, f"{title}: the answer {{{task.answer}}} stands in the question")
    if bool(HAN.search(parts["instruction"])) != (language == "zh"):
        raise refuse((*at, "instruction"), f"{title}: the instruction is not in {language}")
    return Template(entry["id"], entry["split"], **parts)


def _numbers_code(snippet: object) -> bool:
    """Whether the form of a snippet shows its number and its code, and nothing else."""
    try:
        return isinstance(snippet, str) and slots_of(snippet) == {"number", "code"}
    except ValueError:
        return False


class _Lines:
    """Where each value of a YAML text stands, so that an error can name the line."""

    def __init__(self, text: str) -> None:
        self.root = yaml.compose(text, yaml.SafeLoader)

    def of(self, path: tuple[Any, ...]) -> int:
        node = self.root
        for key in path:
            step = self._child(node, key)
            if step is None:
                break
            node = step
        return node.start_mark.line + 1 if node is not None else 1

    @staticmethod
    def _child(node: Any, key: Any) -> Any:
        if isinstance(node, yaml.SequenceNode) and isinstance(key, int):
            return node.value[key]
        if isinstance(node, yaml.MappingNode):
            return next((value for name, value in node.value if name.value == key), None)
        return None
