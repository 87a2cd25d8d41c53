"""Texts as points: what of a row is embedded, the default beside scikit-learn's n-grams, embedders that ask a model."""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from llm_server import Server
from sklearn.feature_extraction.text import TfidfVectorizer

from mulco.analysis import embedding, rows
from mulco.analysis.diversity import mean_cosine
from mulco.analysis.embedding import (
    CHARACTERS,
    SentenceTransformers,
    Tfidf,
    Vectors,
    embed,
    open_embedder,
    texts_of,
)
from mulco.catalog import catalog
from mulco.errors import MulcoError, UsageError
from mulco.generation.remote import Endpoint as Remote
from mulco.source import Record, Want

TEXTS = [
    "def area(width, height):\n    return width * height",
    "def area(w, h):\n\treturn w * h",
    "SELECT name, price FROM fruit ORDER BY price DESC;",
    "select name from fruit where price > 3;",
    "先把列表排序，再取中间的一个数。",
    "把列表倒过来，再取第一个数。",
    "A queue hands out what came first; a stack hands out what came last.",
    "栈是后进先出，队列是先进先出。",
    "x",
    "İstanbul ŞEHİR 𝔘𝔫𝔦 ñandú",
]


def many(count: int) -> list[str]:
    """Texts of a few words out of three vocabularies, all different."""
    chance = np.random.default_rng(5)
    words = [
        [f"total_{n} += values[{n}]" for n in range(40)], [f"SELECT col{n} FROM t{n}" for n in range(40)],
        [f"第{n}步：检查变量 v{n}" for n in range(40)],
    ]  # fmt: skip
    return [f"# {n}\n" + "\n".join(words[n % 3][w] for w in chance.choice(40, 6, replace=False)) for n in range(count)]


def cosines(points: Vectors) -> np.ndarray[Any, Any]:
    return points.astype(np.float64) @ points.T.astype(np.float64)


# What of a row is embedded.


def read(*rows: tuple[str | None, str, str, str, str]) -> pa.Table:
    return pa.table(
        dict(zip(("task", "language", "instruction", "input", "output"), zip(*rows, strict=True), strict=True))
    )


def test_the_answer_is_embedded_and_where_it_is_a_label_the_row_without_its_wording() -> None:
    table = read(
        (None, "en", "Add two numbers.", "a, b", "def add(a, b): return a + b"),
        (None, "en", "What is 2 + 2?", "", "4"),
        (None, "zh", "这两个函数等价吗？", "f 和 g", "否"),
        (None, "zh", "取一个名字", "", "反转字符"),
    )
    assert texts_of(table) == [
        "def add(a, b): return a + b",
        "What is 2 + 2?\n4",
        "这两个函数等价吗？\nf 和 g\n否",
        "反转字符",
    ]
    assert texts_of(table, "row") == [
        "Add two numbers.\na, b\ndef add(a, b): return a + b", "What is 2 + 2?\n4", "这两个函数等价吗？\nf 和 g\n否",
        "取一个名字\n反转字符",
    ]  # fmt: skip
    assert texts_of(read((None, "en", "", "", "ab" * CHARACTERS))) == ["ab" * (CHARACTERS // 2)]
    assert texts_of(table.slice(0, 0)) == []


def test_the_wording_of_a_row_that_mulco_built_is_not_embedded() -> None:
    code, other = "int f(int a) { return a; }", "int g(int b) { return b; }"
    pool, texts = catalog().pool(Want("clone_detection", "en")), set()
    for number in range(6):
        record = Record(f"item {number}", "c", {"code": code, "other_code": other, "label": True}, "file")
        _, instruction, given, output = pool.render(record, "train")
        texts |= set(texts_of(read(("clone_detection", "en", instruction, given, output))))
    assert texts == {f"{code}\n\n{other}\nYes"}


def test_another_choice_of_text_is_refused_with_the_choices() -> None:
    with pytest.raises(UsageError, match=r"no text 'solutions'\. Close matches: solution\. Texts: solution, row"):
        texts_of(read((None, "en", "a", "b", "c")), "solutions")


# What every embedder has in common.


class Lengths:
    """An embedder that notes what it is asked: characters, lines; nothing of texts with a question mark."""

    id = "lengths"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def vectors(self, texts: Sequence[str], seed: int, tick: Callable[[int, int], None]) -> Vectors:
        self.asked += texts
        return np.array([[len(t), t.count("\n")] if "?" not in t else [0, 0] for t in texts], np.float32)


def test_a_text_is_asked_for_once_and_a_blank_one_never() -> None:
    embedder = Lengths()
    points = embed(["aaaa\n\n\n", "b", "", "aaaa\n\n\n", " \n\t", "b", "what?"], embedder)
    assert embedder.asked == ["aaaa\n\n\n", "b", "what?"]
    a, b = np.array([7, 3]) / math.sqrt(58), np.array([1, 0])
    mean = (2 * a + 2 * b) / np.linalg.norm(2 * a + 2 * b)  # each as often as it stands there
    np.testing.assert_allclose(points, [a, b, mean, a, mean, b, mean], atol=1e-6)
    assert points.dtype == np.float32


@pytest.mark.parametrize("embedder", [Lengths(), Tfidf()])
def test_texts_that_say_nothing_are_no_nan(embedder: Any) -> None:
    for texts in (["", "  ", "\n"], [""], ["?", ""]):
        points = embed(texts, embedder)
        assert np.isfinite(points).all()
        np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1, atol=1e-6)
        assert (points == points[0]).all()
    assert embed([], embedder).shape[0] == 0


# The default.


def test_its_n_grams_are_those_of_scikit_learn() -> None:
    analyzer = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4)).build_analyzer()
    for text in [*TEXTS, "\u2003两个　全角 空格\x0b", "I\u0307 ß ﬁ"]:
        rows, buckets = embedding._grams([text])
        words = [f" {word} " for word in text.lower().split()]
        wanted = Counter(w[i : i + n] for w in words for n in (2, 3, 4) for i in range(len(w) - n + 1))
        assert set(wanted) == set(analyzer(text))  # which counts a word of one character more than once
        assert sorted(Counter(buckets.tolist()).values()) == sorted(wanted.values())
        assert set(rows.tolist()) == {0}


