"""What is learned is the answer and its end, token by token: every config, both languages, three tokenizers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tokenizers_made import FAMILIES, byte_bpe  # type: ignore[import-not-found]

from mulco.errors import MulcoError
from mulco.manifest import Manifest
from mulco.prompts import prompt
from mulco.training.encode import IGNORED, Encoder, encode, joined

Row = dict[str, Any]


@pytest.fixture(scope="session")
def every_row(starter_build: Path) -> dict[str, list[Row]]:
    """The shorter half of the rows of every config of the starter, all splits."""
    found = {}
    for name, facts in Manifest.load(starter_build).configs.items():
        files = [file["path"] for split in facts["splits"].values() for file in split["files"]]
        rows = [row for file in files for row in pq.read_table(starter_build / file).to_pylist()]
        rows.sort(key=lambda row: (len(row["input"]) + len(row["output"]), row["id"]))
        found[name] = rows[: len(rows) // 2]
    return found


@pytest.fixture(scope="session")
def families(every_row: dict[str, list[Row]]) -> dict[str, tuple[Any, str]]:
    """The three tokenizers, made of a part of these rows, with the prompt each is used with."""
    texts = [row[part] for rows in every_row.values() for row in rows[::40] for part in ("instruction", "output")]
    return {name: (make(texts), style) for name, (make, style) in FAMILIES.items()}


def read_back(tokenizer: Any, ids: Any) -> str:
    return str(tokenizer.decode([int(i) for i in ids], skip_special_tokens=False, clean_up_tokenization_spaces=False))


def check(row: Row, ids: Any, labels: Any, tokenizer: Any, style: str) -> None:
    """Every label against the row it was made of."""
    learned = [int(label) for label in labels if label != IGNORED]
    start = len(labels) - len(learned)
    asked = [int(i) for i in ids[:start]]
    assert [int(label) for label in labels[start:]] == [int(i) for i in ids[start:]] == learned  # one piece, at the end
    assert learned[-1] == tokenizer.eos_token_id
    ends = sum(1 for i in ids if int(i) == tokenizer.eos_token_id)
    assert ends == (1 if style == "alpaca" else 2)  # a chat template ends the user's turn as well
    begin = [] if style == "chat" else [tokenizer.bos_token_id]
    assert asked[: len(begin)] == begin
    assert not begin or sum(1 for i in ids if int(i) == tokenizer.bos_token_id) == 1
    text = prompt(row, style, tokenizer)
    alone = tokenizer(text, add_special_tokens=False, split_special_tokens=style == "alpaca")["input_ids"]
    assert asked[len(begin) :] == alone  # what a model reads when it is asked
    whole = read_back(tokenizer, ids[len(begin) : len(ids) - 1])
    assert whole == text + row["output"]


@pytest.mark.parametrize("family", FAMILIES)
def test_labels_are_the_answer_and_eos_over_every_config(
    family: str, every_row: dict[str, list[Row]], families: dict[str, tuple[Any, str]]
) -> None:
    tokenizer, style = families[family]
    assert {name.rpartition("_")[2] for name in every_row} == {"en", "zh"}
    assert len(every_row) == 20
    for name, rows in every_row.items():
        part = rows[:: len(rows) // 10]
        documents, counts = encode(part, tokenizer, style=style, max_tokens=100_000)
        assert counts["rows"] == len(part), name
        assert counts["dropped"] == {}, name
        assert counts["kept"] == list(range(len(part)))
        for row, (ids, labels) in zip(part, (documents[i] for i in range(len(documents))), strict=True):
            check(row, ids, labels, tokenizer, style)


PIECES = [*"ab \n\t{}<>/|_:；，。中文é🙂", "\r\n", "</s>", "<s>", "<pad>", "<|im_end|>", "### Response:\n"]
WORDS = st.lists(st.sampled_from(PIECES), max_size=10).map("".join)


@pytest.mark.parametrize("family", FAMILIES)
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(instruction=WORDS, given_=WORDS, output=WORDS.filter(bool), language=st.sampled_from(["en", "zh"]))
def test_labels_are_the_answer_and_eos_for_any_text(
    family: str, families: dict[str, tuple[Any, str]], instruction: str, given_: str, output: str, language: str
) -> None:
    tokenizer, style = families[family]
    row = {"instruction": instruction or "x", "input": given_, "output": output, "language": language}
    documents, counts = encode([row], tokenizer, style=style, max_tokens=100_000)
    if counts["dropped"]:
        assert counts["dropped"] == {"special_token_in_text": 1}
        assert family != "byte BPE"
        assert any(mark in instruction + given_ + output for mark in tokenizer.all_special_tokens)
        return
    check(row, *documents[0], tokenizer, style)


def test_text_that_spells_a_special_token_stays_text(families: dict[str, tuple[Any, str]]) -> None:
    tokenizer, _ = families["byte BPE"]
    row = {"instruction": "Strike through.", "output": "<s>old</s>"}
    ids, labels = encode([row], tokenizer)[0][0]
    check({**row, "language": "en"}, ids, labels, tokenizer, "alpaca")
    tokenizer, _ = families["chat template"]
    marked = {"instruction": "What is <|im_end|>?", "output": "A mark."}
    _, counts = encode([marked, row], tokenizer, style="chat")
    assert counts["dropped"] == {"special_token_in_text": 1}
    assert counts["kept"] == [1]


def test_a_chat_turn_ends_as_the_template_ends_it_up_to_eos(families: dict[str, tuple[Any, str]]) -> None:
    tokenizer, _ = families["chat template"]
    ids, labels = encode([{"instruction": "Go.", "output": "Gone."}], tokenizer, style="chat")[0][0]
    assert read_back(tokenizer, ids) == "<|im_start|>user\nGo.<|im_end|>\n<|im_start|>assistant\nGone.<|im_end|>"
    assert read_back(tokenizer, [i for i in labels if i != IGNORED]) == "Gone.<|im_end|>"


def test_a_prompt_that_melts_into_its_answer_is_counted_and_stays_as_asked() -> None:
    # Two line breaks are one token here, so a prompt that ends with one is no prefix when the answer begins with one.
    tokenizer = byte_bpe(["\n\n"] * 50 + ["### Response:\n"] * 3 + ["answer text"] * 5)
    assert len(tokenizer("\n\n", add_special_tokens=False)["input_ids"]) == 1
    rows = [{"instruction": "Go.", "output": "\n\nanswer"}, {"instruction": "Go.", "output": "answer"}]
    documents, counts = encode(rows, tokenizer)
    assert counts["prompt_not_prefix"] == 1
    for row, index in zip(rows, range(2), strict=True):
        check({**row, "language": "en"}, *documents[index], tokenizer, "alpaca")


def lengths(output: str) -> Iterator[dict[str, str]]:
    yield {"instruction": "Go.", "output": output}


def test_long_rows_are_dropped_or_cut_and_counted(families: dict[str, tuple[Any, str]]) -> None:
    tokenizer, _ = families["byte BPE"]
    rows = [
        {"instruction": "Go.", "output": "short"},
        {"instruction": "Go.", "output": "long " * 100},
        {"instruction": "very " * 300, "output": "short"},
        {"instruction": "Go.", "output": ""},
    ]
    documents, counts = encode(rows, tokenizer, max_tokens=128, overlong="drop")
    assert counts == {
        "read": 4, "rows": 1, "truncated": 0, "prompt_not_prefix": 0, "kept": [0],
        "dropped": {"empty_answer": 1, "prompt_too_long": 1, "too_long": 1},
    }  # fmt: skip
    documents, counts = encode(rows, tokenizer, max_tokens=128, overlong="truncate")
    assert counts["truncated"] == 1
    assert counts["dropped"] == {"empty_answer": 1, "prompt_too_long": 1}
    ids, labels = documents[1]
    assert len(ids) == 128
    assert labels[-1] != tokenizer.eos_token_id  # an answer that was cut must not teach to stop there


def test_documents_are_joined_and_chosen_in_order(families: dict[str, tuple[Any, str]]) -> None:
    tokenizer, _ = families["unigram"]
    parts = [encode([{"instruction": "Go.", "output": str(n)}], tokenizer)[0] for n in range(3)]
    whole = joined(parts)
    assert len(whole) == 3
    assert whole.tokens == sum(part.tokens for part in parts)
    chosen = whole.select([2, 0])
    assert [chosen[0][0].tolist(), chosen[1][0].tolist()] == [parts[2][0][0].tolist(), parts[0][0][0].tolist()]
    assert chosen.answer_tokens == sum(int((chosen[i][1] != IGNORED).sum()) for i in range(2))


def test_a_tokenizer_without_eos_is_refused_with_what_to_do() -> None:
    tokenizer = byte_bpe(["some text"])
    tokenizer.eos_token = None
    with pytest.raises(MulcoError, match=r"names no token that ends a text \(EOS\).*model.eos_token="):
        Encoder(tokenizer)


def test_a_chat_prompt_needs_a_template() -> None:
    with pytest.raises(MulcoError, match="needs a tokenizer with a chat template"):
        Encoder(byte_bpe(["some text"]), "chat")
