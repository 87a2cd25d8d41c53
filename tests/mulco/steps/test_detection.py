"""The detector: what each part of it sees, and how they come together."""

from __future__ import annotations

import hashlib
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mulco.steps.detection import LANGUAGES, detect, linear

SNIPPETS = {
    "python": "def birds(names):\n    return [name for name in names if name]\n",
    "java": 'public static void main(String[] args) {\n    System.out.println("owl");\n}\n',
    "javascript": "const birds = names.map((name) => name.trim());\nconsole.log(birds);\n",
    "go": 'func main() {\n\tfor i := range birds {\n\t\tfmt.Println("owl", i)\n\t}\n}\n',
    "php": "$birds = array_map('trim', $names);\necho count($birds);\n",
    "ruby": "birds.each do |bird|\n  puts bird.name\nend\n",
    "c": '#include <stdio.h>\nint main(void) {\n    printf("owl\\n");\n    return 0;\n}\n',
    "c++": "#include <vector>\nstd::vector<int> birds;\nfor (auto b : birds) std::cout << b << std::endl;\n",
    "c#": 'using System;\nforeach (var bird in birds)\n{\n    Console.WriteLine($"{bird}");\n}\n',
    "sql": "SELECT name FROM birds WHERE wings > 2;\n",
    "typescript": "function total(birds: number[]): number {\n  return birds.length;\n}\n",
    "bash": '#!/bin/bash\nfor bird in "$@"; do\n  echo "$bird"\ndone\n',
    "html": "<ul>\n  <li>owl</li>\n</ul>\n",
}


def test_a_snippet_of_each_language_is_recognised() -> None:
    assert {language: detect([code])[0][0] for language, code in SNIPPETS.items()} == {
        language: language for language in LANGUAGES
    }


def test_many_texts_get_what_each_gets_alone_and_a_share_between_0_and_1() -> None:
    found = detect([*SNIPPETS.values(), "", " ", "你好", "x"] * 12)
    assert [language for language, _ in found[:13]] == [detect([code])[0][0] for code in SNIPPETS.values()]
    # a matrix product may round differently from row to row: which kernel it takes is the processor's business
    assert found == [(language, pytest.approx(share, abs=1e-6)) for language, share in found[:17] * 12]
    assert all(0 < share <= 1 for _, share in found)


def test_a_belief_decides_where_the_text_does_not() -> None:
    assert [detect(["x++;"], [language])[0][0] for language in ("java", "c#")] == ["java", "c#"]
    assert detect([SNIPPETS["go"]], ["html"])[0][0] == "go"
    assert detect(["x = 1"], ["cobol"]) == detect(["x = 1"], [None]) == detect(["x = 1"])


def test_code_that_parses_better_in_a_superset_is_in_it() -> None:
    typed = "function f(a: string): string {\n    console.log(a);\n    return a;\n}\n"
    assert detect([typed, typed.replace(": string", "")]) == [
        ("typescript", pytest.approx(0.5, abs=0.5)), ("javascript", pytest.approx(0.5, abs=0.5)),
    ]  # fmt: skip


@given(st.lists(st.text(max_size=200) | st.sampled_from(list(SNIPPETS.values())), max_size=70))
@settings(max_examples=10, deadline=None)
def test_features_of_a_text_do_not_depend_on_its_neighbours(texts: list[str]) -> None:
    rows, buckets = linear.features(texts)
    for number, text in enumerate(texts[:5]):
        alone = linear.features([text])[1]
        assert np.array_equal(buckets[rows == number], alone)


def test_features_are_runs_of_bytes_words_and_neighbours() -> None:
    def count(text: str) -> int:
        return len(linear.features([text])[1])

    assert count("") == 0
    assert count("a") == 2  # one byte, one word
    assert count("ab") == 4  # two bytes, their pair, one word
    assert count("a b") == 3 + 2 + 1 + 2 + 1  # bytes, pairs, the run of three, two words, the words as neighbours
    assert set(linear.features(["  x"])[1]) > set(linear.features(["x"])[1])
    assert np.array_equal(linear.features(["y" * 9_000])[1], linear.features(["y" * 3_000])[1])


def test_probabilities_sum_to_one() -> None:
    found = np.exp(linear.log_probabilities([*SNIPPETS.values(), ""]))
    assert found.shape == (14, 13)
    assert found.sum(axis=1) == pytest.approx(1)
    assert linear.log_probabilities([]).shape == (0, 13)


def test_the_weights_are_those_that_the_code_names_and_have_a_card() -> None:
    data = linear.WEIGHTS.read_bytes()
    assert hashlib.sha256(data).hexdigest() == linear.SHA256
    assert len(data) < 600_000
    card = linear.WEIGHTS.with_name("README.md").read_text("utf-8")
    assert all(word in card for word in ("Apache-2.0", "MIT", "Not trained on", "Not\nmeasured"))


def test_detecting_loads_no_framework() -> None:
    code = "import sys; from mulco.steps.detection import detect; detect(['x = 1']); "
    code += "print({'tensorflow', 'torch', 'sklearn', 'scipy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
