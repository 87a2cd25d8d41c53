"""Which programming language? guesslang, magika and mulco's detector on real snippets, short and longer ones apart.

    pip install magika==1.0.3 && pip install -e .      # in an environment of its own
    python benchmarks/detectors.py --upstream DIR      # prints the tables; exit status 1 unless mulco leads throughout

Asked about are snippets of 13 languages from the sources that mulco's small model was not trained on (see
`language_model.py`), at most `MOST` of each language, length and source, drawn by a fixed seed; texts that occur twice
count once, and so does none that the model was trained on. Left out are sources that publish tokens or whole methods on
one line. The detectors see the code alone: no label, no fence tag, no instruction. Labels are the source's own; in
Alpaca's form, the fence tag or the one language that the instruction names, of which a few in a hundred are wrong.

guesslang and magika know more languages than 13: "open" takes their answer as it is, "closed" the best of the 13 as
far as the detector gives one; for magika `output` is its answer, and `dl` that of its network whatever its confidence.
mulco is asked without any belief; in the second table, over the sources that `recognition`'s signs were not written
for, also with the belief that those signs give, as in a build. How mulco weighs its evidence was chosen on these same
snippets, so its figures are a little optimistic. What came out (accuracy / macro F1, magika by `dl`, guesslang closed):

                      short (1,089)   longer (2,441)   second table: short (742)   longer (1,767)
    guesslang          .609 / .520      .827 / .783             .602 / .613          .825 / .764
    magika             .729 / .644      .883 / .890             .737 / .743          .900 / .908
    mulco              .872 / .799      .968 / .960             .877 / .895          .968 / .960
    mulco, with signs                                           .888 / .898          .973 / .966
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from language_model import LEARNT
from snippets import LABELLED_BY_INSTRUCTION, LANGUAGES, Snippet, snippets

from mulco.builders.sources.recognition import recognised
from mulco.languages import canonical
from mulco.steps.detection import detect
from mulco.steps.guesslang import Guess

MOST = 60
SHORT = 5  # lines from which on a snippet counts as longer
NAMES = {"shell": "bash", "cpp": "c++", "cs": "c#"}  # magika's names and guesslang's, where canonical() has no such


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--upstream", type=Path, default=os.environ.get("MULCO_UPSTREAM"))
    options = parser.parse_args()
    chosen = sample(Path(options.upstream))
    texts = [snippet.text for snippet in chosen]
    answers, speeds = {}, {}
    for name, ask in {**of_magika(), "guesslang, open": open_guess, "guesslang, closed": closed_guess,
                      "mulco": mulco, "mulco, with signs": with_signs}.items():  # fmt: skip
        started = time.process_time()
        answers[name] = ask(texts)
        speeds[name] = f"{len(texts) / (time.process_time() - started):,.0f}" if "dl" not in name else "same run"
    best_of_others = True
    unsigned = [snippet.source not in LABELLED_BY_INSTRUCTION for snippet in chosen]
    tables = {
        "all sources it was not trained on": ([True] * len(chosen), [n for n in answers if n != "mulco, with signs"]),
        "those among them for which the signs were not written": (unsigned, list(answers)),
    }
    for title, (asked, names) in tables.items():
        print(f"\n{title}\n{'accuracy / macro F1':26}{'short':>16}{'longer':>16}{'per CPU second':>18}")
        scores = {}
        for name in names:
            scores[name] = [
                score(
                    [
                        (snippet.language, answer)
                        for snippet, answer, wanted in zip(chosen, answers[name], asked, strict=True)
                        if wanted and (snippet.lines < SHORT) == short
                    ]
                )
                for short in (True, False)
            ]
            cells = "".join(f"{accuracy:10.3f}/{f1:.3f}" for accuracy, f1 in scores[name])
            print(f"{name:26}{cells}{speeds[name]:>18}")
        ours = scores[names[-1]]
        others = [scores[name] for name in names if not name.startswith("mulco")]
        best_of_others &= all(
            ours[size][measure] > max(other[size][measure] for other in others) for size in (0, 1) for measure in (0, 1)
        )
        for short in (True, False):
            counted = [s for s, wanted in zip(chosen, asked, strict=True) if wanted and (s.lines < SHORT) == short]
            numbers = {language: sum(s.language == language for s in counted) for language in LANGUAGES}
            print(
                f"n {'short' if short else 'longer'} = {len(counted):,}:",
                *(f"{k} {v}" for k, v in numbers.items() if v),
            )
    return 0 if best_of_others else 1


def sample(upstream: Path) -> list[Snippet]:
    """The snippets that are asked about."""
    cells: dict[tuple[str, bool, str], list[Snippet]] = defaultdict(list)
    seen: set[bytes] = set()
    for learnt in (True, False):  # what the model was trained on comes first, so that a copy of it is not asked about
        for snippet in snippets(upstream):
            if (snippet.source in LEARNT) != learnt or snippet.written != "lines" or snippet.language not in LANGUAGES:
                continue
            if snippet.lines == 1 and len(snippet.text) > 300:
                continue  # a whole program put on one line
            digest = hashlib.blake2b(" ".join(snippet.text.split()).encode("utf-8")).digest()
            if digest not in seen and not learnt:
                cells[snippet.language, snippet.lines < SHORT, snippet.source].append(snippet)
            seen.add(digest)
    draw = random.Random(5)
    return [
        snippet
        for _, found in sorted(cells.items())
        for snippet in (found if len(found) <= MOST else draw.sample(found, MOST))
    ]


Ask = Callable[[Sequence[str]], list[str | None]]


def of_magika() -> dict[str, Ask]:
    """Both answers of magika, asked once."""
    from magika import Magika

    magika, found = Magika(), []

    def output(texts: Sequence[str]) -> list[str | None]:
        found.extend(magika.identify_bytes(text.encode("utf-8", "replace")) for text in texts)
        return [named(str(result.output.label)) for result in found]

    def network(texts: Sequence[str]) -> list[str | None]:
        return [named(str(result.dl.label)) for result in found]

    return {"magika 1.0.3, output": output, "magika 1.0.3, dl": network}


def named(label: str) -> str | None:
    return canonical(NAMES.get(label.lower(), label))


def open_guess(texts: Sequence[str]) -> list[str | None]:
    guess = Guess()
    return [named(guess.supported_languages[best]) for best in guess.probabilities_batch(texts).argmax(axis=1)]


def closed_guess(texts: Sequence[str]) -> list[str | None]:
    guess = Guess()
    languages = [named(name) for name in guess.supported_languages]
    found = guess.probabilities_batch(texts)
    found[:, [language not in LANGUAGES for language in languages]] = 0
    return [languages[best] for best in found.argmax(axis=1)]


def mulco(texts: Sequence[str]) -> list[str | None]:
    return [language for language, _ in detect(texts)]


def with_signs(texts: Sequence[str]) -> list[str | None]:
    return [language for language, _ in detect(texts, [recognised(text, "") for text in texts])]


def score(pairs: Sequence[tuple[str | None, str | None]]) -> tuple[float, float]:
    """Accuracy, and the mean of F1 over the languages that occur; an answer outside of them is a miss."""
    f1 = []
    for language in {truth for truth, _ in pairs}:
        right = sum(truth == answer == language for truth, answer in pairs)
        named_ = sum(answer == language for _, answer in pairs)
        true = sum(truth == language for truth, _ in pairs)
        f1.append(2 * right / (named_ + true))
    return sum(truth == answer for truth, answer in pairs) / len(pairs), sum(f1) / len(f1)


if __name__ == "__main__":
    sys.exit(main())
