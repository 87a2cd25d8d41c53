"""A recipe over the arms of a study: the whole path, what is done once, what an interval shows, what is refused."""

from __future__ import annotations

import csv
import itertools
import json
import os
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import small_rows  # type: ignore[import-not-found]
from typed import run as mulco

from mulco.arms.manifest import COLUMNS, KIND, SET, ArmManifest
from mulco.errors import MulcoError, OutputError, UsageError
from mulco.evaluation.metrics.metric import RESAMPLES, rate
from mulco.identity import file_digest
from mulco.training import held_out, record
from mulco.training.arms import Stopped, finished, read_arms, runs_of, train_arms
from mulco.training.config import load_recipe, with_
from mulco.training.curves import draw
from mulco.training.results import Scored, loss_metric, over_seeds, results_of, tables, verdict

Rows = Sequence[dict[str, Any]]
PNG = b"\x89PNG\r\n\x1a\n"
QUICK = ("train.max_steps=3", "model.hidden=32", "model.layers=1", "save.every=null")


def write_arms(folder: Path, arms: dict[str, Rows], validation: Rows | dict[str, Rows]) -> Path:
    """A set of arms as mulco select lays it out, in the order given."""
    empty = dict.fromkeys(COLUMNS.names, "") | {"tokens": 0, "complexity": 0.5, "diversity": 0.5}
    for name, rows in arms.items():
        held = validation[name] if isinstance(validation, dict) else validation
        at = folder / name
        at.mkdir(parents=True)
        files = []
        for split, part in (("train", rows), ("validation", held)):
            if part:
                file = at / f"{split}-00000-of-00001.parquet"
                pq.write_table(pa.Table.from_pylist([{**empty, **row} for row in part], schema=COLUMNS), file)
                facts = {"split": split, "path": file.name, "rows": len(part), "bytes": file.stat().st_size}
                files.append({**facts, "sha256": file_digest(file)})
        ArmManifest(KIND, name, files, rows=len(rows)).write(at)
    facts = {"kind": "arms", "arms": [{"name": name} for name in arms], "pairs": [], "evaluation": {}, "spec": {}}
    (folder / SET).write_text(json.dumps(facts), "utf-8")
    return folder


def two_arms(folder: Path) -> Path:
    rows = small_rows(38)
    return write_arms(folder, {"plain": rows[:16], "dense": rows[16:32]}, rows[32:])


def cli(*words: object) -> Any:
    """`mulco train` in this process; its runs are processes of their own all the same."""
    return mulco("train", *words)


@pytest.fixture(scope="module")
def study(recipe_file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[object], str]:
    """(folder of the results, the words that made them, what the command printed)."""
    place = tmp_path_factory.mktemp("study") / "out"
    arms = two_arms(place.with_name("arms"))
    words = ["--config", recipe_file, "--arms", arms, f"save.dir={place}", *QUICK]
    words += ["--suite", "code_completion_en", "--limit", 2]
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MULCO_UPSTREAM", raising=False)
        return place, words, cli(*words).stdout


@pytest.mark.slow
def test_two_arms_give_a_table_a_plot_and_a_record(study: tuple[Path, list[object], str]) -> None:
    place, _, printed = study
    results = json.loads((place / "results.json").read_text("utf-8"))
    assert [arm["arm"] for arm in results["arms"]] == ["plain", "dense"]  # as arms.json has them
    assert [(arm["rows"], arm["steps"]) for arm in results["arms"]] == [(16, 3), (16, 3)]
    assert results["held_out"]["rows"] == 6
    for arm in results["arms"]:
        loss = arm["held_out"]["loss"]
        assert loss["low"] <= loss["value"] <= loss["high"]
        assert set(arm["by_language"]) == {"en", "zh"}
        [metric, *_] = arm["evaluations"]["code_completion_en"]
        assert metric["n"] == 2
    losses, suite = results["differences"]
    assert (losses["measure"], losses["arms"]) == ("held-out loss", ["plain", "dense"])
    first, second = (arm["held_out"]["loss"]["value"] for arm in results["arms"])
    assert losses["difference"] == second - first
    assert suite["measure"].startswith("code_completion_en ")
    lines = list(csv.DictReader((place / "results.csv").read_text("utf-8").splitlines()))
    assert [line["arm"] for line in lines] == ["plain", "dense"]
    assert float(lines[1]["held-out loss"]) == second
    assert (place / "results.png").read_bytes()[:8] == PNG
    assert re.search(r"^ ?plain +16 +[\d,]+ +3 ", printed, re.M)
    assert "dense - plain" in printed
    assert verdict(losses) in printed
    assert "one run each. --seeds 1,2,3 adds what the seed does" in printed


