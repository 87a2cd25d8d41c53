"""How often are the rules of `mulco analyze` right about domain and category? Asked of 480 rows labelled by hand.

    mulco build code_generation_en code_qa_en code_generation_zh code_qa_zh --profile none --source codealpaca \
        --source gpteacher --source evol-instruct-code --source codegpt-cn --out out/categories
    python benchmarks/categories.py out/categories            # the tables; two minutes on two cores
    python benchmarks/categories.py out/categories --wrong    # also the ids that rules get wrong in the tuning half
    python benchmarks/categories.py out/categories --draw     # whether a build still draws the rows that are labelled

`categories.csv` holds ids and labels, no text. Of each of Code Alpaca, GPTeacher and Evol-Instruct (English) the 60
train rows with the smallest hashes of their ids, of each of CodeGPT's four folders (Chinese) 15; every other one of
them, 122 in all, is for tuning the word lists, the other 118 are held out. A row has one category or none (28 rows:
plain syntax, "hello world", talk). As nearly all of these are about code, 240 questions without code, half of them
Chinese, are labelled for their domain alone: 80 for tuning, 160 held out.

One reader labelled them, from instruction, input and the beginning of the answer, by the lines of
`mulco/categories.py`, each set before any rule was asked about it. There is no second reader, so how far two people
would agree is not known; and the same reader changed the word lists, after a look at what was wrong in the parts for
tuning and at rows that are in no part. Of the ten categories user interface, performance and the domain-specific have
one or two rows each and security none: nothing is said of those. Nor of how general instruction data fares: none is at
hand. "nearest" gives rows that no rule knows the category of the rows they are like; "majority" says the commonest
label every time.

Measured on 24 thousand rows of mulco 2026-11, accuracy / macro-F1 / kappa:

                            tuning (122)            held out (118)
    rules                   .910 / .935 / .882      .831 / .791 / .777     English .878, Chinese .679
    rules, then nearest     .910 / .938 / .882      .831 / .777 / .777     English .867, Chinese .714
    majority                .418 / .066 / 0         .364 / .067 / 0
    rules before tuning     .713 / .580 / .633      .729 / .589 / .644

    domain of questions     tuning (80)             held out (160)
    rules                   .900 / .805 / .688      .931 / .864 / .803     English .912, Chinese .950
    majority                .850 / .306 / 0         .812 / .299 / 0
    rules before tuning     .863 / .516 / .552      .819 / -    / -

Held out, the 95 % interval (Wilson) of .831 is .753 to .888; that of the 28 Chinese rows alone is .49 to .82. Where
rules speak (103 rows) and the row has a category (96) they are right in 89. Wrong most often: a row of no category is
taken for an algorithm (4), and mathematics that no word gives away is left without one (4).
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from mulco.analysis.analyze import analyze
from mulco.analysis.labels import kappa
from mulco.analysis.result import CATEGORIES
from mulco.analysis.rows import read

LABELS = Path(__file__).with_name("categories.csv")
WANTED = {
    "codealpaca": 60, "gpteacher": 60, "evol-instruct-code": 60,
    "code-basic": 15, "code-medium": 15, "code-leetcode": 15, "code-text": 15,
}  # fmt: skip
HALVES = ("tuning", "held-out")
QUESTIONS = {"domain-tuning": 40, "domain": 80}  # of each language: labelled for their domain alone
NONE = "none"
SHORT = ("algo", "math", "db", "system", "web", "data", "perf", "ui", "domain", "security", NONE)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path, help="what mulco build made, see above")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--wrong", action="store_true", help="list the rows of the half for tuning that rules get wrong"
    )
    parser.add_argument("--draw", action="store_true", help="only draw the rows again and compare")
    options = parser.parse_args()
    with LABELS.open(encoding="utf-8", newline="") as stream:
        labels = list(csv.DictReader(stream))
    table = read([options.folder], by="source")
    same = [(label["id"], label["half"]) for label in labels] == drawn(table["id"].to_pylist())
    if options.draw or not same:
        print(
            "The build draws the rows that are labelled." if same else "The build draws other rows than are labelled."
        )
        return 0 if same else 1

    rows = analyze([options.folder], by="source", embedder=None, workers=options.workers).rows
    named = list(zip(rows["category"].to_pylist(), rows["category_by"].to_pylist(), strict=True))
    told = [name if by == "rule" else None for name, by in named]
    untold = [name if by == "nearest" else None for name, by in named]
    places = {id_: place for place, id_ in enumerate(table["id"].to_pylist())}
    print_shares(told, untold)
    for half in HALVES:
        chosen = [label for label in labels if label["half"] == half]
        at = [places[label["id"]] for label in chosen]
        chinese = [table["language"][place].as_py() == "zh" for place in at]
        truth = [label["category"] or NONE for label in chosen]
        answers = {
            "rules": [told[place] or NONE for place in at],
            "rules, then nearest": [told[place] or untold[place] or NONE for place in at],
            "majority": [Counter(truth).most_common(1)[0][0]] * len(chosen),
        }
        print(f"\n{half}: {len(chosen)} rows, {sum(chinese)} of them Chinese")
        for name, answer in answers.items():
            print_scores(name, truth, answer, chinese)
        print_untold(truth, [told[place] for place in at], [untold[place] for place in at])
        print_confusion(truth, answers["rules"])
        print_domains(chosen, [rows["domain"][place].as_py() for place in at], chinese)
        if options.wrong and half == HALVES[0]:
            for label, is_, said in zip(chosen, truth, answers["rules"], strict=True):
                if is_ != said:
                    print(f"{label['id']}: {is_}, not {said}")
    for part in QUESTIONS:
        chosen = [label for label in labels if label["half"] == part]
        at = [places[label["id"]] for label in chosen]
        print(f"\n{part}: {len(chosen)} questions without code, half of them Chinese")
        chinese = [table["language"][place].as_py() == "zh" for place in at]
        print_domains(chosen, [rows["domain"][place].as_py() for place in at], chinese)
    return 0


def drawn(ids: Sequence[str]) -> list[tuple[str, str]]:
    """(id, half) of the rows to be labelled: of each stratum those with the smallest hashes."""
    strata: dict[str, list[str]] = defaultdict(list)
    for id_ in ids:
        _, source, rest = id_.split("/", 2)
        strata[rest.split("/")[0] if source == "codegpt-cn" else source].append(id_)
    found = []
    for stratum, wanted in WANTED.items():
        smallest = sorted(strata[stratum], key=_mark)
        found += [(id_, HALVES[number % 2]) for number, id_ in enumerate(smallest[:wanted])]
    taken = {id_ for id_, _ in found}
    for part, wanted in QUESTIONS.items():
        for config in ("code_qa_en", "code_qa_zh"):
            rest = sorted((id_ for id_ in ids if id_.startswith(f"{config}/") and id_ not in taken), key=_mark)
            found += [(id_, part) for id_ in rest[:wanted]]
        taken = {id_ for id_, _ in found}
    return found


def _mark(id_: str) -> bytes:
    return hashlib.sha256(f"categories/{id_}".encode()).digest()


def scores(truth: Sequence[str], answer: Sequence[str]) -> tuple[float, float, float | None]:
    """Accuracy, F1 averaged over the labels that stand in `truth`, Cohen's kappa."""
    right = sum(is_ == said for is_, said in zip(truth, answer, strict=True))
    each = []
    for label in sorted(set(truth)):
        both = sum(is_ == said == label for is_, said in zip(truth, answer, strict=True))
        each.append(2 * both / (truth.count(label) + answer.count(label)))  # type: ignore[attr-defined]
    return right / len(truth), sum(each) / len(each), kappa(truth, answer)


