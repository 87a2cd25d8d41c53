"""Labels by a model: each row asked about once, rebuilt without a network, and compared with those of rules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from llm_server import Body, Server

from mulco.analysis import labels
from mulco.analysis.labels import Asked, Label
from mulco.analysis.result import READ, ROWS
from mulco.errors import MulcoError, UsageError

ALGORITHMS, DATABASES, WEB = "Algorithmic & Data Structure", "Database & SQL", "Web Development"


def row(id_: str, instruction: str, output: str = "x = 1", **more: Any) -> dict[str, Any]:
    return {
        "dataset": "mine", "group": "", "id": id_, "instruction": instruction, "input": "", "output": output,
        "task": None, "language": "en", "programming_language": "python", "source": "mine",
        "license": "LicenseRef-unknown", "quality": None, "tokenized": False, **more,
    }  # fmt: skip


def read(*rows: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), READ)


def ruled(*rows: tuple[str, str, str | None, str | None]) -> pa.Table:
    """ROWS of (id, domain, category, category_by), all else empty."""
    filled = {"dataset": "mine", "group": "", "language": "en", "programming_language": "python", "tokens": 1}
    names = ("id", "domain", "category", "category_by")
    return pa.Table.from_pylist([{**filled, **dict(zip(names, values, strict=True))} for values in rows], ROWS)


READ_ROWS = read(
    row("a", "Sort the list."),
    row("b", "Select all orders."),
    row("c", "写一首关于秋天的诗。", "秋风起。", language="zh"),
    row("d", "Sort the list."),
)


def answer(body: Body) -> str:
    """A model that reads one word; it answers the probe of the format as well."""
    said = body["messages"][-1]["content"]
    if "colour" in said:
        return '{"count": 1}'
    [data] = json.loads(said).values()
    category = {"Sort": ALGORITHMS, "Select": DATABASES}.get(data["instruction"].split()[0], "other")
    domain = "general" if category == "other" else "code"
    return json.dumps({"difficulty": "beginner", "paradigm": "other", "domain": domain, "category": category})


def asked(server: Server, folder: Path, **more: Any) -> Asked:
    return Asked(server.url, "test-model", folder / "缓存 cache", **more)


FOUND = {
    ("mine", "a"): Label("code", ALGORITHMS, "beginner"), ("mine", "b"): Label("code", DATABASES, "beginner"),
    ("mine", "c"): Label("general", None, "beginner"), ("mine", "d"): Label("code", ALGORITHMS, "beginner"),
}  # fmt: skip


def test_each_row_is_asked_about_once_and_a_second_run_needs_no_endpoint(tmp_path: Path) -> None:
    with Server(answer) as server:
        first = labels.label(READ_ROWS, asked(server, tmp_path))
    assert first.labels == FOUND
    questions = [one.body for one in server.log if "colour" not in str(one.body["messages"])]
    assert len(questions) == 3, "rows a and d are the same text"
    assert {one["temperature"] for one in questions} == {0.0}
    again = labels.label(READ_ROWS, asked(server, tmp_path))  # the server is gone
    assert (again.labels, again.facts) == (first.labels, first.facts)
    assert (again.spent["sent"], again.spent["cached"], again.unanswered) == (0, 4, 0)
    assert (first.facts["rows"], first.facts["labelled"], first.facts["endpoint"]) == (4, 4, "127.0.0.1")


def test_the_model_is_told_what_each_category_holds_and_long_texts_are_cut(tmp_path: Path) -> None:
    with Server(answer) as server:
        labels.label(read(row("a", "Sort " + "very " * 2000, "y" * 3_999)), asked(server, tmp_path))
    body = server.log[-1].body
    system = body["messages"][0]["content"]
    assert '"Database & SQL" is queries, tables, indexes' in system
    assert '"other" is what none of them fits' in system
    shown = next(iter(json.loads(body["messages"][1]["content"]).values()))
    assert {name: len(text) for name, text in shown.items()} == {"instruction": 4_000, "output": 3_999}
    assert shown["instruction"].endswith(" …")


def test_words_outside_the_lists_are_refused_and_asked_for_anew(tmp_path: Path) -> None:
    def wavering(body: Body) -> str:
        if "colour" in body["messages"][-1]["content"]:
            return '{"count": 1}'
        category = "Database & SOL" if body["seed"] == 1 else DATABASES
        return json.dumps({"difficulty": "beginner", "paradigm": "other", "domain": "code", "category": category})

    with Server(wavering) as server:
        found = labels.label(read(row("a", "Select all orders.")), asked(server, tmp_path))
        assert found.labels == {("mine", "a"): Label("code", DATABASES, "beginner")}
        never = Server(lambda body: '{"count": 1}' if "colour" in str(body["messages"]) else "no")
    with never as server:
        found = labels.label(read(row("b", "Select all users.")), asked(server, tmp_path))
    assert (found.labels, found.facts["rejected"]) == ({}, {"not_json": 1})


def test_a_limit_leaves_rows_without_an_answer_and_the_next_call_goes_on(tmp_path: Path) -> None:
    with Server(answer) as server:
        first = labels.label(READ_ROWS, asked(server, tmp_path, max_requests=2, concurrency=1))
        assert (first.spent["sent"], first.unanswered, len(first.labels)) == (2, 2, 2)
        second = labels.label(READ_ROWS, asked(server, tmp_path))
    assert (second.spent["sent"], second.labels) == (1, FOUND)


def test_wrong_use_is_told_before_anything_is_sent(tmp_path: Path) -> None:
    elsewhere = Asked("https://models.example/v1", "NAME", tmp_path)
    with pytest.raises(UsageError, match=r"models\.example is not on this machine.*--allow-remote"):
        labels.label(READ_ROWS, elsewhere)
    with pytest.raises(UsageError, match="--max-cost needs --prices"):
        labels.label(READ_ROWS, Asked("http://127.0.0.1:9/v1", "NAME", tmp_path, max_cost=1.0))
    assert list(tmp_path.iterdir()) == []


def test_an_endpoint_that_refuses_for_good_is_an_error_that_says_so(tmp_path: Path) -> None:
    with (
        Server(answer, key="right") as server,
        pytest.raises(MulcoError, match="Incorrect API key"),
    ):
        labels.label(READ_ROWS, asked(server, tmp_path, response_format="json_schema"))


def test_labels_that_rows_carry_are_taken_and_older_words_are_not() -> None:
    ours = {"label": {"domain": "code", "category": WEB, "difficulty": "advanced"}, "lines": 3}
    other = {"label": {"domain": "mathematics", "category": "other"}}
    older = {"label": {"category": "mathematics", "difficulty": "beginner"}}
    carried = [json.dumps(quality) for quality in (ours, other, older, {"flags": ["label"]})]
    rows = [row(str(n), "Do.", quality=quality) for n, quality in enumerate([*carried, None])]
    assert labels.from_rows(read(*rows)) == {
        ("mine", "0"): Label("code", WEB, "advanced"), ("mine", "1"): Label("mathematics", None, None),
    }  # fmt: skip


def test_the_model_has_the_last_word_on_the_rows_it_spoke_of() -> None:
    rows = ruled(
        ("a", "code", WEB, "rule"), ("b", "code", None, None), ("c", "code", WEB, "nearest"), ("e", "code", WEB, "rule")
    )
    found = labels.put(rows, FOUND)
    assert found.schema == ROWS
    columns = ("id", "domain", "category", "category_by")
    assert [tuple(one[name] for name in columns) for one in found.to_pylist()] == [
        ("a", "code", ALGORITHMS, "model"), ("b", "code", DATABASES, "model"), ("c", "general", None, None),
        ("e", "code", WEB, "rule"),
    ]  # fmt: skip


def test_agreement_is_over_the_rows_that_both_have_labelled() -> None:
    rows = ruled(
        ("a", "code", ALGORITHMS, "rule"), ("b", "code", WEB, "rule"), ("c", "general", WEB, "nearest"),
        ("d", "code", ALGORITHMS, "rule"), ("e", "code", WEB, "rule"),
    )  # fmt: skip
    found = labels.agreement(rows, FOUND)
    # categories: rules say A W A, the model A D A: 2 of 3 agree, chance gives (2 * 2) of 9
    assert found == {"rows": 4, "domain": 1.0, "category_rows": 3, "category": pytest.approx((6 - 4) / (9 - 4))}
    assert labels.agreement(rows, {}) == {"rows": 0, "domain": None, "category_rows": 0, "category": None}


def test_kappa_is_that_of_cohen() -> None:
    """45 and 15 of 100 agree, 25 and 15 do not: the marginals are 60 and 70, so chance is .54 (Cohen 1960)."""
    pairs = [("yes", "yes")] * 45 + [("yes", "no")] * 15 + [("no", "yes")] * 25 + [("no", "no")] * 15
    one, other = zip(*pairs, strict=True)
    assert labels.kappa(one, other) == pytest.approx((0.60 - 0.54) / 0.46)
    assert labels.kappa(["a", "b"], ["b", "a"]) == -1.0
    assert labels.kappa(["a", "a"], ["a", "a"]) is None, "nothing can be told of two that say one word"