@pytest.mark.slow
def test_from_the_starter_to_two_arms_to_a_table_and_a_plot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    mulco("build", "code_completion_en", "code_summarization_en", "--out", "built")
    mulco("select", "built", "--factor", "complexity", "--parts", "2", "--out", "arms")
    words = ["train.max_steps=4", "train.threads=1", "model.hidden=32", "model.layers=1", "data.max_tokens=1024"]
    printed = mulco("train", "--config", "tiny_cpu", "--arms", "arms", "save.dir=study", *words).stdout
    results = json.loads(Path("study/results.json").read_text("utf-8"))
    cut = json.loads(Path("arms/arms.json").read_text("utf-8"))["arms"]
    assert [(arm["arm"], arm["rows"]) for arm in results["arms"]] == [(arm["name"], arm["rows"]) for arm in cut]
    assert [arm["arm"] for arm in results["arms"]] == ["low", "high"]
    held = results["held_out"]
    assert held["rows"] + sum(held["dropped"].values()) == 40  # as many as the recipe asks for
    [line] = results["differences"]
    assert line["low"] < line["difference"] < line["high"]
    for arm in ("low", "high"):
        assert re.search(rf"^ ?{arm} +\d+ +[\d,]+ +4 +\d\.\d+ +\d\.\d+ +\[\d\.\d+, \d\.\d+\]", printed, re.M)
    assert re.search(r"^ ?held-out loss +high - low .+ (no difference shown|is better)", printed, re.M)
    assert Path("study/results.png").read_bytes()[:8] == PNG


@pytest.mark.slow
def test_all_arms_begin_with_one_tokenizer_and_one_set_of_weights(study: tuple[Path, list[object], str]) -> None:
    place, _, _ = study
    [base] = (place / "base").iterdir()
    plain, dense = (record.read(place / name) for name in ("plain", "dense"))
    assert plain["model"]["name_or_path"] == dense["model"]["name_or_path"] == str(base)
    assert plain["model"]["license"] == "Apache-2.0"
    assert [part["path"] for part in plain["data"]] == [str(place.with_name("arms") / "plain")]
    tokenizers = {(place / name / "tokenizer.json").read_bytes() for name in ("plain", "dense")}
    assert len(tokenizers) == 1
    assert (base / "tokenizer.json").read_bytes() in tokenizers
    at_first = [run["training"]["loss"][0]["loss"] for run in (plain, dense)]
    assert at_first[0] == pytest.approx(at_first[1], rel=0.05)  # the same weights see other rows


@pytest.mark.slow
def test_the_losses_of_the_rows_add_up_to_what_training_measured(study: tuple[Path, list[object], str]) -> None:
    place, _, _ = study
    for name in ("plain", "dense"):
        rows = pq.read_table(place / name / "held_out.parquet")
        assert rows.schema.remove_metadata() == held_out.ROWS
        assert rows["id"].to_pylist() == [f"row-{number}" for number in range(32, 38)]
        assert rows["characters"].to_pylist() == [len(row["output"]) for row in small_rows(38)[32:]]
        value = sum(rows["loss"].to_pylist()) / sum(rows["tokens"].to_pylist())
        assert value == pytest.approx(record.read(place / name)["training"]["eval_loss"][-1]["loss"], rel=1e-5)


