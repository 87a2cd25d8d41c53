"""An endpoint, a job and a ledger for tests of the synthesis; what asks a model asks tests/llm_server.py."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from dictionary import translate
from llm_server import Server

from mulco.synthesis.client import Client
from mulco.synthesis.engine import Engine, Limits
from mulco.synthesis.items import Item
from mulco.synthesis.jobs import Job
from mulco.synthesis.ledger import Ledger
from mulco.synthesis.prompts import Model
from mulco.written import digest_of

JOB = Job("test", "A test", "translate", ("code_summarization",), "en", "zh")


def item_of(text: str, number: int = 0) -> Item:
    """A summary to be translated."""
    subject = {"text": text}
    return Item(
        "translate", "code_summarization", "tiny", str(number), "summary", "en", "zh", digest_of(subject), subject,
        text, "MIT", "python",
    )  # fmt: skip


def items_of(count: int) -> list[Item]:
    """Summaries that differ in a word, since what is masked makes no request of its own."""
    return [item_of(f"Return the value of sensor {_word(n)} as `unit_{n}`, or an error.", n) for n in range(count)]


def _word(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in f"{number:05d}")


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Engine]:
    """`run(server, items, limits)` runs an engine over a ledger in tmp_path, as the command line does."""

    def go(
        server: Server | str, items: Sequence[Item], limits: Limits | None = None, job: Job = JOB, timeout: float = 20,
        ledger: str = "test.sqlite", model: str = "test-model", **more: Any,
    ) -> Engine:  # fmt: skip
        async def answer() -> Engine:
            url = server if isinstance(server, str) else server.url
            limits_ = limits or Limits(concurrency=16)
            async with Client(url, "EMPTY", limits_.concurrency, timeout) as client:
                with Ledger(tmp_path / ledger) as opened:
                    engine = Engine(job, items, Model(model), opened, client, "host", limits_, **more)
                    await engine.run()
                    return engine

        return asyncio.run(answer())

    return go


@pytest.fixture
def server_of() -> Callable[..., Server]:
    """A server that answers translations from the dictionary."""
    return lambda **options: Server(**{"answer": translate, **options})
