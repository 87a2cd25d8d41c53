"""The same recipe on every arm of a study: a run each, then their losses and scores beside each other.

    recipe, _ = load_recipe("tiny_cpu", ["save.dir=out/study"])
    results = train_arms(recipe, Path("out/arms"), seeds=(1, 2, 3), suites=("humaneval",))
    results["arms"][0]["held_out"]["loss"]     # {"value": 2.31, "low": 2.2, "high": 2.43, ...}

    out/study/<arm>/              weights, run.json, held_out.parquet, results/; with seeds <arm>.seed-1/, ...
    out/study/<arm>.yaml          the recipe of that run: any arm can be trained by itself, also under torchrun
    out/study/base/<digest>/      tokenizer and first weights of a tiny model, the same for all arms of a seed
    out/study/results.json, results.csv, results.png

The arm takes the place of `data.path` and `data.configs`, and a folder of its own that of `save.dir`; every other
setting is equal. Each run is a process of its own, which leaves no memory behind. What is done already, by its record
for the same settings and rows, is not done again.
"""

from __future__ import annotations

import gc
import json
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from mulco.errors import MulcoError, OutputError, UsageError
from mulco.training import record
from mulco.training.config import Recipe, decisive_of, with_

BASE = "base"


@dataclass(frozen=True)
class Arm:
    """A folder of rows; `identity` is the digest of its files, as its manifest has it."""

    name: str
    folder: Path
    identity: str


@dataclass(frozen=True)
class ArmRun:
    """One training: an arm under one seed. `recipe` is complete: its save.dir is the folder of the run."""

    arm: Arm
    recipe: Recipe

    @property
    def folder(self) -> Path:
        return Path(self.recipe.save.dir)

    @property
    def file(self) -> Path:
        """Where its recipe is written."""
        return self.folder.with_name(self.folder.name + ".yaml")

    @property
    def seed(self) -> int:
        return int(self.recipe.train.seed)


class Stopped(MulcoError):
    """SIGTERM ended a run after a checkpoint."""


def train_arms(
    recipe: Recipe,
    folder: Path,
    seeds: Sequence[int] = (),
    suites: Sequence[str] = (),
    *,
    upstream: Path | None = None,
    limit: int | None = None,
    tell: Callable[[str], None] = lambda line: None,
) -> dict[str, Any]:
    """Train on every arm below `folder`, measure, write results; gives what results.json says.

    Whatever can be refused is refused before the first run. Raises Stopped where SIGTERM came, KeyboardInterrupt after
    Ctrl-C: in both cases the run at work wrote a checkpoint first, and the same call goes on from there.
    """
    from mulco.training.prepare import need
    from mulco.training.quiet import quiet
    from mulco.training.results import results_of, write
    from mulco.training.suites import exams_of

    need(recipe)
    quiet()
    arms = read_arms(folder)
    check(recipe, arms)
    tell(f"{len(arms)} arms take the place of data.path{_configs_said(recipe)}: {', '.join(arm.name for arm in arms)}")
    exams = exams_of(suites, upstream, limit, tell)
    place = Path(recipe.save.dir)
    with _alone_in(place):
        runs = runs_of(recipe, arms, seeds, place)
        check_held_out(runs)
        for number, run in enumerate(runs, 1):
            said = f"{run.folder.name} ({number} of {len(runs)})"
            if recipe.save.resume != "no" and finished(run) is not None:
                tell(f"{said}: trained already, {run.folder}")
                continue
            tell(f"{said}: training")
            train_one(run)
        scored = [_scored(run, exams, tell) for run in runs]
        results: dict[str, Any] = results_of(recipe, folder, scored)
        write(place, results)
    return results


def plan_arms(recipe: Recipe, folder: Path, seeds: Sequence[int] = ()) -> dict[str, dict[str, Any]]:
    """What `mulco train --plan` says, by arm, under the first seed; nothing is written into save.dir."""
    from mulco.training.plan import plan
    from mulco.training.prepare import need, prepare
    from mulco.training.quiet import quiet

    need(recipe)
    quiet()
    arms = read_arms(folder)
    check(recipe, arms)
    with tempfile.TemporaryDirectory() as place:
        runs = runs_of(recipe, arms, seeds[:1], Path(place))
        check_held_out(runs)
        plans: dict[str, dict[str, Any]] = {}
        for run in runs:
            plans[run.arm.name] = plan(prepare(run.recipe, recipe.plan.devices or 1))
        return plans


