"""guesslang in NumPy gives what the original gives: golden values, real snippets, and the rules of its class."""

from __future__ import annotations

import hashlib
import runpy
import subprocess
import sys
from pathlib import Path
from statistics import mean, stdev

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mulco.steps.guesslang import Guess, convert
from mulco.steps.guesslang.guess import LANGUAGES, SHA256, WEIGHTS, pack, pair_buckets, unpack

ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "tests" / "fixtures" / "guesslang" / "reference.npz"
STEP = 2.0**-20  # of the probabilities in REFERENCE
GUESS = Guess()

# The original's two most probable classes under TensorFlow 2.21, and the threshold of its rule of reliability.
GOLDEN = [
    ("SELECT id, name FROM users WHERE age > 30;\n", "SQL", 0.162897, "Dockerfile", 0.052125, 0.0621),
    ('package main\n\nimport "fmt"\n\nfunc main() { fmt.Println(1) }\n', "Go", 0.169963, "Kotlin", 0.069687, 0.0661),
    ('#include <stdio.h>\nint main(void) { return puts("hi"); }\n', "C", 0.054380, "C++", 0.040661, 0.0361),
    ("# 打印列表\nfor x in [1, 2, 3]:\n    print(x)\n", "Python", 0.045817, "Markdown", 0.036944, 0.0363),
    ("def add(a, b):\n    return a + b\n", "YAML", 0.043381, "Python", 0.041013, 0.0339),  # wrong, as the original is
    ("你好", "Batchfile", 0.041794, "INI", 0.040116, 0.0341),
    ("", "INI", 0.041703, "Batchfile", 0.041264, None),  # no pair of bytes: the biases alone
    ("a", "INI", 0.041703, "Batchfile", 0.041264, None),
]


@pytest.mark.parametrize(("text", "first", "p_first", "second", "p_second", "threshold"), GOLDEN)
def test_the_two_most_probable_languages_are_those_of_the_original(
    text: str, first: str, p_first: float, second: str, p_second: float, threshold: float | None
) -> None:
    found = GUESS.probabilities(text)
    assert [name for name, _ in found[:2]] == [first, second]
    assert [p for _, p in found[:2]] == pytest.approx([p_first, p_second], abs=1e-5)
    if threshold is not None:
        values = [p for _, p in found]
        assert mean(values) + 2 * stdev(values) == pytest.approx(threshold, abs=1e-4)
        assert GUESS.language_name(text) == first


def test_probabilities_name_each_language_once_and_fall_and_sum_to_one() -> None:
    found = GUESS.probabilities("puts 'hello'\n")
    assert sorted(name for name, _ in found) == sorted(GUESS.supported_languages)
    assert [p for _, p in found] == sorted((p for _, p in found), reverse=True)
    assert sum(p for _, p in found) == pytest.approx(1)


def test_it_supports_the_54_languages_of_guesslang_and_is_trained() -> None:
    assert len(set(GUESS.supported_languages)) == 54
    assert {"Python", "C", "C++", "C#", "Java", "JavaScript", "Go", "PHP", "Ruby", "SQL"} <= set(LANGUAGES)
    assert GUESS.is_trained


@pytest.mark.parametrize("text", ["", " ", "\n\t\r\n", "\u3000"])
def test_a_blank_text_has_no_language(text: str) -> None:
    assert GUESS.language_name(text) is None


def test_a_text_where_no_language_stands_out_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    flat = np.full((1, 54), 1 / 54)
    monkeypatch.setattr(Guess, "probabilities_batch", lambda self, texts: flat)
    assert GUESS.language_name("x") is None


@given(st.lists(st.text(max_size=400), max_size=150))
@settings(max_examples=40, deadline=None)
def test_a_batch_gives_what_each_text_gives_alone(texts: list[str]) -> None:
    batch = GUESS.probabilities_batch(texts)
    assert batch.shape == (len(texts), 54)
    for text, row in zip(texts, batch, strict=True):
        alone = dict(GUESS.probabilities(text))
        assert [alone[name] for name in LANGUAGES] == pytest.approx(row.tolist(), abs=1e-6)
    assert GUESS.language_names(texts) == [GUESS.language_name(text) for text in texts]


