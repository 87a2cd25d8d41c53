"""A killed run ends as one that was not: the same losses and weights, bit for bit (fp32, CPU, one thread)."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import workers  # type: ignore[import-not-found]

from mulco.training import checkpoint, record

# Each kind of run, its processes, and what is laid over the small recipe. Ten steps are two epochs and a half.
KINDS: dict[str, tuple[int, tuple[str, ...]]] = {
    "packed": (1, ()),
    "padded": (1, ("pack.mode=group", "train.device_batch=4", "train.accumulation=2")),
    "lora": (1, ("method.kind=lora", "method.dropout=0.2", "method.r=4")),
    "zero2": (2, ("dist.deepspeed=zero2", "train.accumulation=1")),
    "zero3": (2, ("dist.deepspeed=zero3", "train.accumulation=1")),
}
STEPS = ("train.max_steps=10", "data.eval_rows=0")
Line = Callable[..., list[str]]


def run(target: Callable[..., None], *arguments: Any, log: Path, world: int = 1) -> tuple[list[int], str]:
    """(exit statuses, what was printed) of child processes."""
    statuses = workers.finished(workers.start(world, target, *arguments, log=log))
    return statuses, "".join(Path(f"{log}.{rank}").read_text("utf-8") for rank in range(world))


def learned(folder: Path) -> tuple[str, list[Any]]:
    """(sha256 of the weights, the loss curve) of a finished run."""
    [file] = folder.glob("*.safetensors")
    return hashlib.sha256(file.read_bytes()).hexdigest(), record.read(folder)["training"]["loss"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_killed_run_ends_bit_equal_to_one_that_was_not(kind: str, line: Line, tmp_path: Path) -> None:
    world, words = KINDS[kind]
    whole = line("whole", *STEPS, *words, "save.every=100")
    statuses, said = run(workers.train, whole, log=tmp_path / "whole.log", world=world)
    assert statuses == [0] * world, said
    killed = line("killed", *STEPS, *words, "save.every=3")
    statuses, said = run(workers.train_and_die, killed, 8, log=tmp_path / "die.log", world=world)
    assert statuses == [-9] * world, said
    statuses, said = run(workers.train, killed, log=tmp_path / "on.log", world=world)
    assert statuses == [0] * world, said
    assert "Goes on from checkpoint-6." in said
    assert learned(tmp_path / "killed") == learned(tmp_path / "whole")
    assert len(learned(tmp_path / "whole")[1]) == 10


@pytest.mark.slow
def test_twenty_kills_while_saving_always_leave_a_complete_checkpoint(line: Line, tmp_path: Path) -> None:
    statuses, said = run(workers.train, line("whole", *STEPS), log=tmp_path / "whole.log")
    assert statuses == [0], said
    words = line("killed", *STEPS, "save.every=1")
    checkpoints = tmp_path / "killed.checkpoints"
    reached, deaths = 0, 0
    for kill in range(20):
        # A save takes 0.05 to 0.3 s here, so these moments fall before, inside and just after it.
        after = 0.002 + 0.015 * kill
        statuses, said = run(workers.train_and_die_saving, words, after, log=tmp_path / f"die-{kill}.log")
        assert statuses in ([-9], [0]), said
        deaths += statuses == [-9]
        folder, _ = checkpoint.newest(checkpoints)
        step = checkpoint.read(folder)["step"] if folder is not None else 0
        assert step >= reached  # a checkpoint that was complete stays so
        reached = step
        if reached == 10:  # far enough: begin anew, and be killed there
            shutil.rmtree(checkpoints)
            shutil.rmtree(tmp_path / "killed", ignore_errors=True)
            reached = 0
    assert deaths >= 15
    statuses, said = run(workers.train, words, log=tmp_path / "end.log")
    assert statuses == [0], said
    assert learned(tmp_path / "killed") == learned(tmp_path / "whole")


@pytest.mark.slow
def test_damaged_checkpoints_are_passed_over_with_a_reason_and_other_runs_are_refused(
    line: Line, tmp_path: Path
) -> None:
    words = line("run", *STEPS, "save.every=2", "save.keep=5")
    statuses, said = run(workers.train_and_stop, words, 9, log=tmp_path / "stop.log")
    assert statuses == [143], said
    assert "Stopped by SIGTERM at step 9 of 10. Saved: the same command goes on." in said
    checkpoints = tmp_path / "run.checkpoints"
    assert sorted(path.name for path in checkpoints.iterdir()) == [f"checkpoint-{n}" for n in (2, 4, 6, 8, 9)]
    model = checkpoints / "checkpoint-9" / "model.safetensors"
    model.write_bytes(model.read_bytes()[:-1000])
    (checkpoints / "checkpoint-8" / "optimizer.pt").unlink()
    altered = bytearray((checkpoints / "checkpoint-6" / "model.safetensors").read_bytes())
    altered[-5] ^= 1
    (checkpoints / "checkpoint-6" / "model.safetensors").write_bytes(altered)
    (checkpoints / "checkpoint-4" / "checkpoint.json").unlink()

    statuses, said = run(workers.train, [*words, "train.lr=2e-2"], log=tmp_path / "refused.log")
    assert statuses == [1]
    assert "checkpoint-2 belongs to another run: train.lr was 0.01, is 0.02. Go back to what it was" in said
    statuses, said = run(workers.train, words, log=tmp_path / "on.log")
    assert statuses == [0], said
    size = model.stat().st_size if model.exists() else 0
    assert "checkpoint-9 is passed over: model.safetensors has " in said, size
    assert "checkpoint-8 is passed over: optimizer.pt is missing\n" in said
    assert "checkpoint-6 is passed over: model.safetensors has other content than was written\n" in said
    assert "checkpoint-4 is passed over: it was not finished\n" in said
    assert "Goes on from checkpoint-2.\n" in said
    assert record.read(tmp_path / "run")["training"]["mismatch_allowed"] == []

    more = [*words, "train.max_steps=12", "save.allow_mismatch=true"]
    statuses, said = run(workers.train, more, log=tmp_path / "allowed.log")
    assert statuses == [0], said
    assert record.read(tmp_path / "run")["training"]["mismatch_allowed"] == ["train.max_steps was 10, is 12"]


@pytest.mark.slow
def test_a_changed_data_set_is_refused_by_name(line: Line, rows_folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "rows"
    shutil.copytree(rows_folder, copy)
    words = line("run", "train.max_steps=2", "data.eval_rows=0", f"data.path={copy}")
    statuses, said = run(workers.train, words, log=tmp_path / "first.log")
    assert statuses == [0], said
    rows = (copy / "train.jsonl").read_text("utf-8").splitlines()
    rows[0] = json.dumps({**json.loads(rows[0]), "output": "changed"}, ensure_ascii=False)
    (copy / "train.jsonl").write_text("\n".join(rows) + "\n", "utf-8")
    statuses, said = run(workers.train, words, log=tmp_path / "second.log")
    assert statuses == [1]
    assert f"{copy}/None/train was " in said