def read_arms(folder: Path) -> list[Arm]:
    """The arms below a folder, in the order of its arms.json, each as its manifest says; raises where one is not."""
    from mulco.arms.manifest import ArmManifest

    if not folder.is_dir():
        raise UsageError(f"--arms {folder}: no such folder. Cut arms first: mulco select DATA --out {folder}")
    names = _names(folder)
    if not names:
        raise MulcoError(f"{folder}: no arms in it: no folder with a manifest.json of the kind arm. See mulco select")
    found = []
    for name in names:
        manifest = ArmManifest.load(folder / name)
        manifest.check(folder / name)
        found.append(Arm(name, folder / name, manifest.identity))
    return found


def check(recipe: Recipe, arms: Sequence[Arm]) -> None:
    """Refuse what has no sense, or another one, over several runs."""
    place = Path(recipe.save.dir)
    if recipe.push:
        raise UsageError(f"push={recipe.push} names one model, and there is one of each arm. Push one: mulco push")
    if recipe.save.resume not in ("auto", "no"):
        raise UsageError(f"save.resume={recipe.save.resume} belongs to one run; with --arms it is auto or no")
    if not recipe.data.eval_rows or recipe.data.eval_split is None:
        raise UsageError("--arms compares losses on held-out rows: set data.eval_split and data.eval_rows")
    if (place / record.NAME).is_file():
        raise OutputError(f"save.dir={place} holds the weights of one run. Name another folder: save.dir=out/study")
    if recipe.model.init == "tiny" and BASE in {arm.name for arm in arms}:
        raise UsageError(f"an arm is called {BASE}, and so is the folder of the model that all arms begin with")


def runs_of(recipe: Recipe, arms: Sequence[Arm], seeds: Sequence[int], place: Path) -> list[ArmRun]:
    """Every arm under every seed, arms first; without seeds under the recipe's own. Tiny bases are made here."""
    under = {}
    for seed in seeds or [recipe.train.seed]:
        seeded = with_(recipe, train__seed=seed)
        under[seed] = common_base(seeded, arms, place) if recipe.model.init == "tiny" else seeded
    runs = []
    for arm in arms:
        for seed, seeded in under.items():
            name = f"{arm.name}.seed-{seed}" if seeds else arm.name
            runs.append(ArmRun(arm, with_(on_arm(seeded, arm), save__dir=str(place / name))))
    return runs


def on_arm(recipe: Recipe, arm: Arm) -> Recipe:
    """The recipe with an arm as its data."""
    return with_(recipe, data=replace(recipe.data, path=str(arm.folder), configs=(), revision=None))


def common_base(recipe: Recipe, arms: Sequence[Arm], place: Path) -> Recipe:
    """The recipe with a tiny model that is the same for all arms.

    A tokenizer made of one arm's rows would cut the held-out rows into other tokens than that of another arm, and no
    loss could be compared. So it is made once, of the training rows of all arms, each row once, and so are the weights
    that training begins with. The folder is named by what it was made of.
    """
    from mulco.identity import digest
    from mulco.training import tiny
    from mulco.training.data import texts
    from mulco.training.model import tokenizer_of

    made_of = {
        "arms": [arm.identity for arm in arms], "split": recipe.data.split, "licenses": recipe.data.licenses,
        "model": asdict(recipe.model), "max_tokens": recipe.data.max_tokens, "seed": recipe.train.seed,
    }  # fmt: skip
    folder = place / BASE / digest(made_of)[:12]
    if not folder.is_dir():
        rows = {
            (row["instruction"], row.get("input") or "", row["output"]): row
            for arm in arms
            for row in texts(on_arm(recipe, arm))
        }  # fmt: skip
        tokenizer = tokenizer_of(rows.values(), recipe.model.vocabulary)
        partial = folder.with_name(folder.name + ".partial")
        tiny.build(recipe, tokenizer).save_pretrained(partial)
        tokenizer.save_pretrained(partial)
        (partial / "base.json").write_text(json.dumps(made_of, ensure_ascii=False, indent=1) + "\n", "utf-8")
        partial.rename(folder)
    if recipe.method.kind != "full":
        folder = folder.resolve()  # adapters name their base, and are loaded from anywhere
    return with_(recipe, model=replace(recipe.model, init=None, name=str(folder), license="Apache-2.0"))


def check_held_out(runs: Sequence[ArmRun]) -> None:
    """Refuse arms without held-out rows, or with others than the first arm has."""
    from mulco.training.data import fingerprint, held_out

    found: dict[str, Arm] = {}
    for run in {run.arm.name: run for run in runs}.values():
        split = run.recipe.data.eval_split
        try:
            rows = held_out(run.recipe)
        except UsageError:
            raise
        except MulcoError as err:
            raise MulcoError(
                f"{run.arm.folder}: no rows in the split {split}, and arms are compared on held-out rows. Cut them "
                "again from data that has this split, or name another with data.eval_split"
            ) from err
        found.setdefault(fingerprint(rows), run.arm)
    if len(found) > 1:
        first, second = list(found.values())[:2]
        raise MulcoError(
            f"{second.folder}: other rows in the split {split} than {first.folder}, so their losses do not compare. "
            "Cut the arms again with mulco select: it gives all of them the same"
        )


