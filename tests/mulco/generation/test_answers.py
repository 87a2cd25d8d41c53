"""Files of answers: resumed, never mixed, in the order of what was asked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mulco.errors import MulcoError, UsageError
from mulco.generation import Generation, Request, Settings
from mulco.generation.answers import Answers, write_answers
from mulco.generation.asked import prompt_of, read_rows, requests_of
from mulco.generation.conversation import Conversation

REQUESTS = [Request(name, name) for name in ("b", "a", "c", "d")]
MADE_WITH = {"model": "m", "temperature": 0.0}


class Echo:
    """Says everything twice, in the reverse order, and breaks down after so many answers."""

    name, default_style, code_style = "echo", "chat", "chat"

    def __init__(self, breaks_after: int = 1000) -> None:
        self.breaks_after, self.asked = breaks_after, []  # type: ignore[var-annotated]

    def generate(self, requests: Iterable[Request], settings: Settings) -> Iterator[Generation]:
        for request in reversed(list(requests)):
            for sample in range(settings.num_samples):
                if len(self.asked) == self.breaks_after:
                    raise KeyboardInterrupt
                self.asked.append((request.id, sample))
                yield Generation(request.id, sample, f"{request.prompt}{request.prompt}", 2, "stop")

    def stream(self, request: Request, settings: Settings) -> Iterator[str]:
        said = request.prompt if isinstance(request.prompt, str) else request.prompt[-1]["content"]
        yield from (said, "!", said)

    def facts(self) -> dict[str, Any]:
        return {"name": self.name, "revision": None}


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_answers_stand_in_the_order_of_the_requests(tmp_path: Path) -> None:
    file = tmp_path / "新 folder" / "answers.jsonl"
    returned = write_answers(file, Echo(), REQUESTS, Settings(), MADE_WITH)
    assert [row["id"] for row in lines(file)] == ["b", "a", "c", "d"]
    assert returned == lines(file)
    assert lines(file)[0] == {"id": "b", "sample": 0, "text": "bb", "tokens": 2, "finish": "stop"}
    assert (file.parent / "answers.settings.yaml").read_text() == "model: m\ntemperature: 0.0\n"


def test_a_run_that_was_stopped_asks_only_for_what_is_missing(tmp_path: Path) -> None:
    file = tmp_path / "answers.jsonl"
    settings = Settings(num_samples=2, temperature=1.0)
    with pytest.raises(KeyboardInterrupt):
        write_answers(file, Echo(breaks_after=5), REQUESTS, settings, MADE_WITH)
    assert len(lines(file)) == 5
    with file.open("ab") as stream:
        stream.write('{"id": "a", "sample": 1, "text": "半'.encode())  # a kill in the middle of a line
    again = Echo()
    told: list[Generation] = []
    rows = write_answers(file, again, REQUESTS, settings, MADE_WITH, told.append)
    # where one sample was there, all are asked for: each hangs on its number, so the one comes out the same
    assert again.asked == [("a", 0), ("a", 1), ("b", 0), ("b", 1)]
    assert [(row["id"], row["sample"]) for row in rows] == [(r.id, n) for r in REQUESTS for n in range(2)]
    finished = Echo()
    assert write_answers(file, finished, REQUESTS, settings, MADE_WITH) == rows
    assert finished.asked == []


def test_more_requests_are_added_to_what_is_there(tmp_path: Path) -> None:
    file = tmp_path / "answers.jsonl"
    write_answers(file, Echo(), REQUESTS[:2], Settings(), MADE_WITH)
    echo = Echo()
    assert [row["id"] for row in write_answers(file, echo, REQUESTS, Settings(), MADE_WITH)] == ["b", "a", "c", "d"]
    assert [name for name, _ in echo.asked] == ["d", "c"]
    assert [row["id"] for row in write_answers(file, echo, REQUESTS[2:3], Settings(), MADE_WITH)] == ["c"]


def test_answers_of_other_settings_are_never_mixed(tmp_path: Path) -> None:
    file = tmp_path / "answers.jsonl"
    write_answers(file, Echo(), REQUESTS, Settings(), MADE_WITH)
    with pytest.raises(UsageError, match=r"other settings \(temperature 0.0 -> 0.8\). Name another file with --out"):
        write_answers(file, Echo(), REQUESTS, Settings(), {**MADE_WITH, "temperature": 0.8})
    (tmp_path / "answers.settings.yaml").unlink()
    with pytest.raises(UsageError, match="which would say what made it"):
        write_answers(file, Echo(), REQUESTS, Settings(), MADE_WITH)


def test_a_line_that_is_no_answer_is_named(tmp_path: Path) -> None:
    file = tmp_path / "answers.jsonl"
    write_answers(file, Echo(), REQUESTS, Settings(), MADE_WITH)
    file.write_text('{"id": "a", "sample": 0}\n[]\n')
    with pytest.raises(MulcoError, match=r"answers.jsonl, line 2: not an answer"):
        Answers(file, MADE_WITH)


def test_rows_texts_and_conversations_are_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "asked.jsonl"
    file.write_text(
        '\ufeff{"id": "r", "instruction": "译成 Java。", "input": "x = 1", "language": "zh", "output": "-"}\n\n'
        '{"prompt": "写一首诗"}\n'
        '{"id": "m", "messages": [{"role": "user", "content": "hi"}]}\n', "utf-8",
    )  # fmt: skip
    rows = list(read_rows(file))
    assert [row["id"] for row in rows] == ["r", "3", "m"]
    chat = requests_of(rows, "chat")
    assert [request.prompt for request in chat] == [
        [{"role": "user", "content": "译成 Java。\n\nx = 1"}],
        [{"role": "user", "content": "写一首诗"}],
        [{"role": "user", "content": "hi"}],
    ]
    alpaca = [request.prompt for request in requests_of(rows[:2], "alpaca")]
    assert alpaca[0].endswith("### 输入：\nx = 1\n\n### 回答：\n")  # type: ignore[union-attr]
    assert alpaca[1].endswith("### 指令：\n写一首诗\n\n### 回答：\n")  # type: ignore[union-attr]
    assert [request.prompt for request in requests_of(rows[:2], "plain")] == ["译成 Java。\n\nx = 1", "写一首诗"]
    assert prompt_of({"prompt": "sum"}, "alpaca").startswith("Below is an instruction")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("{", "line 1: not JSON"),
        ("[1]", "line 1: no JSON object"),
        ('{"input": "x"}', 'line 1: nothing to ask. Expected an object with "instruction"'),
        ('{"prompt": ""}', "nothing to ask"),
        ('{"messages": [{"role": "user"}]}', "nothing to ask"),
    ],
)
def test_a_line_that_asks_nothing_is_named(line: str, expected: str, tmp_path: Path) -> None:
    (tmp_path / "asked.jsonl").write_text(line)
    with pytest.raises(MulcoError, match=expected):
        list(read_rows(tmp_path / "asked.jsonl"))


def test_other_encodings_missing_files_repeated_ids_and_unknown_styles_are_told(tmp_path: Path) -> None:
    (tmp_path / "gbk.jsonl").write_bytes('{"prompt": "你好"}'.encode("gbk"))
    with pytest.raises(MulcoError, match=r"gbk.jsonl: not UTF-8"):
        list(read_rows(tmp_path / "gbk.jsonl"))
    with pytest.raises(MulcoError, match="No such file"):
        list(read_rows(tmp_path / "none.jsonl"))
    with pytest.raises(UsageError, match="the id 'a' comes twice"):
        requests_of([{"id": "a", "prompt": "x"}, {"id": "a", "prompt": "y"}], "chat")
    with pytest.raises(UsageError, match="no style 'chta'"):
        requests_of([], "chta")


def test_a_conversation_keeps_what_was_said_also_of_an_answer_that_was_ended() -> None:
    talk = Conversation(Echo(), Settings(), "chat", "Be brief.")  # type: ignore[arg-type]
    assert "".join(talk.answer("你好")) == "你好!你好"
    ended = talk.answer("again")
    next(ended)
    ended.close()  # type: ignore[attr-defined]
    assert [message["content"] for message in talk.messages] == ["Be brief.", "你好", "你好!你好", "again", "again"]
    talk.clear()
    assert talk.messages == [{"role": "system", "content": "Be brief."}]


def test_a_model_of_single_instructions_is_shown_one_at_a_time() -> None:
    talk = Conversation(Echo(), Settings(), "alpaca")  # type: ignore[arg-type]
    first = "".join(talk.answer("sum"))
    assert first.count("### Instruction:\nsum") == 2
    assert "sum" not in "".join(talk.answer("其他"))
    with pytest.raises(UsageError, match="no style 'x'"):
        Conversation(Echo(), Settings(), "x")  # type: ignore[arg-type]