def test_equal_n_grams_have_equal_buckets_wherever_they_stand() -> None:
    rows, buckets = embedding._grams(["ab", "cd ab", "ab"])
    of = [sorted(buckets[rows == n].tolist()) for n in range(3)]
    assert of[0] == of[2]
    assert len(of[0]) == 6  # " a", "ab", "b ", " ab", "ab ", " ab "
    assert set(of[0]) < set(of[1])


def test_few_texts_keep_the_cosines_of_tf_idf_exactly() -> None:
    points = embed(TEXTS)
    found = TfidfVectorizer(sublinear_tf=True)
    # char_wb of scikit-learn counts " x " two times more for 4-grams of a word that has but one character
    found.set_params(analyzer=lambda text: [
        w[i : i + n] for w in (f" {word} " for word in text.lower().split())
        for n in (2, 3, 4) for i in range(len(w) - n + 1)
    ])  # fmt: skip
    matrix = found.fit_transform(TEXTS)
    np.testing.assert_allclose(cosines(points), (matrix @ matrix.T).toarray(), atol=2e-6)


def test_texts_about_the_same_are_nearer_in_english_and_chinese() -> None:
    near = cosines(embed(TEXTS))
    for one, other in ((0, 1), (2, 3), (4, 5)):
        assert near[one].argsort()[-2] == other


def test_many_texts_are_told_apart_by_what_they_are_made_of() -> None:
    points = embed(many(900), Tfidf(dimensions=32, features=2_000, sample=300))
    assert points.shape == (900, 32)
    near, kind = cosines(points), np.arange(900) % 3
    same = kind[:, None] == kind
    np.fill_diagonal(same, False)
    assert near[same].min() > near[kind[:, None] != kind].max()


def test_same_texts_same_bytes_and_another_order_the_same_space() -> None:
    texts, embedder = many(700), Tfidf(dimensions=24, sample=200)
    points = embed(texts, embedder)
    assert embed(list(texts), embedder).tobytes() == points.tobytes()
    assert embed(texts[::-1], embedder)[::-1].tobytes() == points.tobytes()
    assert embed([*texts, *texts[:50]], embedder)[:700].tobytes() == points.tobytes()
    other = embed(texts, embedder, seed=1)
    assert other.tobytes() != points.tobytes()
    assert np.corrcoef(cosines(other).ravel(), cosines(points).ravel())[0, 1] > 0.98


THREADS = """
import hashlib, json
import numpy as np
from mulco.analysis import diversity, embedding
chance = np.random.default_rng(3)
texts = [" ".join(f"name_{n} = 值{n};" for n in chance.integers(0, 400, 30)) for _ in range(1500)]
points = embedding.embed(texts, embedding.Tfidf(dimensions=64, sample=600))
found = diversity.clusters(points, 7)
parts = [points, diversity.mean_cosine(points), found.label, found.centers, diversity.plane(points),
         np.array(diversity.vendi(points)), diversity.farthest_first(points, 40, [str(n) for n in range(1500)])]
print(json.dumps([hashlib.sha256(part.tobytes()).hexdigest() for part in parts]))
"""


def test_the_bytes_do_not_hang_on_the_number_of_threads(answer: Callable[..., Any]) -> None:
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    one, two = (answer(THREADS, **dict.fromkeys(names, count)) for count in ("1", "2"))
    assert one == two


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=12))
def test_any_texts_become_points_of_length_one(texts: list[str]) -> None:
    points = embed(texts)
    assert points.shape[0] == len(texts)
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1, atol=1e-5)
    for n, text in enumerate(texts):
        assert (points[n] == points[texts.index(text)]).all()


def test_progress_is_told_to_the_end() -> None:
    told: list[tuple[int, int]] = []
    embed(many(1_200), Tfidf(dimensions=8, sample=50), tick=lambda done, of: told.append((done, of)))
    assert told == [(0, 1200), (512, 1200), (1024, 1200), (1200, 1200)]