def finished(run: ArmRun) -> dict[str, Any] | None:
    """The record of a run that is complete, for the same settings and the same rows; else None."""
    try:
        facts = record.read(run.folder)
        same = decisive_of(facts["recipe"]) == run.recipe.decisive()
        same = same and [part["identity"] for part in facts["data"]] == [run.arm.identity]
        whole = all((run.folder / entry["path"]).stat().st_size == entry["bytes"] for entry in facts["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return facts if same and whole else None


def train_one(run: ArmRun) -> None:
    """Train in a process of its own, as `python -m mulco.training` does."""
    run.file.write_text(yaml.safe_dump(run.recipe.facts(), allow_unicode=True, sort_keys=False), "utf-8")
    # -P: a folder called mulco below the current one is not the package
    line = [sys.executable, "-P", "-m", "mulco.training", "--config", str(run.file)]
    status, asked = _in_its_own_process(line)
    if asked == signal.SIGINT:
        raise KeyboardInterrupt
    if asked is not None and status != 0:
        raise Stopped(f"stopped in {run.folder.name}. The same command goes on from there")
    if status != 0 or finished(run) is None:
        kind = UsageError if status == 2 else MulcoError
        raise kind(
            f"training of {run.folder.name} ended with exit status {status}; why stands above. What is finished is "
            "kept: the same command goes on"
        )


def _in_its_own_process(line: Sequence[str]) -> tuple[int, int | None]:
    """(exit status, the signal that was sent to this process meanwhile, if any).

    Ctrl-C reaches every process of a terminal, and Python would end without a checkpoint. So the child ignores it, and
    is sent SIGTERM instead, which makes it save and stop; a second signal kills it.
    """
    asked: list[int] = []
    child: subprocess.Popen[bytes] | None = None

    def hand_on(number: int, frame: object) -> None:
        asked.append(number)
        if child is not None:
            child.send_signal(signal.SIGTERM if len(asked) == 1 else signal.SIGKILL)

    before = {signal.SIGTERM: signal.signal(signal.SIGTERM, hand_on)}
    before[signal.SIGINT] = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        child = subprocess.Popen(line, stdout=2)  # what it says goes to standard error: ours is for the table
        signal.signal(signal.SIGINT, hand_on)
        if asked:
            child.terminate()
        return child.wait(), asked[0] if asked else None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _scored(run: ArmRun, exams: Sequence[Any], tell: Callable[[str], None]) -> Any:
    """What a trained arm is worth: losses of the held-out rows, results of the suites; both stay beside its weights."""
    from mulco.training import held_out, publish
    from mulco.training.results import Scored

    facts = record.read(run.folder)
    losses = held_out.cached(run.folder, run.recipe, facts)
    results = [exam.cached(run.folder) for exam in exams]
    if losses is None or None in results:
        from mulco.generation.local import Local

        judged = "".join(f", {exam.name} ({len(exam.items):,})" for exam in exams)
        tell(f"{run.folder.name}: measuring held-out rows{judged}")
        engine = Local.load(str(run.folder))
        losses = held_out.measure(run.folder, run.recipe, facts, engine) if losses is None else losses
        results = [found or exam.judge(engine, run.folder) for exam, found in zip(exams, results, strict=True)]
        del engine
        _give_memory_back()
        if exams:
            publish.card(run.folder)  # it tells of the results as well
    return Scored(run.arm.name, run.arm.identity, run.seed, run.folder, facts, losses, results)


def _give_memory_back() -> None:
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def _names(folder: Path) -> list[str]:
    """The names of the arms: as arms.json lists them, else those folders that say so themselves, by name."""
    from mulco.arms.manifest import SET, is_arms, load_set

    if (folder / SET).is_file():
        return [str(arm["name"]) for arm in load_set(folder)["arms"]]
    return sorted(inside.name for inside in folder.iterdir() if is_arms(inside))


def _configs_said(recipe: Recipe) -> str:
    named = [part.config or str(part.path) for part in recipe.data.configs]
    return f" and data.configs ({', '.join(named)})" if named else ""


def _alone_in(place: Path) -> Any:
    """A lock on the folder of the results; raises where another process holds it, or it cannot be made."""
    from filelock import FileLock, Timeout

    try:
        place.mkdir(parents=True, exist_ok=True)
        return FileLock(place / ".lock", timeout=0).acquire()
    except Timeout as err:
        raise OutputError(f"save.dir={place}: another run of --arms is at work there. Wait, or name another") from err
    except OSError as err:
        raise OutputError(f"save.dir={place}: {err.strerror}. Name another folder") from err
