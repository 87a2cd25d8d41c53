"""mulco generate and mulco chat, as they are typed."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from typed import run

from mulco.errors import UsageError


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_one_prompt_is_answered_in_the_terminal(tiny_model: Path) -> None:
    first = run("generate", "--model", tiny_model, "--prompt", "写一个函数", "--max-new-tokens", 8)
    assert first.stdout.strip()
    again = run("generate", "--model", tiny_model, "--prompt", "写一个函数", "--max-new-tokens", 8, "--style", "chat")
    assert again.stdout == first.stdout
    plain = run("generate", "--model", tiny_model, "--prompt", "写一个函数", "--max-new-tokens", 8, "--style", "plain")
    assert plain.stdout != first.stdout
    three = ("--num-samples", 3, "--temperature", 1, "--max-new-tokens", 6)
    assert run("generate", "--model", tiny_model, "--prompt", "x", *three).stdout.count("\n\n") >= 2


def test_rows_of_a_config_are_answered_into_a_file_and_not_again(tiny_model: Path, tmp_path: Path) -> None:
    out = tmp_path / "answers.jsonl"
    asked = (
        "generate",
        "--model",
        tiny_model,
        "--config",
        "code_qa_zh",
        "--limit",
        3,
        "--max-new-tokens",
        6,
        "--out",
        out,
    )
    said = run(*asked).stderr
    assert "3 answers" in said
    assert "tokens/s" in said
    made = lines(out)
    assert [row["id"].split("/")[0] for row in made] == ["code_qa_zh"] * 3
    assert "0 answers, 0 tokens" in run(*asked).stderr
    assert lines(out) == made
    with pytest.raises(UsageError, match="seed 0 -> 1"):
        run(*asked, "--seed", 1)


def test_a_file_of_rows_and_an_endpoint_give_the_same_answers(served: Any, tiny_model: Path, tmp_path: Path) -> None:
    (tmp_path / "asked.jsonl").write_text(
        '{"id": "a", "prompt": "你好"}\n{"id": "b", "instruction": "add", "input": "1"}\n'
    )
    asked = ("generate", "--file", tmp_path / "asked.jsonl", "--max-new-tokens", 8)
    run(*asked, "--model", tiny_model, "--out", tmp_path / "local.jsonl")
    run(*asked, "--base-url", served.url, "--out", tmp_path / "remote.jsonl")
    assert [row["text"] for row in lines(tmp_path / "local.jsonl")] == [
        row["text"] for row in lines(tmp_path / "remote.jsonl")
    ]


def test_prompts_without_an_answer_are_counted(tiny_model: Path, tmp_path: Path) -> None:
    (tmp_path / "asked.jsonl").write_text(json.dumps({"prompt": "x = 1\n" * 1000}))
    out = tmp_path / "answers.jsonl"
    said = run("generate", "--model", tiny_model, "--file", tmp_path / "asked.jsonl", "--out", out).stderr
    assert "1 prompts have no answer: too long for the model" in said
    assert lines(out)[0]["finish"] == "too_long"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--prompt", "x", "--config", "code_qa_en"), "Give --prompt TEXT, --file FILE or --config CONFIG"),
        ((), "nothing to answer"),
        (("--config", "code_qa_en"), "Name a file with --out"),
        (("--prompt", "x", "--num-samples", "2"), "Give a temperature"),
        (("--config", "code_qa_ne", "--out", "x"), "Close matches: code_qa_en"),
        (("--config", "code_qa_en", "--split", "tets", "--out", "x"), "Close matches: test"),
    ],
)
def test_wrong_use_is_refused_before_a_model_is_loaded(arguments: tuple[str, ...], expected: str) -> None:
    with pytest.raises(UsageError, match=expected):
        run("generate", "--model", "no/such/model", *arguments)


def test_a_chat_answers_turn_by_turn_and_leaves(tiny_model: Path) -> None:
    talk = ("chat", "--model", tiny_model, "--max-new-tokens", 6)
    said = run(*talk, said="你好\n再说一遍\n/exit\nnot read\n").stdout
    first, *_ = said.split("\n")
    assert run(*talk, said="你好\n").stdout == f"{first}\n"  # the end of input leaves as well
    assert run(*talk, said="再说一遍\n").stdout not in said  # what was said before counts
    anew = run(*talk, said="你好\n/new\n你好\n")
    assert anew.stdout == f"{first}\n{first}\n"
    assert "A new conversation." in anew.stderr


@pytest.mark.slow
def test_ctrl_c_ends_an_answer_and_not_the_chat(tiny_models: Any, tmp_path: Path) -> None:
    model = tiny_models.save(tmp_path / "endless", window=200_000)
    process, terminal = pty.fork()
    if process == 0:  # the child: mulco in a terminal of its own
        os.environ.update(PYTHONUTF8="1", TERM="dumb")
        line = ["chat", "--model", str(model), "--max-new-tokens", "100000", "--temperature", "1"]
        os.execv(sys.executable, [sys.executable, "-P", "-m", "mulco.cli", *line])
    try:
        screen = _until(terminal, "leaves.\r\n> ", 240)
        os.write(terminal, "写一首很长的诗\n".encode())
        screen = _until(terminal, "写一首很长的诗\r\n", 60)
        assert "写一首很长的诗" in screen
        assert len(_until(terminal, "", 2)) > 10  # an answer without end is on its way
        os.write(terminal, b"\x03")
        assert _until(terminal, " ...\r\n> ", 120)
        os.write(terminal, b"/exit\n")
        assert _exit_of(process, 120) == 0
    finally:
        if _exit_of(process, 0) is None:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
        os.close(terminal)


def _until(terminal: int, wanted: str, seconds: float) -> str:
    """What the terminal shows until it shows `wanted`; without `wanted`, all of these seconds."""
    shown, end = b"", time.monotonic() + seconds
    while time.monotonic() < end:
        if select.select([terminal], [], [], 0.2)[0]:
            shown += os.read(terminal, 65536)
        if wanted and wanted in shown.decode("utf-8", "replace"):
            break
    text = shown.decode("utf-8", "replace")
    assert wanted in text, text[-500:]
    return text


_ended: dict[int, int] = {}


def _exit_of(process: int, seconds: float) -> int | None:
    end = time.monotonic() + seconds
    while process not in _ended:
        done, status = os.waitpid(process, os.WNOHANG)
        if done:
            _ended[process] = os.waitstatus_to_exitcode(status)
        elif time.monotonic() >= end:
            return None
        time.sleep(0.1)
    return _ended[process]