def test_without_scikit_learn_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(MulcoError, match=r'needs scikit-learn\. Install it with: pip install "mulco\[analysis\]"'):
        open_embedder()


# sentence-transformers, by a stand-in.


class Model:
    """As much of SentenceTransformer as is asked of it."""

    loaded: list[tuple[str, str | None]] = []  # noqa: RUF012

    def __init__(self, name: str, revision: str | None = None) -> None:
        if name == "missing/model":
            raise OSError("missing/model is not a local folder\nand not on the Hub.")
        self.loaded.append((name, revision))

    def encode(self, texts: list[str], batch_size: int, show_progress_bar: bool, convert_to_numpy: bool) -> Any:
        assert convert_to_numpy
        assert not show_progress_bar
        return np.array([[len(text), 1.0] for text in texts], np.float64)


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str | None]]:
    monkeypatch.setitem(sys.modules, "sentence_transformers", SimpleNamespace(SentenceTransformer=Model))
    Model.loaded.clear()
    return Model.loaded


def test_sentence_transformers_embeds_with_the_named_model(stand_in: list[tuple[str, str | None]]) -> None:
    embedder = open_embedder("intfloat/some-model")
    assert embedder.id == "sentence-transformers/intfloat/some-model"
    texts = ["a" * (n % 7 + 1) for n in range(3000)]
    points = embed(texts, embedder)
    assert stand_in == [("intfloat/some-model", None)]
    np.testing.assert_allclose(points[:, 0] / points[:, 1], [len(text) for text in texts], rtol=1e-5)
    assert SentenceTransformers("m", "abc123").id == "sentence-transformers/m@abc123"
    embed(["a"], SentenceTransformers("m", "abc123"))
    assert stand_in[-1] == ("m", "abc123")


def test_a_model_that_cannot_be_loaded_is_named(stand_in: object) -> None:
    with pytest.raises(MulcoError, match=r"missing/model cannot be loaded .*\(missing/model is not a local folder and"):
        open_embedder("missing/model")


def test_without_sentence_transformers_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(
        MulcoError, match=r"with some-model needs .* Install it with: pip install sentence-transformers"
    ):
        open_embedder("some-model")


# An endpoint.


def test_an_endpoint_embeds_in_the_order_of_the_texts() -> None:
    with Server() as server:
        embedder = open_embedder(base_url=server.url)
        assert embedder.id == "endpoint/test-model"
        texts = [f"{'字' * (n % 90)} 第 {n} 行\nline {n}" for n in range(300)]
        points = embed(texts, embedder)
        wanted = np.array([[len(text), len(text.encode()), len(text.split())] for text in texts], np.float64)
        np.testing.assert_allclose(points, wanted / np.linalg.norm(wanted, axis=1)[:, None], atol=1e-6)
        assert sorted(len(asked.body["input"]) for asked in server.log) == [1, 44, 64, 64, 64, 64]
        assert {asked.body["encoding_format"] for asked in server.log} == {"float"}
        assert np.isfinite(embed(["", "a b", " "], embedder)).all()  # which would refuse empty ones


def test_an_endpoint_that_does_not_embed_is_told_before_any_row_is_read() -> None:
    with Server() as server, pytest.raises(MulcoError, match=r"has no model 'chat-only', .* a model for embeddings"):
        open_embedder("chat-only", server.url)


def test_an_endpoint_elsewhere_is_refused_before_anything_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match=r"api\.example\.org is not on this machine: .* add --allow-remote"):
        open_embedder("m", "https://api.example.org/v1")
    with pytest.raises(UsageError, match="is no address such as"):
        open_embedder("m", "api.example.org")
    sent: list[str] = []

    def embed_there(self: object, texts: Sequence[str], tick: object = None) -> Vectors:
        sent.extend(texts)
        return np.ones((len(texts), 2), np.float32)

    monkeypatch.setattr(Remote, "embed", embed_there)
    embedder = open_embedder("m", "https://api.example.org/v1", allow_remote=True)
    assert sent == ["return a + b"]
    key = "ghp_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0dF3gH6"
    embed([f'token = "{key}"', "print('你好')"], embedder)
    assert sent[1:] == ['token = "REDACTED_GITHUB_TOKEN"', "print('你好')"]


@pytest.mark.upstream
@pytest.mark.slow
def test_real_rows_are_points_whose_mean_cosine_is_that_of_all_pairs(upstream: Path) -> None:
    table = rows.read([upstream / "codealpaca" / "data" / "new_codealpaca.json"]).slice(0, 2_000)
    points = embed(texts_of(table))
    assert points.shape == (2_000, 256)
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1, atol=1e-6)
    near = cosines(points)
    np.fill_diagonal(near, 0)
    assert np.abs(mean_cosine(points) - near.sum(1) / 1_999).max() < 1e-6
    by_row = embed(texts_of(table, "row"))
    assert np.corrcoef(mean_cosine(by_row), mean_cosine(points))[0, 1] > 0.3  # about the same rows, not the same texts
