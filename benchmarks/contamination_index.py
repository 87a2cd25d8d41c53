"""Make the index by which the step `contamination` knows evaluation sets: hashes and names, no text.

    python -m benchmarks.contamination_index UPSTREAM           # writes mulco/steps/contamination/index.npz
    python -m benchmarks.contamination_index UPSTREAM --check   # exit status 1 where the file would be another

UPSTREAM has the layout that `mulco build --upstream` reads. Of each problem of HumanEval, HumanEval-X, MBPP (whole and
sanitized) and MultiPL-E it takes the n-grams of what is said (text and prompt) and of the canonical solution. Of the
test sets of CodeXGLUE it takes whole items, as mulco's own sources read them. What is not at hand is not in the index;
the file says how many problems and items of each set it knows.
"""

from __future__ import annotations

import argparse
import ast
import io
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from mulco.catalog import catalog
from mulco.evaluation.sets import SUITES
from mulco.pipeline import Outcome, evaluation_items, tables
from mulco.plan import Settings, make_plan
from mulco.source import Malformed
from mulco.steps.contamination import CODE, INDEX, WORDS, item_keys
from mulco.steps.contamination.grams import KEPT, grams

# What CodeXGLUE tests on, by the source that reads it and the tasks it serves.
CODEXGLUE = {
    "bigclonebench": ("clone_detection",), "devign": ("defect_detection",), "clozetest": ("cloze_test",),
    "bugs2fix": ("code_repair",), "codetrans": ("code_translation",), "concode": ("code_generation",),
    "cosqa": ("code_search",), "codesearchnet": ("code_summarization",),
}  # fmt: skip
PAIRS = ("clone_detection", "code_translation", "code_repair")  # one half of such an item is no item
COMMON = 3  # an n-gram that stands in more of the rows at hand tells nothing of a problem
LEAST = {WORDS: 3, CODE: 6}  # telling n-grams of a part; code with fewer is known by all it has, common ones too
LEAST_WHOLE = 4  # n-grams of a solution that can be known so; the shortest programs have as many


def common(upstream: Path) -> tuple[set[int], set[int]]:
    """The n-grams, by kind, that stand in many rows of upstream's training and validation data: idiom, not copy."""
    counts: tuple[Counter[int], Counter[int]] = Counter(), Counter()
    plan = make_plan([], Settings(upstream))
    for config in plan.configs.values():
        if config.want.language == "zh" and not catalog().tasks[config.want.task].text_bound:
            continue  # the same items as in English
        for job in config.jobs:
            if config.want.task in ("code_generation", "code_repair", "code_translation", "clone_detection", "code_qa"):
                for table in tables(job, Outcome(job.identity)):
                    for kind, found in enumerate(grams(table.column("payload").to_pylist())):
                        pairs = np.unique(found.rows.astype(np.uint64) << np.uint64(32) | found.hashes)
                        counts[kind].update((pairs & np.uint64(0xFFFFFFFF)).tolist())
    return tuple({gram for gram, count in of.items() if count > COMMON} for of in counts)  # type: ignore[return-value]


Part = tuple[int, int, bool, list[int], int]  # of which problem, kind, known only as a whole?, n-grams, their span


def parts(upstream: Path) -> tuple[list[str], list[Part], Counter[str]]:
    """The problems by name, the parts each is known by, and how many problems a set has.

    What is said is the text and the prompt, and the words of the solution, by which an edited copy is known that keeps
    its names. What is done is the solution, the whole program with its prompt, and the solution with other names where
    it takes a built-in name for its own, for a copy may have renamed that too.
    """
    idiom = common(upstream)
    names: list[str] = []
    found: list[Part] = []
    counted: Counter[str] = Counter()
    for suite in SUITES.values():
        problems = [item for item in suite.read(upstream / suite.folder) if not isinstance(item, Malformed)]
        counted[suite.name] = len(problems)
        forms: list[tuple[int, int, str]] = []  # problem, kind, text
        for number, problem in enumerate(problems, len(names)):
            forms.append((number, WORDS, f"{problem.text}\n{problem.prompt}"))
            forms.append((number, WORDS, problem.canonical_solution))
            programs = (problem.canonical_solution, problem.prompt + problem.canonical_solution)
            for code in dict.fromkeys(programs) if problem.canonical_solution else ():
                forms += [(number, CODE, code), *((number, CODE, other) for other in _renamed(code))]
        names += [f"{suite.name}:{problem.id}" for problem in problems]
        made = grams([[text] for _, _, text in forms])
        for place, (number, kind, _) in enumerate(forms):
            mine = made[kind].rows == place
            hashes = set(made[kind].hashes[mine].tolist())
            telling = hashes - idiom[kind]
            whole = len(telling) < LEAST[kind]
            if whole and kind == WORDS:
                continue
            if len(hashes) >= (LEAST_WHOLE if whole else LEAST[kind]):
                kept = sorted(hashes if whole else telling)
                places = made[kind].places[mine][np.isin(made[kind].hashes[mine], kept)]
                found.append((number, kind, whole, kept, int(places.max() - places.min())))
    return names, found, counted