@pytest.mark.slow
def test_what_is_done_is_not_done_again(
    study: tuple[Path, list[object], str], capfd: pytest.CaptureFixture[str]
) -> None:
    place, words, printed = study
    kept = [path for path in place.rglob("*") if path.is_file() and path.suffix not in (".csv", ".png", ".lock")]
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in kept}
    again = cli(*words)
    assert again.stdout == printed
    after = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in kept}
    changed = [path.relative_to(place).as_posix() for path in kept if before[path] != after[path]]
    assert changed == ["results.json"]  # written again, with the same bytes
    assert before[place / "results.json"][1] == after[place / "results.json"][1]
    assert "plain (1 of 2): trained already" in again.stderr
    assert "measuring" not in again.stderr
    assert json.loads(cli(*words, "--json").stdout) == json.loads((place / "results.json").read_text("utf-8"))
    assert "step " not in capfd.readouterr().err


@pytest.mark.slow
def test_an_arm_that_was_stopped_goes_on_from_its_checkpoint(
    recipe_file: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    arms, place = two_arms(tmp_path / "arms"), tmp_path / "out"
    words = [*QUICK[1:3], f"save.dir={place}", "train.max_steps=30", "save.every=1"]
    recipe, _ = load_recipe(str(recipe_file), words)

    def when_saved(name: str, number: int) -> None:
        """Send this process a signal once the arm has a checkpoint."""
        while not list(place.glob(f"{name}.checkpoints/*/checkpoint.json")):
            time.sleep(0.02)
        os.kill(os.getpid(), number)

    for name, number, kind in (("plain", signal.SIGINT, KeyboardInterrupt), ("dense", signal.SIGTERM, Stopped)):
        sender = threading.Thread(target=when_saved, args=(name, number))
        sender.start()
        with pytest.raises(kind):
            train_arms(recipe, arms)
        sender.join()
        assert not (place / name).exists()
        assert "Stopped by SIGTERM at step " in capfd.readouterr().err
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finished_before = record.read(place / "plain")
    results = train_arms(recipe, arms)
    assert record.read(place / "plain") == finished_before  # trained while the second was to be stopped
    assert "Goes on from checkpoint-" in capfd.readouterr().err
    assert [arm["steps"] for arm in results["arms"]] == [30, 30]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["full", "lora"])
def test_the_losses_of_any_kind_of_model_are_those_of_its_run(
    kind: str, trained: Callable[..., Path], recipe_file: Path
) -> None:
    from mulco.generation.local import Local

    folder = trained("model", f"method.kind={kind}", "train.max_steps=2", "save.every=null", "pack.mode=group")
    recipe, run = load_recipe(str(recipe_file))[0], record.read(folder)
    assert held_out.cached(folder, recipe, run) is None
    rows = held_out.measure(folder, recipe, run, Local.load(str(folder)))
    value = sum(rows["loss"].to_pylist()) / sum(rows["tokens"].to_pylist())
    assert value == pytest.approx(run["training"]["eval_loss"][-1]["loss"], rel=1e-5)
    again = held_out.cached(folder, recipe, run)
    assert again is not None
    assert again.equals(rows)
    shorter = load_recipe(str(recipe_file), ["data.eval_rows=3"])[0]
    assert held_out.cached(folder, shorter, run) is None  # other rows
    other = {**run, "files": run["files"][1:]}
    assert held_out.cached(folder, recipe, other) is None  # other weights


