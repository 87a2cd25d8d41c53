"""The real wire: `transformers serve` with a tiny random model, which cannot translate: every answer is rejected."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import pytest

from mulco.synthesis.engine import Engine, Limits
from mulco.synthesis.jobs import Job

from .conftest import JOB, items_of


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """(address, model) of a server with a two-layer Llama whose weights are random."""
    pytest.importorskip("fastapi", reason="transformers serve needs its extra 'serving'")
    pytest.importorskip("uvicorn", reason="transformers serve needs its extra 'serving'")
    folder = tmp_path_factory.mktemp("tiny-model")
    _write_tiny_model(folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    call = [
        str(Path(sys.executable).parent / "transformers"), "serve", str(folder), "--host", "127.0.0.1",
        "--port", str(port), "--device", "cpu", "--dtype", "float32", "--default-seed", "0",
    ]  # fmt: skip
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(call, env=environment, stdout=log, stderr=log)
    try:
        _wait_for(f"http://127.0.0.1:{port}/health", server, folder / "log")
        yield f"http://127.0.0.1:{port}/v1", str(folder)
    finally:
        server.terminate()
        server.wait(20)


def _write_tiny_model(folder: Path) -> None:
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer, tokenizer.decoder = pre_tokenizers.ByteLevel(), decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=300, special_tokens=["<s>", "</s>"], initial_alphabet=alphabet)
    tokenizer.train_from_iterator(["return the value of the list"] * 4, trainer)
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>")
    fast.chat_template = "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}assistant: "
    fast.save_pretrained(folder)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(fast), hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=2, max_position_embeddings=4096, bos_token_id=0, eos_token_id=1,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(folder)


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 300
    while time.monotonic() < until:
        assert server.poll() is None, log.read_text()[-2000:]
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(log.read_text()[-2000:])


@pytest.mark.slow
def test_a_real_server_with_a_model_that_knows_nothing(run: Callable[..., Engine], served: tuple[str, str]) -> None:
    url, model = served
    more = {"job": Job(**{**vars(JOB), "extra": {"max_tokens": 24}}), "timeout": 120, "model": model}
    first = run(url, items_of(2), Limits(concurrency=2), **more)
    assert first.counts.accepted == 0
    assert first.counts.rejected.total() == 2, (first.counts, first.stopped)
    assert first.counts.sent == 6, "each item: one answer and two resamples"
    assert set(first.counts.spent) == {"rejected"}
    assert not first.counts.spent["rejected"].estimated, "the server counts tokens"
    again = run(url, items_of(2), Limits(concurrency=2), **more)
    assert (again.counts.cached, again.counts.sent) == (2, 0)
    elsewhere = run(url, items_of(2), Limits(concurrency=1), **more, ledger="other.sqlite")
    told = [[_content(r.answer.raw) for r in engine.results if r] for engine in (first, elsewhere)]
    assert told[0] == told[1], "the seed of a request decides its answer"


def _content(raw: bytes) -> str:
    return str(orjson.loads(raw)["choices"][0]["message"]["content"])