def _renamed(code: str) -> list[str]:
    """A Python program with every name changed that it binds although it is a built-in one."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return []
    bound = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    bound |= {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    bound |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    shadowed = sorted(bound & KEPT)
    if not shadowed:
        return []
    names = {name: f"renamed_{number}" for number, name in enumerate(shadowed)}
    return [re.sub(r"(?<![\w.])[A-Za-z_]\w*", lambda found: names.get(found[0], found[0]), code)]


def items(upstream: Path) -> tuple[dict[bytes, int], list[str]]:
    """The digests of CodeXGLUE's test items, each with the number of its set, and the names of the sets."""
    found: dict[bytes, int] = {}
    for number, (name, tasks) in enumerate(CODEXGLUE.items()):
        for task in tasks:
            config = next(c for c, want in catalog().configs.items() if want.task == task and want.language == "en")
            plan = make_plan([config], Settings(upstream, "none", (name,)))
            for job in plan.configs[config].jobs:
                if job.shard.split == "test":
                    for table in evaluation_items(job, Outcome(job.identity)):
                        for texts in table.column("payload").to_pylist():
                            whole, *each = item_keys(texts)
                            for key in (
                                [whole]
                                if task in ("clone_detection", "code_translation", "code_repair")
                                else [whole, *each]
                            ):
                                found.setdefault(key, number)
    return found, list(CODEXGLUE)


def made(upstream: Path) -> tuple[bytes, dict[str, Any]]:
    """The bytes of the index, and what it knows."""
    names, found, counted = parts(upstream)
    digests, sets = items(upstream)
    arrays: dict[str, Any] = {
        "problems": np.array([part[0] for part in found], np.uint16),
        "kinds": np.array([part[1] for part in found], np.uint8),
        "whole": np.array([part[2] for part in found], bool),
        "sizes": np.array([len(part[3]) for part in found], np.uint16),
        "spans": np.array([part[4] for part in found], np.uint16),
        "items": np.frombuffer(b"".join(sorted(digests)), np.uint8).reshape(-1, 8),
        "item_sets": np.array([digests[key] for key in sorted(digests)], np.uint8),
    }
    for kind in (WORDS, CODE):
        pairs = sorted((h, part) for part, (_, k, _, hashes, _) in enumerate(found) if k == kind for h in hashes)
        unique, starts = np.unique([h for h, _ in pairs], return_index=True)
        arrays[f"hashes{kind}"] = unique.astype(np.uint32)
        arrays[f"offsets{kind}"] = np.append(starts, len(pairs)).astype(np.uint32)
        arrays[f"parts{kind}"] = np.array([part for _, part in pairs], np.uint16)
    known = {**counted, **{f"codexglue:{sets[n]}": count for n, count in sorted(Counter(digests.values()).items())}}
    facts = {"names": names, "sets": sets, "known": known}
    arrays["facts"] = np.frombuffer(json.dumps(facts).encode(), np.uint8)
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)  # numpy writes the same time into every archive, so equal arrays, equal bytes
    return stream.getvalue(), known


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("upstream", type=Path)
    parser.add_argument("--check", action="store_true", help="compare with the file instead of writing it")
    args = parser.parse_args()
    data, known = made(args.upstream)
    print("; ".join(f"{name} {count:,}" for name, count in known.items()), f"{len(data):,} bytes", sep="; ")
    if args.check:
        raise SystemExit(INDEX.read_bytes() != data)
    INDEX.write_bytes(data)


if __name__ == "__main__":
    main()
