r"""The lint of wordings: what reads well and teaches well in a template file, beyond what loading it demands.

    python -m mulco.builders.lint code_search zh my/code_search/zh.yaml
    my/code_search/zh.yaml: which-number: no space at Han/Latin: '下面哪一段Python代码'

`lint` takes any pool, `twins` the two pools of a task, `chinese_faults` any Chinese text that a person is to read.
In an in-context variant (an id that begins with one of `VARIANTS`) an example is a paragraph whose first line names it
and ends with a colon; all rules look past it but those on its number and on its prose.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from string import Formatter
from typing import NamedTuple

from mulco import chinese
from mulco.chinese import HAN
from mulco.errors import MulcoError
from mulco.row import TASKS
from mulco.source import SPLITS
from mulco.task import Task
from mulco.template import Pool, Template, load_pool, slots_of

# Wordings a pool should hold, after P3 (11.7 prompts a data set) and FLAN: more prompts, less spread.
SIZES = {"train": 16, "validation": 4, "test": 4}
OPTIONAL_SIZES = {"train": 4, "validation": 2, "test": 2}  # of those that show one optional field
# By judgement: likeness of two wordings, share of one opening, length, share of wordings that leave the language open.
SIMILAR, OPENING, LENGTH, UNNAMED = 0.6, 0.15, (8, 220), 3 / 8
VARIANTS = {"options-": 0, "inverse-": 0, "example-": 1, "examples-": 2}  # id prefix -> examples in the wording
CODE_SHOWN = {"code", "other_code", "snippets"}
CODE_ANSWERED = {"code", "fixed", "next_line", "translation"}

_SLOT = re.compile(r"(?<!\{)\{(\w+)\}(?!\})")
_EXAMPLE = re.compile(r".*(?:[Ee]xample\b|示例|例子).*[:：]$")
# What gives away a sentence that was translated, or copied from a prompt.
TELLTALES = {
    "zh": (
        "[您你]的任务是", "作为一[个名位]", "给定(?:的代码|的函数|以下|如下|一[个段])", "提供的代码", "以下给出",
        "请确保", "请注意", "仅仅", "进行(?:翻译|修复|总结|回答|修改|补全|判断|解释|转换)", "被(?:用来|用于|设计)",
        "以一种", "的方式来?(?:回答|给出)", "任何(?:额外|其他|附加)", "不带任何", "没有任何", "与此同时",
        "对于.{0,12}(?:来说|而言)", "在.{1,12}的情况下", "这里是", "以下是一[个段]", "功能性", "[码件]们", "如下所示",
    ),
    "en": (
        "your task is", "as an? (?:AI|language model|expert)", "kindly", "the below", "below (?:code|text|question)",
        "codes", "(?:given|provided) (?:code|snippet|text|question)", "make sure", "please note", "ensure that",
        "(?:additional|extra|other) (?:text|information|explanation)s?", "do the needful", "help me to", "here is an?",
        "what is the function of", "in this task", "I want you to",
    ),
}  # fmt: skip
_TELLTALE = {
    "zh": re.compile("|".join(TELLTALES["zh"])),
    "en": re.compile(rf"\b(?:{'|'.join(TELLTALES['en'])})\b", re.I),
}


class Finding(NamedTuple):
    """What a rule has against a wording, or against a whole pool (`wording` is empty)."""

    wording: str
    rule: str
    problem: str

    def __str__(self) -> str:
        return ": ".join(part for part in self if part)


def lint(task: Task, pool: Pool, sizes: Mapping[str, int] = SIZES) -> list[Finding]:
    """All findings on one pool, empty where it is clean; `sizes` says how many wordings each split should have."""
    found = [*_sizes(task, pool, sizes), *_duplicates(pool), *_openings(pool), *_unnamed_share(task, pool)]
    for template in pool.templates:
        rules = (*_slots(task, template), *_length(template), *_examples(template), *_labels(pool, template))
        found += [*rules, *_language_named(task, template), *_prose(pool.language, template)]
    return found


def findings_on(name: str, language: str, wordings: Sequence[str]) -> list[list[str]]:
    """What the lint has against each of some wordings that are no part of a pool yet, likeness to its pool included."""
    task: Task = importlib.import_module(f"mulco.builders.{name}").TASK
    pool = load_pool(task, language, Path(__file__).parent / "templates" / name / f"{language}.yaml")
    shown = pool.templates[0]
    found = []
    for text in wordings:
        try:
            slots = slots_of(text)
        except ValueError as err:
            found.append([f"slots: {err}"])
            continue
        unknown = slots - {*task.fields, *task.optional, "programming_language"} | slots & {task.answer}
        if unknown:
            found.append([f"slots: {{{'}, {'.join(sorted(unknown))}}} is no slot of a question"])
            continue
        own = not slots & slots_of(shown.input)
        new = Template("proposal", "train", text, shown.input if own else "", shown.output)
        joined = replace(pool, templates=(*pool.templates, new))
        found.append([str(finding._replace(wording="")) for finding in lint(task, joined) if finding.wording == new.id])
    return found


def twins(first: Pool, second: Pool) -> list[Finding]:
    """Findings on wordings that share an id in two languages: they stand in one split and show the same slots."""
    found = []
    others = {template.id: template for template in second.templates}
    for template in first.templates:
        twin = others.get(template.id)
        if twin is None:
            continue
        if template.split != twin.split:
            found.append(Finding(template.id, "twins", f"{template.split} and {twin.split}"))
        if differ := _shown(template) ^ _shown(twin):
            found.append(Finding(template.id, "twins", f"only one of the two shows {', '.join(sorted(differ))}"))
    return found


def chinese_faults(text: str) -> list[tuple[str, str]]:
    """(rule, where) for each fault of a Chinese text in typography, script, terms and style; code is passed over."""
    found = chinese.faults(text)
    if m := _TELLTALE["zh"].search(chinese.CODE.sub("\x00", text)):
        found.append(("tell-tale", repr(m[0])))
    return found


def similarity(first: Template, second: Template) -> float:
    """Jaccard index of the character 3-grams of two instructions without slots and examples."""
    a, b = _grams(first), _grams(second)
    return len(a & b) / len(a | b) if a and b else 0.0


def opening(template: Template) -> str:
    """The first two words of an instruction, in Chinese its first two characters; a slot counts as one."""
    text = _SLOT.sub(lambda m: f" {m[1]} ", plain(template))
    return " ".join(re.findall(rf"[{HAN}]|<?[^\W{HAN}][\w'-]*", text)[:2]).lower()


def plain(template: Template) -> str:
    """The instruction without its examples."""
    return "\n\n".join(text for text in template.instruction.split("\n\n") if not _is_example(template, text))


def _is_example(template: Template, paragraph: str) -> bool:
    variant = template.id.startswith(("example-", "examples-"))
    return variant and bool(_EXAMPLE.match(paragraph.split("\n", 1)[0]))


def _shown(template: Template) -> set[str]:
    return slots_of(template.instruction) | slots_of(template.input)


def _grams(template: Template) -> set[str]:
    text = " ".join(_SLOT.sub(" ", plain(template)).casefold().split())
    return {text[i : i + 3] for i in range(len(text) - 2)}


def _sizes(task: Task, pool: Pool, sizes: Mapping[str, int]) -> Iterator[Finding]:
    for split in SPLITS:
        number = len(pool.by_shown.get((split, ()), ()))
        if number < sizes.get(split, 0):
            yield Finding("", "pool size", f"{number} wordings for {split}, expected {sizes[split]}")
        for name in task.optional:
            number = len(pool.by_shown.get((split, (name,)), ()))
            if sizes and number < OPTIONAL_SIZES[split]:
                problem = f"{number} wordings with {{{name}}} for {split}, expected {OPTIONAL_SIZES[split]}"
                yield Finding("", "pool size", problem)


def _duplicates(pool: Pool) -> Iterator[Finding]:
    for first, second in combinations(pool.templates, 2):
        if _normal(first) == _normal(second):
            yield Finding(second.id, "duplicate", f"the same as {first.id}")
        elif (score := similarity(first, second)) >= SIMILAR:
            yield Finding(second.id, "near duplicate", f"{score:.2f} like {first.id}, below {SIMILAR} wanted")


def _normal(template: Template) -> str:
    return re.sub(r"[\W_]+", "", template.instruction.casefold())


def _openings(pool: Pool) -> Iterator[Finding]:
    counts = Counter(opening(template) for template in pool.templates)
    for text, count in counts.items():
        if count > max(1, OPENING * len(pool.templates)):
            problem = f"{count} of {len(pool.templates)} open with {text!r}, at most {OPENING:.0%} wanted"
            yield Finding("", "opening", problem)


def _slots(task: Task, template: Template) -> Iterator[Finding]:
    """Each field of the question stands in the wording once; only names of languages may be repeated."""
    parts = (*Formatter().parse(template.instruction), *Formatter().parse(template.input))
    shown = Counter(name for _, name, _, _ in parts if name)
    for name in sorted({*task.fields, *task.optional} - {task.answer}):
        if name.endswith("_language"):
            continue
        if shown[name] > 1 or (not shown[name] and name in task.fields):
            yield Finding(template.id, "slots", f"{{{name}}} stands {shown[name]} times in the question, expected once")


def _length(template: Template) -> Iterator[Finding]:
    length = len(plain(template))
    if not LENGTH[0] <= length <= LENGTH[1]:
        yield Finding(
            template.id, "length", f"{length} characters without examples, expected {LENGTH[0]} to {LENGTH[1]}"
        )


def _examples(template: Template) -> Iterator[Finding]:
    number = len(template.instruction.split("\n\n")) - len(plain(template).split("\n\n"))
    expected = next((n for prefix, n in VARIANTS.items() if template.id.startswith(prefix)), 0)
    if number != expected:
        yield Finding(template.id, "examples", f"{number} found, the id promises {expected}")


def _labels(pool: Pool, template: Template) -> Iterator[Finding]:
    question = f"{plain(template)}\n{template.input}"
    for word in pool.labels.values():
        if not re.search(rf"(?<![\w{HAN}]){re.escape(word)}(?![\w{HAN}])", question):
            yield Finding(template.id, "labels", f"the answer {word!r} is not offered")


def _language_named(task: Task, template: Template) -> Iterator[Finding]:
    """Without the name it is unclear in which language to answer, or what a conversion is to start from."""
    shown = _shown(template)
    needed = {name for name in task.fields if name.endswith("_language")}
    if needed or task.answer in CODE_ANSWERED:
        needed.add("programming_language")
    for name in sorted(needed - shown):
        yield Finding(template.id, "language named", f"{{{name}}} is missing")


def _unnamed_share(task: Task, pool: Pool) -> Iterator[Finding]:
    """Where code is only read, it mostly shows its language; most wordings name it all the same."""
    if CODE_SHOWN & set(task.fields) and task.answer not in CODE_ANSWERED:
        unnamed = sum("programming_language" not in _shown(template) for template in pool.templates)
        if unnamed > UNNAMED * len(pool.templates):
            yield Finding("", "language named", f"{unnamed} of {len(pool.templates)} wordings do not name it")


def _prose(language: str, template: Template) -> Iterator[Finding]:
    for text in (template.instruction, template.input):
        prose = _prose_of(template, text)
        if language == "zh":
            yield from (Finding(template.id, *fault) for fault in chinese_faults(prose))
        elif language in _TELLTALE and (m := _TELLTALE[language].search(prose)):
            yield Finding(template.id, "tell-tale", repr(m[0]))
        if language == "en" and (m := re.search(rf"[{HAN}，。：；？！、（）“”]|(?<=\S)  +| [,.;:?!](?!\w)", prose)):
            yield Finding(template.id, "English typography", chinese.around(prose, m))
    end = plain(template).rstrip("”」\"'）) ")
    marks = "。？！：" if language == "zh" else ".?!:"
    closed = end.endswith((*marks, *".?!:"))  # in Chinese, half-width marks are the business of other rules
    if not (closed or re.search(r"(?:^|\s)\{(?!\w*_language\})\w+\}$|(?:^|\n)- .+$", end)):
        yield Finding(template.id, "closing mark", f"ends with {end[-8:]!r}, expected one of {marks}")


def _prose_of(template: Template, text: str) -> str:
    """A part of a wording without the code of its examples: what opens with Han stays, up to code after a colon."""
    kept: list[str] = []
    for paragraph in text.split("\n\n"):
        lines = paragraph.split("\n")
        if _is_example(template, paragraph):
            lines = [re.sub(f"：[^{HAN}]*$", "：", line) for line in lines if re.match(f"[{HAN}]", line)]
        kept.append("\n".join(lines))
    return "\n\n".join(kept)


def main(arguments: Iterable[str]) -> int:
    """Print the findings on one template file; 0 where there are none, 1 where there are some, 2 for wrong use."""
    name, language, file, *more = (*arguments, "", "", "")
    if name not in TASKS or not file or any(more):
        print(f"python -m mulco.builders.lint TASK LANGUAGE FILE\nTasks: {', '.join(TASKS)}", file=sys.stderr)
        return 2
    task: Task = importlib.import_module(f"mulco.builders.{name}").TASK
    try:
        found = lint(task, load_pool(task, language, Path(file)))
    except MulcoError as err:
        print(err, file=sys.stderr)
        return 1
    for finding in found:
        print(f"{file}: {finding}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