@pytest.mark.parametrize("extra", [0, 1, 5, 9_999])
def test_only_the_first_10001_bytes_are_looked_at(extra: int) -> None:
    start = ("for item in items:\n    print(item)\n" * 400)[:10_001]
    assert GUESS.probabilities(start + "<?php" * extra) == GUESS.probabilities(start)
    assert GUESS.probabilities("你" + start)[0][1] == pytest.approx(GUESS.probabilities(("你" + start)[:9_999])[0][1])


def test_half_a_surrogate_pair_is_no_error() -> None:
    assert GUESS.language_name("print('\ud83d')") is not None


def test_the_buckets_are_farmhash_fingerprints() -> None:
    # tf.strings.to_hash_bucket_fast([b"a b", b"   ", ...], 5000) under TensorFlow 2.21
    tensorflow = {(97, 98): 2877, (32, 32): 3849, (10, 32): 4725, (0, 0): 871, (255, 255): 3521, (228, 189): 285}
    assert pair_buckets().shape == (65_536,)
    assert [int(pair_buckets()[a * 256 + b]) for a, b in tensorflow] == list(tensorflow.values())


def test_packed_weights_come_back(tmp_path: Path) -> None:
    weights = np.array([[0.25, -1.5, 0.0], [3e-5, -2.0, 0.7]], np.float32)
    assert np.array_equal(unpack(pack(weights), weights.shape), weights)
    assert np.abs(unpack(pack(weights, 16), weights.shape, 16) - weights).max() <= 2.0**-17


def test_the_weights_are_those_that_the_code_names_and_small() -> None:
    data = WEIGHTS.read_bytes()
    assert hashlib.sha256(data).hexdigest() == SHA256
    assert len(data) < 1_700_000
    assert "Y. SOMDA" in WEIGHTS.with_name("LICENSE").read_text("utf-8")


def test_another_wheel_is_refused(tmp_path: Path) -> None:
    wheel = tmp_path / "other.whl"
    wheel.write_bytes(b"")
    with pytest.raises(ValueError, match=r"other\.whl: expected the wheel of guesslang 2\.2\.1"):
        convert.originals(wheel)


def test_guessing_loads_no_framework() -> None:
    code = "import sys; from mulco.steps.guesslang import Guess; Guess().language_name('x'); "
    code += "print({'tensorflow', 'torch', 'sklearn', 'scipy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.upstream
def test_real_snippets_get_the_top_class_and_the_probabilities_of_the_original(upstream: Path) -> None:
    text_at = runpy.run_path(str(ROOT / "benchmarks" / "snippets.py"))["text_at"]
    with np.load(REFERENCE) as stored:
        places = [line.split("\t") for line in stored["places"].tobytes().decode("utf-8").split("\n")]
        digests, top = stored["digests"].tolist(), stored["top"]
        theirs = unpack_steps(stored["probabilities"], len(places))
    assert len(places) >= 2_000
    texts = [text_at(upstream, source, place) for source, place in places]
    assert [list(hashlib.blake2b(text.encode("utf-8"), digest_size=8).digest()) for text in texts] == digests
    ours = GUESS.probabilities_batch(texts)
    assert np.array_equal(ours.argmax(axis=1), top)
    assert np.abs(ours - theirs).max() <= 1e-5 - STEP / 2
    some = range(0, len(texts), 25)
    alone = np.array([[dict(GUESS.probabilities(texts[i]))[name] for name in LANGUAGES] for i in some])
    assert np.abs(alone - theirs[list(some)]).max() <= 1e-5 - STEP / 2


def unpack_steps(planes: np.ndarray, count: int) -> np.ndarray:
    words = planes.astype(np.uint32)
    whole = words[0] | words[1] << 8 | words[2] << 16 | words[3] << 24
    return (whole >> 1).reshape(count, 54) * STEP  # the lowest bit is the sign, and no probability has one
