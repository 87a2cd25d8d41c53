"""The same text from every engine, whatever the batch; what is sampled hangs on the seed alone."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import torch

from mulco.errors import MulcoError, UsageError
from mulco.generation import Request, Settings, open_engine
from mulco.generation.base import cut
from mulco.generation.choosing import Draw, Unfolding
from mulco.generation.local import Local, _Row

CODE = "def total(values):\n    result = 0\n    for value in values:\n        result += value\n    return result\n"
PLAIN = [Request(f"p{n}", CODE[: 7 + 6 * n]) for n in range(14)]
CHATS = [
    Request(f"c{n}", [{"role": "user", "content": "把两个数相加。" * (n % 5 + 1) + str(n)}]) for n in range(12)
]  # fmt: skip
GREEDY = Settings(max_new_tokens=24)


@pytest.fixture(scope="module")
def engine(tiny_model: Path) -> Local:
    return Local.load(str(tiny_model))


def texts(engine: Any, requests: list[Request], settings: Settings = GREEDY) -> dict[tuple[str, int], str]:
    return {(one.id, one.sample): one.text for one in engine.generate(requests, settings)}


def in_batches(engine: Local, size: int, requests: list[Request], settings: Settings) -> dict[tuple[str, int], str]:
    return texts(Local(engine.model, engine.tokenizer, engine.name, size, None), requests, settings)


def test_greedy_text_is_the_same_one_by_one_in_batches_streamed_and_from_an_endpoint(
    engine: Local, served: Any
) -> None:
    requests = [*PLAIN, *CHATS]
    one_by_one = in_batches(engine, 1, requests, GREEDY)
    assert len(set(one_by_one.values())) == len(requests)  # or equality would say little
    assert in_batches(engine, 16, requests, GREEDY) == one_by_one
    assert in_batches(engine, 5, requests[::-1], GREEDY) == one_by_one
    assert {(r.id, 0): "".join(engine.stream(r, GREEDY)) for r in requests} == one_by_one
    endpoint = open_engine(base_url=served.url)
    assert texts(endpoint, requests) == one_by_one
    assert "".join(endpoint.stream(CHATS[0], GREEDY)) == one_by_one["c0", 0]
    assert "".join(endpoint.stream(PLAIN[0], GREEDY)) == one_by_one["p0", 0]


def test_an_answer_ends_before_its_first_stop_string_and_counts_tokens_up_to_it(engine: Local, served: Any) -> None:
    whole = texts(engine, PLAIN)
    stop = tuple({text[5:7] for text in whole.values() if "\ufffd" not in text[5:7]})
    settings = Settings(max_new_tokens=24, stop=stop)
    expected = {key: cut(text, stop) for key, text in whole.items()}
    assert expected != whole
    assert texts(engine, PLAIN, settings) == expected
    assert in_batches(engine, 1, PLAIN, settings) == expected
    assert {(r.id, 0): "".join(engine.stream(r, settings)) for r in PLAIN} == expected
    assert texts(open_engine(base_url=served.url), PLAIN, settings) == expected
    before = {one.id: one for one in engine.generate(PLAIN, GREEDY)}
    for one in engine.generate(PLAIN, settings):
        if one.text == before[one.id].text:
            assert one == before[one.id]
        else:
            assert one.finish == "stop"
            assert any(mark in before[one.id].text[: len(one.text) + 3] for mark in stop)
            assert one.tokens < before[one.id].tokens


def test_a_sample_hangs_on_seed_request_and_number_and_not_on_its_batch(engine: Local) -> None:
    settings = Settings(max_new_tokens=16, temperature=0.9, top_p=0.95, num_samples=3, seed=7)
    made = in_batches(engine, 16, PLAIN[:6], settings)
    assert len(set(made.values())) == 18
    assert in_batches(engine, 4, PLAIN[:6], settings) == made
    alone = in_batches(engine, 1, [PLAIN[2]], settings)
    assert alone == {key: text for key, text in made.items() if key[0] == "p2"}
    other = in_batches(engine, 16, PLAIN[:6], Settings(16, (), 3, 0.9, 0.95, seed=8))
    assert all(other[key] != text for key, text in made.items())


def test_tokens_are_drawn_as_often_as_they_are_probable() -> None:
    scores = torch.log(torch.tensor([[0.5, 0.1, 0.3, 0.1]])).repeat(20_000, 1)
    drawn = Draw(range(20_000), 1.0, 1.0)(None, scores).argmax(-1).tolist()  # type: ignore[arg-type]
    shares = {token: count / 20_000 for token, count in Counter(drawn).items()}
    assert shares == pytest.approx({0: 0.5, 1: 0.1, 2: 0.3, 3: 0.1}, abs=0.012)  # over three standard deviations
    hot = Draw(range(20_000), 2.0, 1.0)(None, scores).argmax(-1).tolist()  # type: ignore[arg-type]
    roots = [p**0.5 for p in (0.5, 0.1, 0.3, 0.1)]
    assert Counter(hot)[0] / 20_000 == pytest.approx(roots[0] / sum(roots), abs=0.012)


def test_top_p_keeps_the_smallest_set_of_tokens_that_reaches_it() -> None:
    scores = torch.log(torch.tensor([[0.5, 0.1, 0.3, 0.1]])).repeat(2_000, 1)
    assert set(Draw(range(2_000), 1.0, 0.4)(None, scores).argmax(-1).tolist()) == {0}  # type: ignore[arg-type]
    assert set(Draw(range(2_000), 1.0, 0.79)(None, scores).argmax(-1).tolist()) == {0, 2}  # type: ignore[arg-type]


def test_a_prompt_near_the_end_of_the_window_shortens_no_other_answer(tiny: Any, tmp_path: Path) -> None:
    engine = Local.load(str(tiny.save(tmp_path / "small", window=64)))
    long = "x = 1\n" * 60
    fits = next(long[:n] for n in range(300, 0, -1) if len(engine.encode(long[:n])) == 60)
    requests = [Request("short", "def f"), Request("near", fits), Request("over", long)]
    together = {one.id: one for one in engine.generate(requests, GREEDY)}
    assert (together["short"].tokens, together["near"].tokens, together["over"].tokens) == (24, 4, 0)
    assert together["over"].finish == "too_long"
    assert "the model takes 64" in together["over"].problem
    assert together["short"].text == next(engine.generate(requests[:1], GREEDY)).text
    with pytest.raises(MulcoError, match=r"the model takes 64. Shorten it"):
        next(iter(engine.stream(requests[2], GREEDY)))


def test_the_end_mark_ends_an_answer_and_is_no_part_of_it(engine: Local) -> None:
    ended = Local(engine.model, engine.tokenizer, engine.name, 8, None)
    (tokens,) = engine._tokens([_Row(PLAIN[5], 0, engine.encode(PLAIN[5].prompt))], GREEDY)
    ended.ends = {tokens[4]}
    made = {one.id: one for one in ended.generate(PLAIN, GREEDY)}
    place = tokens.index(tokens[4])
    assert made["p5"].text == engine.tokenizer.decode(tokens[:place])
    assert (made["p5"].finish, made["p5"].tokens) == ("stop", place + 1)
    assert {r.id: "".join(ended.stream(r, GREEDY)) for r in PLAIN} == {name: one.text for name, one in made.items()}


def test_penalties_in_a_models_generation_config_do_not_change_greedy_text(tiny_model: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny_model, tmp_path / "penal")
    defaults = {"repetition_penalty": 1.8, "do_sample": True, "temperature": 0.6, "top_k": 3, "eos_token_id": 2}
    (folder / "generation_config.json").write_text(json.dumps(defaults))
    assert texts(Local.load(str(folder)), PLAIN[:4]) == texts(Local.load(str(tiny_model)), PLAIN[:4])


def test_an_adapter_answers_as_its_merged_model_and_not_as_its_base(tiny_model: Path, tmp_path: Path) -> None:
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM, AutoTokenizer

    torch.manual_seed(3)
    base = AutoModelForCausalLM.from_pretrained(tiny_model)
    lora = LoraConfig(r=4, target_modules="all-linear", init_lora_weights=False, task_type="CAUSAL_LM")
    adapted = get_peft_model(base, lora)
    adapted.save_pretrained(tmp_path / "适配器 adapter")  # without a tokenizer: that of its base is used
    adapted.merge_and_unload().save_pretrained(tmp_path / "merged")
    AutoTokenizer.from_pretrained(tiny_model).save_pretrained(tmp_path / "merged")
    by_adapter = texts(Local.load(str(tmp_path / "适配器 adapter")), PLAIN[:5])
    assert by_adapter == texts(Local.load(str(tmp_path / "merged")), PLAIN[:5])
    assert by_adapter != texts(Local.load(str(tiny_model)), PLAIN[:5])


def test_a_text_begins_with_its_mark_once_and_has_no_end_mark(tiny: Any, engine: Local) -> None:
    from tokenizers import processors

    assert engine.encode("def f")[:1] == [1]
    assert engine.encode("def f").count(1) == 1
    words = tiny.tokenizer()
    words._tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A $B", special_tokens=[("<s>", 1), ("</s>", 2)]
    )
    assert words("def f")["input_ids"][-1] == 2
    assert Local(engine.model, words, "x", 1, None).encode("def f") == engine.encode("def f")


def test_streamed_text_never_shows_half_a_character_nor_a_stop_string_in_the_making(engine: Local) -> None:
    text = "统计 résumé 的字数🙂。END 其余"
    tokens = engine.tokenizer(text, add_special_tokens=False)["input_ids"]
    assert len(tokens) > len(text)  # characters of several tokens
    unfolding = Unfolding(engine.tokenizer, ("END",))
    pieces = [unfolding.push([token]) for token in tokens]
    assert "".join([*pieces, unfolding.rest()]) == "统计 résumé 的字数🙂。"
    assert not any("\ufffd" in piece or "E" in piece for piece in pieces)
    whole = Unfolding(engine.tokenizer, ("ENDE",))
    assert "".join([*(whole.push([token]) for token in tokens), whole.rest()]) == text


def test_a_stream_that_is_closed_stops_the_model(engine: Local) -> None:
    pieces = engine.stream(PLAIN[0], Settings(max_new_tokens=900))
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]  # returns only when the model's thread has ended
    assert texts(engine, PLAIN[:1]) == in_batches(engine, 1, PLAIN[:1], GREEDY)


def test_where_gpu_memory_runs_out_a_batch_is_halved(engine: Local, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = texts(engine, PLAIN)
    small, real = Local(engine.model, engine.tokenizer, engine.name, 8, None), Local._tokens

    def scarce(self: Local, rows: list[Any], *more: Any, **named: Any) -> Any:
        if len(rows) > 2:
            raise torch.cuda.OutOfMemoryError("out of memory")
        return real(self, rows, *more, **named)

    monkeypatch.setattr(Local, "_tokens", scarce)
    assert texts(small, PLAIN) == expected
    assert small.batch_size == 2
    monkeypatch.setattr(Local, "_tokens", lambda *a, **k: scarce(small, [1, 2, 3]))
    with pytest.raises(MulcoError, match="out of GPU memory for one prompt"):
        texts(small, PLAIN[:1])


def test_the_style_is_that_of_training_else_chat_where_there_is_a_template(tiny_model: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny_model, tmp_path / "trained")
    assert (Local.load(str(folder)).default_style, Local.load(str(folder)).code_style) == ("chat", "chat")
    (folder / "run.json").write_text(json.dumps({"recipe": {"data": {"prompt": "alpaca"}}}))
    assert (Local.load(str(folder)).default_style, Local.load(str(folder)).code_style) == ("alpaca", "alpaca")
    (folder / "run.json").unlink()
    (folder / "chat_template.jinja").unlink()
    plain = Local.load(str(folder))
    assert (plain.default_style, plain.code_style) == ("alpaca", "plain")
    with pytest.raises(MulcoError, match="no chat template"):
        plain.encode([{"role": "user", "content": "hi"}])


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda folder: folder / "nowhere", "no such folder, and no such model could be had from the Hub"),
        (lambda folder: folder, "no config.json or adapter_config.json, so not a model"),
    ],
)
def test_a_model_that_is_none_is_refused_in_one_sentence(make: Any, expected: str, tmp_path: Path) -> None:
    with pytest.raises(MulcoError, match=expected):
        Local.load(str(make(tmp_path)))


def test_damaged_weights_are_told(tiny_model: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny_model, tmp_path / "damaged")
    (folder / "model.safetensors").write_bytes(b"\0" * 40)
    with pytest.raises(MulcoError, match="cannot be loaded as a language model"):
        Local.load(str(folder))


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"num_samples": 2}, "all equal. Give a temperature"),
        ({"temperature": -1.0}, "expected temperature >= 0"),
        ({"top_p": 0.0}, "0 < top_p <= 1"),
        ({"max_new_tokens": 0}, "at least one token"),
        ({"stop": ("",)}, "an empty stop string"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, Any], expected: str) -> None:
    with pytest.raises(UsageError, match=expected):
        Settings(**settings)


def test_wrong_number_formats_and_missing_names_are_refused(tiny_model: Path) -> None:
    with pytest.raises(UsageError, match="no number format 'fp8'"):
        Local.load(str(tiny_model), dtype="fp8")
    with pytest.raises(UsageError, match="no model named"):
        open_engine()
    with pytest.raises(MulcoError, match="does not go on cuda"):
        Local.load(str(tiny_model), device="cuda:7")


@pytest.mark.parametrize(
    ("path", "model", "expected"),
    [
        ("html", "tiny", "the answer is no completion .*It often ends in /v1"),
        ("error", "tiny", "the engine is on fire"),
        ("key", "tiny", "refuses the key .401.. Put yours in OPENAI_API_KEY"),
        ("v1", "huge", "has no model 'huge'"),
        ("broken", "tiny", "broken off or no JSON"),
    ],
)
def test_what_an_endpoint_does_wrong_is_told_in_one_sentence(served: Any, path: str, model: str, expected: str) -> None:
    engine = open_engine(model, f"{served.base}/{path}")
    with pytest.raises(MulcoError, match=expected):
        list(engine.generate(CHATS[:1], GREEDY))


def test_an_endpoint_that_is_not_there_is_told() -> None:
    from mulco.generation.remote import Endpoint

    engine = Endpoint("http://127.0.0.1:9/v1", "tiny", retries=0)
    with pytest.raises(MulcoError, match=r"no answer .*Is the server running"):
        list(engine.generate(CHATS[:1], GREEDY))


def test_a_prompt_the_endpoint_refuses_costs_the_others_nothing(served: Any) -> None:
    engine = open_engine("tiny", served.url)
    made = {one.id: one for one in engine.generate([*CHATS[:2], Request("long", "x " * 3000)], GREEDY)}
    assert (made["long"].finish, made["long"].text) == ("rejected", "")
    assert "maximum context length" in made["long"].problem
    assert made["c1"].text
    with pytest.raises(MulcoError, match=r"refuses every request: .*maximum context length"):
        list(engine.generate([Request("long", "x " * 3000)], GREEDY))


def test_each_sample_of_an_endpoint_has_a_seed_of_its_own_and_repeats(served: Any) -> None:
    engine = open_engine("tiny", served.url)
    settings = Settings(max_new_tokens=2, temperature=0.5, num_samples=3, seed=1, stop=("\n",))
    served.seen.clear()
    list(engine.generate(CHATS[:2], settings))
    seeds = sorted(body["seed"] for body in served.seen)
    assert len(set(seeds)) == 6
    assert {(body["temperature"], body["top_p"], tuple(body["stop"])) for body in served.seen} == {(0.5, 1.0, ("\n",))}
    served.seen.clear()
    list(engine.generate(CHATS[:2], settings))
    assert sorted(body["seed"] for body in served.seen) == seeds