def test_a_recipe_of_an_arm_trains_it_by_itself(recipe_file: Path, tmp_path: Path) -> None:
    import yaml

    recipe, _ = load_recipe(str(recipe_file), ["train.lr=2e-5", "data.configs=code_qa_en", "data.revision=abc"])
    arms = read_arms(two_arms(tmp_path / "arms"))
    runs = runs_of(recipe, arms, [3, 5], tmp_path / "out")
    assert [run.folder.name for run in runs] == ["plain.seed-3", "plain.seed-5", "dense.seed-3", "dense.seed-5"]
    assert [run.seed for run in runs] == [3, 5, 3, 5]
    by_seed = {run.seed: run.recipe.model.name for run in runs}
    assert [run.recipe.model.name for run in runs] == [by_seed[3], by_seed[5]] * 2  # one base a seed, for all arms
    assert by_seed[3] != by_seed[5]
    assert len({(Path(str(name)) / "tokenizer.json").read_bytes() for name in by_seed.values()}) == 1
    assert len({(Path(str(name)) / "model.safetensors").read_bytes() for name in by_seed.values()}) == 2
    run = runs[-1]
    assert (run.recipe.data.path, run.recipe.data.configs) == (str(tmp_path / "arms" / "dense"), ())
    assert run.recipe.data.revision is None
    run.file.write_text(yaml.safe_dump(run.recipe.facts(), allow_unicode=True), "utf-8")
    assert load_recipe(str(run.file))[0] == run.recipe
    assert finished(run) is None


def test_a_plan_is_told_for_each_arm_and_nothing_is_written(recipe_file: Path, tmp_path: Path) -> None:
    arms, place = two_arms(tmp_path / "arms"), tmp_path / "out"
    words = ["--config", recipe_file, "--arms", arms, f"save.dir={place}", *QUICK, "--plan"]
    plans = json.loads(cli(*words, "--json").stdout)
    assert [(name, facts["rows"], facts["steps"]) for name, facts in plans.items()] == [
        ("plain", 16, 3),
        ("dense", 16, 3),
    ]
    printed = cli(*words, "--seeds", "1,2,3").stdout
    assert re.search(r"^ ?dense +16 ", printed, re.M)
    assert "6 runs, about " in printed
    assert not place.exists()


def scored(arm: str, losses: Sequence[float], seed: int = 0, results: Sequence[dict[str, Any]] = ()) -> Scored:
    """A run with these losses of rows of ten tokens each."""
    count = len(losses)
    facts = {b"mulco": json.dumps({"made_of": "", "dropped": {}})}
    rows = {
        "id": [f"r{number}" for number in range(count)], "language": ["en"] * count, "loss": losses,
        "tokens": [10] * count, "characters": [25] * count,
    }  # fmt: skip
    curve = [{"step": step, "loss": 9 - step / 10 + seed / 100} for step in range(1, 21)]
    run = {
        "mulco": "0", "data": [{"rows": 5, "tokens": 50, "answer_tokens": 9, "dropped": {}}],
        "training": {"steps": 20, "tokens": 100, "loss": curve},
    }  # fmt: skip
    return Scored(arm, "", seed, Path(arm), run, pa.table(rows, schema=held_out.ROWS.with_metadata(facts)), results)


