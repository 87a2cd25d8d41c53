"""The sections of a model card about its training: recipe, hardware, what was measured, loss, how to train it again."""

from __future__ import annotations

from typing import Any

import yaml

from mulco.cards.facts import ModelCard
from mulco.cards.run import without_paths

CURVE = "loss.png"
POINTS = 10  # of a loss curve
# The settings of a recipe that a reader asks for first; the whole recipe is in run.json.
SHOWN = {
    "data": ("prompt", "max_tokens", "overlong"),
    "method": ("kind", "r", "alpha", "dropout", "targets"),
    "pack": ("mode", "tokens"),
    "train": ("epochs", "max_steps", "batch_rows", "batch_tokens", "accumulation", "device_batch", "lr", "scheduler",
              "warmup", "weight_decay", "max_grad_norm", "optimizer", "beta2", "precision", "seed"),
    "dist": ("deepspeed",),
}  # fmt: skip


def recipe(card: ModelCard) -> None:
    page = card.page
    page.section("How it was trained", "怎样训练")
    page.code("yaml", yaml.safe_dump(_shown(card.run["recipe"]), sort_keys=False, allow_unicode=True))
    page.tell("The whole recipe is in `run.json`.", "完整的配方在 `run.json` 里。")
    changed = page.join(f"`{name}`" for name in card.training.get("mismatch_allowed") or ())
    if changed:
        page.tell(
            f"It was resumed after a change of {changed}, on request.", f"训练中途按要求改动了 {changed} 之后继续。"
        )
    page.table([page.say("what", "项目"), page.say("measured", "实测")], _measured(card))
    versions = page.join(f"{name} {version}" for name, version in sorted(card.run.get("versions", {}).items()))
    if versions:
        page.tell(f"Versions: {page.quote(versions)}.", f"软件版本：{page.quote(versions)}。")


def _shown(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings a reader asks for first, as far as they are set."""
    shown = {
        part: {name: value for name in names if (value := settings.get(part, {}).get(name)) is not None}
        for part, names in SHOWN.items()
    }
    if settings.get("method", {}).get("kind", "full") == "full":  # an adapter's settings say nothing then
        shown["method"] = {name: value for name, value in shown["method"].items() if name == "kind"}
    return {part: values for part, values in shown.items() if values}


def _measured(card: ModelCard) -> list[list[str]]:
    page, number, training, hardware = card.page, card.page.number, card.training, card.run["hardware"]
    device = page.quote(str(hardware.get("gpu") or hardware.get("cpu") or hardware["device"]))
    peak = hardware.get("peak_memory_bytes")
    seconds = number(training["seconds"], 1)
    rows = [
        [page.say("steps", "步数"), number(training["steps"])],
        [page.say("epochs", "轮数"), number(training["epochs"], 2)],
        [page.say("tokens", "token 数"), number(training["tokens"])],
        [page.say("of them in answers", "其中答案部分"), number(training["answer_tokens"])],
        [page.say("time", "用时"), page.say(f"{seconds} s", f"{seconds} 秒")],
        [page.say("tokens a second", "每秒 token 数"), number(training["tokens_per_second"], 1)],
        [page.say("device", "设备"), device],
        [page.say("processes", "进程数"), number(hardware["world_size"])],
        [
            page.say("peak memory", "内存峰值"),
            page.say("not measured", "未测量") if peak is None else f"{number(peak / 1e9, 2)} GB",
        ],
    ]
    packing = training.get("packing") or {}
    if packing.get("fill") is not None:
        filled = page.quote(f"{100 * packing['fill']:.1f}%")
        rows.append([page.say("share of tokens that are no padding", "非填充 token 占比"), filled])
    return rows


def loss(card: ModelCard) -> None:
    page, number, training = card.page, card.page.number, card.training
    trained = {point["step"]: number(point["loss"], 4) for point in training.get("loss") or ()}
    held_out = {point["step"]: number(point["loss"], 4) for point in training.get("eval_loss") or ()}
    page.section("Loss", "损失曲线")
    if (card.folder / CURVE).is_file():
        page.add(f"![{page.say('Loss by step', '各步的损失')}]({CURVE})", "")
    steps = sorted({*_spread(list(trained)), *_spread(list(held_out))})
    head = page.say("step|training loss|held-out loss", "步|训练损失|验证损失").split("|")
    page.table(head, ([number(step), trained.get(step, ""), held_out.get(step, "")] for step in steps), right=3)
    if not trained:
        page.tell("Training loss: not recorded.", "训练损失：没有记录。")
    if not held_out:
        page.tell("Held-out loss: not measured.", "验证损失：未测量。")


def _spread(steps: list[int]) -> list[int]:
    """At most so many steps, evenly over the curve, the first and the last among them."""
    if len(steps) <= POINTS:
        return steps
    return [steps[round(i * (len(steps) - 1) / (POINTS - 1))] for i in range(POINTS)]


def again(card: ModelCard) -> None:
    page, files = card.page, card.run.get("files", ())
    page.section("Train it again", "重新训练")
    page.tell(
        "With the recipe of `run.json`, the versions above and the same rows:",
        "用 `run.json` 里的配方、上面的软件版本和相同的数据：",
    )
    page.code("sh", without_paths(card.run.get("command") or "mulco train --config RECIPE.yaml"))
    if files:
        page.tell(
            "`mulco check --card` holds these files to `run.json`; the digests are shortened here.",
            "`mulco check --card` 会按 `run.json` 核对下列文件，摘要在这里只列开头。",
        )
        rows = ([f"`{file['path']}`", f"`{file['sha256'][:16]}`", page.number(file["bytes"])] for file in files)
        page.table(page.say("file|digest|bytes", "文件|摘要|字节数").split("|"), rows, right=1)