def print_scores(name: str, truth: Sequence[str], answer: Sequence[str], chinese: Sequence[bool]) -> None:
    accuracy, f1, agreement = scores(truth, answer)
    shown = "   -" if agreement is None else f"{agreement:.3f}"
    by_language = []
    for language in (False, True):
        chosen = [n for n, is_chinese in enumerate(chinese) if is_chinese == language]
        right = sum(truth[n] == answer[n] for n in chosen)
        by_language.append(f"{'zh' if language else 'en'} {right / len(chosen):.3f}")
    print(f"  {name:20} accuracy {accuracy:.3f} ({', '.join(by_language)})  macro-F1 {f1:.3f}  kappa {shown}")


def print_domains(labels: Sequence[dict[str, str]], answer: Sequence[str], chinese: Sequence[bool]) -> None:
    truth = [label["domain"] for label in labels]
    print_scores("domain", truth, answer, chinese)
    print_scores("domain, majority", truth, ["code"] * len(truth), chinese)


def print_untold(truth: Sequence[str], told: Sequence[str | None], untold: Sequence[str | None]) -> None:
    """How often the rules are right where they speak, and the nearest category where they do not."""
    for name, said in (("rules", told), ("nearest", untold)):
        spoken = [(is_, answer) for is_, answer in zip(truth, said, strict=True) if answer is not None]
        having = [(is_, answer) for is_, answer in spoken if is_ != NONE]
        right = sum(is_ == answer for is_, answer in spoken)
        print(f"  {name} speak of {len(spoken)} rows, {len(having)} of which have a category: {right} right")


def print_confusion(truth: Sequence[str], answer: Sequence[str]) -> None:
    """One line a label by hand, one column a label by rule; labels that neither has are left out."""
    names = [name for name in (*CATEGORIES, NONE) if name in truth or name in answer]
    short = dict(zip((*CATEGORIES, NONE), SHORT, strict=True))
    pairs = Counter(zip(truth, answer, strict=True))
    print("  by hand \\ by rule  " + "".join(f"{short[name]:>9}" for name in names))
    for name in names:
        print(f"  {short[name]:19}" + "".join(f"{pairs[name, said] or '.':>9}" for said in names))


def print_shares(told: Sequence[str | None], untold: Sequence[str | None]) -> None:
    """How much of all rows the rules and the nearest category speak of."""
    table = pa.table({"told": pa.array(told, pa.string()), "untold": pa.array(untold, pa.string())})
    rule, near = (pc.sum(table[name].is_valid()).as_py() / len(table) for name in ("told", "untold"))
    print(f"{len(table):,} rows: rules speak of {rule:.3f}, the nearest category of {near:.3f} more")


if __name__ == "__main__":
    sys.exit(main())