def test_a_difference_that_every_row_has_is_exact_and_one_of_noise_is_not_shown(recipe_file: Path) -> None:
    random = np.random.default_rng(0)
    plain = random.normal(30, 8, 60)  # rows differ far more than arms
    noise = random.normal(0, 2, 60)
    arms = [scored("plain", list(plain)), scored("shorter", list(plain - 5)), scored("noisy", list(plain + noise))]
    found = results_of(load_recipe(str(recipe_file))[0], Path("arms"), arms)
    by_pair = {tuple(line["arms"]): line for line in found["differences"]}
    exact = by_pair["plain", "shorter"]
    assert exact["difference"] == pytest.approx(-0.5)  # five nats over ten tokens
    assert (exact["low"], exact["high"]) == (pytest.approx(-0.5), pytest.approx(-0.5))
    assert (exact["better"], verdict(exact)) == ("shorter", "shorter is better")
    unclear = by_pair["plain", "noisy"]
    assert unclear["low"] < 0 < unclear["high"]
    assert (unclear["better"], verdict(unclear)) == (None, "no difference shown")
    loss = found["arms"][0]["held_out"]["loss"]
    assert loss["value"] == pytest.approx(plain.sum() / 600)
    spread = plain.std() / 10 / np.sqrt(60)  # of the mean, in nats per token
    assert loss["high"] - loss["low"] == pytest.approx(2 * 1.96 * spread, rel=0.1)
    assert found["arms"][0]["held_out"]["per_character"]["value"] == pytest.approx(plain.sum() / 1500)
    assert found["arms"][0]["train_loss"] == pytest.approx(7.05)  # of steps 19 and 20
    assert [verdict(line) for line in found["differences"]].count("no difference shown") == 1
    few, pairs = tables(found)
    assert few[1][1][:2] == ("shorter", "5")
    assert pairs[1][0] == (
        "held-out loss",
        "shorter - plain",
        "-0.5000",
        "[-0.5000, -0.5000]",
        "0.002",
        "shorter is better",
    )
    for arm in found["arms"]:  # many suites get a table of their own
        arm["evaluations"] = {name: [rate(f"{name} pass@1", [True, False], "x").facts()] for name in "abc"}
    _, suites, _ = tables(found)
    assert suites[0] == ["measure", "arm", "value", "95 % interval"]
    assert suites[1][:2] == [
        ("a pass@1", "plain", "0.5", "[0.09453, 0.9055]"),
        ("a pass@1", "shorter", "0.5", "[0.09453, 0.9055]"),
    ]


def test_an_interval_over_seeds_holds_what_the_seed_does() -> None:
    low, high = loss_metric(scored("a", [20.0] * 9, 1).losses), loss_metric(scored("a", [24.0] * 9, 2).losses)
    both = over_seeds([low, high])
    assert both.value == pytest.approx(2.2)
    # rows are all alike, so a draw is 2.0, 2.2 or 2.4, its distance from 2.2 times sqrt(2)
    assert both.draws is not None
    assert sorted({round(float(value), 6) for value in both.draws}) == [1.917157, 2.2, 2.482843]
    assert (both.low, both.high) == (pytest.approx(2.2 - 0.2 * 2**0.5), pytest.approx(2.2 + 0.2 * 2**0.5))
    assert over_seeds([low]) is low
    hits = [rate("pass@1", [True, False, True, True], "x"), rate("pass@1", [False, False, True, True], "x")]
    joined = over_seeds(hits)
    assert joined.value == 0.625
    assert joined.low < 0.625 < joined.high
    assert joined.draws is not None
    assert len(joined.draws) == RESAMPLES


def test_arms_differ_only_where_seeds_agree(recipe_file: Path) -> None:
    rows = np.random.default_rng(1).normal(30, 8, 40)
    shifts = {"steady": (-3.0, -3.1, -2.9), "lucky": (-9.0, 4.0, 3.0)}
    runs = [scored("plain", list(rows), seed) for seed in (1, 2, 3)]
    runs += [
        scored(name, list(rows + by), seed)
        for name, bys in shifts.items()
        for seed, by in zip((1, 2, 3), bys, strict=True)
    ]
    found = results_of(load_recipe(str(recipe_file))[0], Path("arms"), runs)
    said = {tuple(line["arms"]): verdict(line) for line in found["differences"]}
    assert said["plain", "steady"] == "steady is better"
    assert said["plain", "lucky"] == "no difference shown"
    assert found["seeds"] == [1, 2, 3]
    assert "seeds and rows" in found["interval"]
    assert not any("--seeds" in line for line in found["notes"])


def test_losses_over_other_tokens_are_refused(recipe_file: Path) -> None:
    longer = scored("b", [1.0, 2.0, 3.0])
    arms = [scored("a", [1.0, 2.0]), longer]
    with pytest.raises(MulcoError, match="their held-out rows are not the same tokens"):
        results_of(load_recipe(str(recipe_file))[0], Path("arms"), arms)


def test_many_arms_are_drawn_apart_and_to_the_byte(recipe_file: Path, tmp_path: Path) -> None:
    rows = np.random.default_rng(2).normal(30, 8, 20)
    runs = [
        scored(f"arm-{n:02d}-of-a-study-with-long-names", list(rows + n), seed) for n in range(8) for seed in (1, 2)
    ]
    found = results_of(load_recipe(str(recipe_file))[0], Path("arms"), runs)
    draw(found, tmp_path / "a.png")
    draw(json.loads(json.dumps(found)), tmp_path / "b.png")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert (tmp_path / "a.png").read_bytes()[:8] == PNG


def damaged(arms: Path) -> Path:
    file = arms / "dense" / "train-00000-of-00001.parquet"
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    return arms


def cases(recipe: str, tmp_path: Path) -> Iterator[tuple[list[object], type[Exception], str]]:
    """(words, what is raised, what it says)."""
    rows, number = small_rows(38), itertools.count()

    def at() -> Path:
        return tmp_path / str(next(number))

    whole, base = two_arms(at()), [f"save.dir={tmp_path / 'out'}", "--config", recipe]
    empty, weights = at(), at()
    empty.mkdir()
    weights.mkdir()
    (weights / "run.json").write_text("{}", "utf-8")
    other = write_arms(at(), {"a": rows[:9], "b": rows[9:20]}, {"a": rows[30:34], "b": rows[34:38]})
    without = write_arms(at(), {"a": rows[:9], "b": rows[9:20]}, {"a": rows[30:34], "b": []})
    named = write_arms(at(), {"base": rows[:9], "b": rows[9:20]}, rows[30:])
    yield [*base, "--arms", at()], UsageError, "no such folder. Cut arms first: mulco select DATA --out"
    yield [*base, "--arms", empty], MulcoError, "no arms in it"
    yield [*base, "--arms", damaged(two_arms(at()))], MulcoError, "the bytes differ from the manifest's sha256"
    yield [*base, "--arms", without], MulcoError, "no rows in the split validation, and arms are compared on held-out"
    yield [*base, "--arms", other], MulcoError, "so their losses do not compare"
    yield [*base, "--arms", named], UsageError, "an arm is called base"
    yield [*base, "--arms", whole, "push=ORG/x"], UsageError, "there is one of each arm"
    yield [*base, "--arms", whole, "data.eval_rows=0"], UsageError, "set data.eval_split and data.eval_rows"
    yield [*base, "--arms", whole, "save.resume=out/x"], UsageError, "belongs to one run; with --arms it is auto or no"
    yield [*base[1:], "--arms", whole, f"save.dir={weights}"], OutputError, "holds the weights of one run"
    yield [*base, "--arms", whole, "--seeds", "1,x"], UsageError, "expected whole numbers with commas between"
    yield [*base, "--arms", whole, "--seeds", "1,1"], UsageError, "each once"
    yield [*base, "--arms", whole, "--suite", "humanevil"], UsageError, "no suite 'humanevil'. Close matches: humaneval"
    yield [*base, "--seeds", "1"], UsageError, "--seeds, --suite and --limit are about arms"


def test_what_cannot_work_is_refused_in_one_sentence_before_anything_is_trained(
    recipe_file: Path, tmp_path: Path
) -> None:
    for words, kind, said in cases(str(recipe_file), tmp_path):
        with pytest.raises(kind) as refused:
            cli(*words)
        assert said in str(refused.value), words
        assert "\n" not in str(refused.value)
    assert not list((tmp_path / "out").glob("*.checkpoints"))


def test_a_training_that_fails_is_told_with_its_arm(
    recipe_file: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    arms = two_arms(tmp_path / "arms")
    recipe = load_recipe(str(recipe_file), [*QUICK, f"save.dir={tmp_path / 'out'}"])[0]
    with pytest.raises(UsageError, match=r"training of plain ended with exit status 2; why stands above"):
        train_arms(with_(recipe, dist__deepspeed="zero9"), arms)
    assert "Error: no DeepSpeed config 'zero9'. " in capfd.readouterr().err
