"""Every setting of a training run: one tree of dataclasses, from which recipes, overrides and help are read.

    recipe = load_recipe("tiny_cpu", ["train.lr=1e-3", "save.dir=out/mine"])
    recipe.train.lr                         # 0.001
    for line in settings(): ...             # every dotted name with its type, default and meaning

A recipe is YAML in the shape of the tree. An unknown key is refused with near matches; flags of recipes written in
2023 (`--evaluation_strategy`, `warmup_ratio`) are read under today's names, and said so (`mulco.training.flags`).
"""

from __future__ import annotations

import difflib
import types
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from mulco.errors import UsageError, unknown
from mulco.recipe import UNITS
from mulco.training.flags import Renamed, read_flags, today

RECIPES = Path(__file__).parent / "recipes"
DEEPSPEED = Path(__file__).parent / "ds"


def setting(default: Any, help: str, choices: tuple[str, ...] = (), least: float | None = None) -> Any:
    """A field with one line of help, the values it may take, or the least one."""
    return field(default=default, metadata={"help": help, "choices": choices, "least": least})


@dataclass(frozen=True)
class Part:
    """So much of one config. At most one of rows, fraction and tokens is set; none takes every row."""

    config: str = setting("", "config of the data set, such as code_search_zh")
    rows: int | None = setting(None, "take so many rows", least=1)
    fraction: float | None = setting(None, "take this share of the rows, above 0 and at most 1", least=0)
    tokens: int | None = setting(None, "take rows of so many tokens, by the model's tokenizer", least=1)
    path: str | None = setting(None, "data set of this config, where it is not data.path")
    split: str | None = setting(None, "split of this config, where it is not data.split")
    revision: str | None = setting(None, "revision of this data set on the Hub, where it is not data.revision")

    @property
    def mix(self) -> dict[str, float]:
        """The unit and the number; empty: all rows."""
        return {unit: value for unit in UNITS if (value := getattr(self, unit)) is not None}


@dataclass(frozen=True)
class Data:
    """What is learned from, and how a row becomes tokens."""

    path: str = setting("mulco", "what load_dataset is given: mulco, a built folder, or a data set on the Hub")
    configs: tuple[Part, ...] = setting((), "configs by name, or mappings with rows, fraction or tokens")
    split: str = setting("train", "split to learn from")
    revision: str | None = setting(None, "revision of a data set on the Hub")
    licenses: str | None = setting(None, "only rows these permit, as for mulco build --licenses (path mulco)")
    eval_split: str | None = setting("validation", "split for the held-out loss; null: none")
    eval_rows: int = setting(200, "at most so many held-out rows over all configs; 0: no held-out loss", least=0)
    prompt: str = setting("alpaca", "form of the prompt", ("alpaca", "chat"))
    max_tokens: int = setting(2048, "longest row, prompt and answer together", least=8)
    overlong: str = setting("drop", "what becomes of longer rows", ("drop", "truncate"))


@dataclass(frozen=True)
class Model:
    """What is trained."""

    name: str | None = setting(None, "a model on the Hub or a folder")
    revision: str | None = setting(None, "revision of a model on the Hub")
    init: str | None = setting(
        None, "tiny: a small Llama with random weights, its tokenizer made of the rows", ("tiny",)
    )
    hidden: int = setting(128, "width of the tiny model", least=8)
    layers: int = setting(2, "layers of the tiny model", least=1)
    heads: int = setting(4, "attention heads of the tiny model", least=1)
    vocabulary: int = setting(2048, "tokens in the tiny model's vocabulary", least=300)
    attention: str = setting(
        "auto", "auto takes the fastest that keeps packed rows apart",
        ("auto", "documents", "varlen", "flash_attention_2", "sdpa", "eager"),
    )  # fmt: skip
    eos_token: str | None = setting(None, "the token that ends an answer, where the tokenizer names none")
    license: str | None = setting(None, "licence of the base, where its card does not say it")


@dataclass(frozen=True)
class Method:
    """Which weights move."""

    kind: str = setting("full", "all weights, adapters, or adapters on four-bit weights", ("full", "lora", "qlora"))
    r: int = setting(16, "rank of the adapters", least=1)
    alpha: int = setting(32, "scale of the adapters; it acts as alpha / r", least=1)
    dropout: float = setting(0.05, "dropout before the adapters", least=0)
    targets: tuple[str, ...] = setting(("all-linear",), "module names that get adapters; all-linear: all but the head")


@dataclass(frozen=True)
class Pack:
    """How rows come into one batch."""

    mode: str = setting(
        "pack", "pack: rows share a bin without padding; group: padded, alike in length; none: padded",
        ("none", "group", "pack"),
    )  # fmt: skip
    tokens: int | None = setting(None, "tokens of a bin; null: data.max_tokens", least=8)


@dataclass(frozen=True)
class Train:
    """Steps. The global batch is named by exactly one of batch_rows, batch_tokens and accumulation."""

    epochs: float = setting(3.0, "passes over the rows", least=0)
    max_steps: int | None = setting(None, "stop after so many optimizer steps; wins over epochs", least=1)
    batch_rows: int | None = setting(None, "rows an optimizer step learns from, over all devices", least=1)
    batch_tokens: int | None = setting(None, "tokens an optimizer step learns from, over all devices", least=1)
    accumulation: int | None = setting(None, "forward passes of each device to an optimizer step", least=1)
    device_batch: int = setting(1, "bins (pack) or rows (group, none) in one forward pass of a device", least=1)
    lr: float = setting(2e-5, "highest learning rate", least=0)
    scheduler: str = setting(
        "cosine", "course of the learning rate",
        ("cosine", "linear", "constant", "constant_with_warmup"),
    )  # fmt: skip
    warmup: float = setting(0.03, "below 1 a share of all steps, else so many steps", least=0)
    weight_decay: float = setting(0.0, "weight decay", least=0)
    max_grad_norm: float = setting(1.0, "longest gradient; longer ones are scaled down; 0: never", least=0)
    optimizer: str = setting("adamw_torch", "optimizer, by its name in transformers")
    beta2: float = setting(0.999, "second beta of Adam", least=0)
    precision: str = setting(
        "fp32", "bf16 and fp16 compute in half precision and keep fp32 weights; bf16_pure keeps bf16 weights",
        ("fp32", "bf16", "fp16", "bf16_pure"),
    )  # fmt: skip
    activation_checkpointing: bool = setting(False, "compute activations again instead of keeping them")
    compile: bool = setting(False, "torch.compile")
    loss_chunk: int = setting(256, "label positions that go through the head at a time", least=1)
    log_every: int = setting(10, "steps between two points of the loss curve", least=1)
    eval_every: int | None = setting(None, "steps between two held-out losses; null: at the end", least=1)
    seed: int = setting(0, "seed of everything that is random", least=0)
    threads: int | None = setting(None, "CPU threads of each process; null: torch's own choice", least=1)
    report_to: tuple[str, ...] = setting((), "also report to tensorboard, wandb, trackio, ...")


@dataclass(frozen=True)
class Dist:
    """More than one device."""

    deepspeed: str | None = setting(None, "zero2, zero3, zero2_offload, zero3_offload, or a DeepSpeed JSON file")


@dataclass(frozen=True)
class Save:
    """Where weights and checkpoints go."""

    dir: str = setting("out/model", "folder of the run: weights, run.json, loss.png, checkpoint-<step>/")
    every: int | None = setting(None, "steps between two checkpoints; null: only at the end", least=1)
    keep: int = setting(2, "newest complete checkpoints that stay", least=1)
    resume: str = setting("auto", "auto: go on from the newest complete checkpoint; no: start anew; or a checkpoint")
    allow_mismatch: bool = setting(False, "go on although the data or a setting changed; it is recorded")


@dataclass(frozen=True)
class Forecast:
    """The machine that `--plan` reckons with, where it is not this one."""

    devices: int | None = setting(None, "number of devices", least=1)
    memory_gb: float | None = setting(None, "memory of one device in GB", least=0)
    tflops: float | None = setting(None, "peak TFLOP/s of one device, from its data sheet", least=0)
    check_memory: bool = setting(True, "refuse to start when the estimate does not fit")


@dataclass(frozen=True)
class Recipe:
    """A training run."""

    title: str = setting("", "what this recipe makes")
    note: str = setting("", "what it was run on, how long it took, where its numbers come from")
    data: Data = field(default_factory=Data)
    model: Model = field(default_factory=Model)
    method: Method = field(default_factory=Method)
    pack: Pack = field(default_factory=Pack)
    train: Train = field(default_factory=Train)
    dist: Dist = field(default_factory=Dist)
    save: Save = field(default_factory=Save)
    plan: Forecast = field(default_factory=Forecast)
    push: str | None = setting(None, "push the result to this name on the Hub, ORG/name")

    @property
    def bin_tokens(self) -> int:
        return self.pack.tokens or self.data.max_tokens

    def facts(self) -> dict[str, Any]:
        """All settings as plain values."""
        tree = typing.cast(dict[str, Any], _plain(asdict(self)))
        parts = tree["data"]["configs"]
        tree["data"]["configs"] = [{key: value for key, value in part.items() if value is not None} for part in parts]
        return tree

    def decisive(self) -> dict[str, Any]:
        """The settings that decide the weights, by dotted name: those that a resumed run must share."""
        return decisive_of(self.facts())


def decisive_of(tree: Mapping[str, Any]) -> dict[str, Any]:
    """The same of settings as plain values, such as those in a run record."""
    free = {"title", "note", "push", "save", "plan", "train.log_every", "train.report_to", "train.eval_every"}
    free |= {"data.eval_rows", "data.eval_split", "model.license", "train.threads"}
    return {name: value for name, value in _flat(tree) if name not in free and name.split(".")[0] not in free}


def load_recipe(name: str, words: Sequence[str] = ()) -> tuple[Recipe, list[Renamed]]:
    """The recipe of a file, or one that comes with mulco, with `key=value` words laid over it.

    Also gives the names of 2023 that were met. Raises UsageError for whatever cannot be used, naming it.
    """
    file = find(name)
    try:
        content = yaml.safe_load(file.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as err:
        raise UsageError(f"{file.name}: not YAML: {' '.join(str(err).split())}") from err
    if not isinstance(content, Mapping):
        raise UsageError(f"{file.name}: expected a mapping with keys such as {', '.join(_names(Recipe)[2:6])}")
    renamed: list[Renamed] = []
    tree = today(content, set(_names(Recipe)), renamed)
    for key, value in read_flags(words, renamed):
        _lay(tree, key, value)
    recipe = _read(Recipe, tree, "", file.name)
    check(recipe, file.name)
    return recipe, renamed


def find(name: str) -> Path:
    """The file of a recipe: a path, or the name of one that comes with mulco."""
    if Path(name).is_file():
        return Path(name)
    packaged = RECIPES / f"{Path(name).stem}.yaml"
    if packaged.is_file() and (Path(name).name == name or Path(name).parent.name == "recipes"):
        return packaged
    known = sorted(path.stem for path in RECIPES.glob("*.yaml"))
    raise UsageError(unknown("recipe", name, known, f"Recipes that come with mulco: {', '.join(known)}; else a file"))


def settings() -> Iterator[tuple[str, str, str, str]]:
    """(dotted name, type, default, help) of every setting."""
    yield from _settings(Recipe, "")


def with_(recipe: Recipe, **changes: Any) -> Recipe:
    """The recipe with some dotted settings changed; `__` stands for the dot: `with_(r, train__lr=1e-3)`."""
    for name, value in changes.items():
        section, _, key = name.partition("__")
        recipe = replace(recipe, **{section: replace(getattr(recipe, section), **{key: value}) if key else value})
    return recipe


def check(recipe: Recipe, where: str) -> None:
    """Refuse settings that contradict each other."""
    if bool(recipe.model.name) == bool(recipe.model.init):
        raise UsageError(f"{where}: name the model with model.name=ORG/NAME, or ask for a new one with model.init=tiny")
    if not recipe.data.configs and recipe.data.path == "mulco":
        raise UsageError(f"{where}: data.configs is empty. Name configs, such as data.configs=code_search_zh")
    batch = {key: getattr(recipe.train, key) for key in ("batch_rows", "batch_tokens", "accumulation")}
    given = [f"train.{key}" for key, value in batch.items() if value is not None]
    if len(given) > 1:
        raise UsageError(f"{where}: {' and '.join(given)} both say how large a step is; keep one of them")
    for part in recipe.data.configs:
        if len(part.mix) > 1:
            raise UsageError(f"{where}: {part.config}: at most one of rows, fraction, tokens; found {len(part.mix)}")
        if part.fraction is not None and not 0 < part.fraction <= 1:
            raise UsageError(f"{where}: {part.config}: fraction is above 0 and at most 1, not {part.fraction}")
    if recipe.pack.mode == "pack" and recipe.bin_tokens < recipe.data.max_tokens:
        raise UsageError(
            f"{where}: pack.tokens={recipe.pack.tokens} is less than data.max_tokens={recipe.data.max_tokens}, so the "
            "longest rows fit into no bin. Raise the first or lower the second"
        )
    if recipe.method.kind == "qlora" and recipe.dist.deepspeed and "zero3" in recipe.dist.deepspeed:
        raise UsageError(f"{where}: four-bit weights cannot be sharded by ZeRO-3. Use method.kind=lora or zero2")
    if recipe.dist.deepspeed and recipe.train.precision == "bf16_pure":
        raise UsageError(f"{where}: under DeepSpeed weights are bf16 with fp32 copies already: train.precision=bf16")
    if recipe.model.init and (
        recipe.model.hidden % recipe.model.heads or (recipe.model.hidden // recipe.model.heads) % 2
    ):
        raise UsageError(f"{where}: model.hidden has to be an even multiple of model.heads")  # fmt: skip
    deepspeed_file(recipe)


def deepspeed_file(recipe: Recipe) -> Path | None:
    """The DeepSpeed config a recipe names: one that comes with mulco, or a file."""
    name = recipe.dist.deepspeed
    if name is None:
        return None
    for file in (DEEPSPEED / f"{name}.json", Path(name)):
        if file.is_file():
            return file
    known = sorted(path.stem for path in DEEPSPEED.glob("*.json"))
    raise UsageError(unknown("DeepSpeed config", name, known, f"Choose {', '.join(known)}, or name a JSON file"))


def _lay(tree: dict[str, Any], key: str, value: Any) -> None:
    """Put one dotted setting into the tree."""
    node = tree
    *sections, last = key.split(".")
    for section in sections:
        below = node.setdefault(section, {})
        if not isinstance(below, dict):
            raise UsageError(f"{key}: {section} is one setting, it has nothing below it. All settings: {HINT}")
        node = below
    node[last] = value


HINT = "mulco train --settings"


def _read(cls: type, given: Any, prefix: str, where: str) -> Any:
    """An instance of a dataclass from a mapping, with every value checked and converted."""
    if given is None:
        given = {}
    if not isinstance(given, Mapping):
        raise UsageError(f"{where}: {prefix.rstrip('.')} holds several settings, found {given!r}. All settings: {HINT}")
    hints = typing.get_type_hints(cls)
    known = {item.name: item for item in fields(cls)}
    values: dict[str, Any] = {}
    for key, value in given.items():
        if key not in known:
            raise UsageError(f"{where}: {_refusal(str(key), prefix, known)}")
        name = f"{prefix}{key}"
        if is_dataclass(hints[key]):
            values[key] = _read(typing.cast(type, hints[key]), value, f"{name}.", where)
        elif key == "configs":
            values[key] = tuple(_part(entry, name, where) for entry in _listed(value))
        else:
            values[key] = _value(hints[key], value, name, where)
            _bounds(values[key], known[key].metadata, name, where)
    return cls(**values)


def _refusal(key: str, prefix: str, known: Iterable[str]) -> str:
    """Near matches for an unknown key: among its neighbours, else among all settings."""
    every = [name for name, *_ in settings()]
    elsewhere = [name for name in every if name.rpartition(".")[2] == key]
    hint = f"All settings: {HINT}"
    if elsewhere:
        return f"no setting {prefix + key!r}. Close matches: {', '.join(elsewhere)}. {hint}"
    if not prefix:
        return unknown("setting", key, [*known, *every], hint)
    close = ", ".join(prefix + name for name in difflib.get_close_matches(key, list(known)))
    near = f"Close matches: {close}" if close else f"Below {prefix[:-1]} are: {', '.join(known)}"
    return f"no setting {prefix + key!r}. {near}. {hint}"


def _part(entry: Any, name: str, where: str) -> Part:
    if isinstance(entry, str):
        return Part(entry)
    part: Part = _read(Part, entry, f"{name}.", where)
    if not part.config and not part.path:
        raise UsageError(f"{where}: {name}: an entry names its config, such as {{config: code_qa_en, rows: 100}}")
    return part


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    if isinstance(value, str):
        return [text.strip() for text in value.split(",") if text.strip()]
    return list(value) if isinstance(value, list | tuple) else [value]


def _value(hint: Any, value: Any, name: str, where: str) -> Any:
    """A plain value as its type wants it. PyYAML reads 2e-5 as text and `no` as false, so both are looked at again."""
    options = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
    if value is None or (value == "null" and type(None) in options):
        if type(None) in options:
            return None
        raise UsageError(f"{where}: {name} needs a value")
    kind = next(option for option in options if option is not type(None))
    if typing.get_origin(kind) is tuple:
        return tuple(str(entry) for entry in _listed(value))
    if kind is str and value is False:
        return "no"  # YAML's reading of a bare no
    if kind is bool and isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if kind is float and isinstance(value, int | float | str) and not isinstance(value, bool):
        with _Refused(f"{where}: {name} is a number, not {value!r}"):
            return float(value)
    if kind is int and isinstance(value, str | float) and not isinstance(value, bool):
        with _Refused(f"{where}: {name} is a whole number, not {value!r}"):
            if float(value) == int(float(value)):
                return int(float(value))
        raise UsageError(f"{where}: {name} is a whole number, not {value!r}")
    if kind is str and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if type(value) is not kind:
        words = {str: "a text", int: "a whole number", bool: "true or false", float: "a number"}
        raise UsageError(f"{where}: {name} is {words[kind]}, not {value!r}")
    return value


class _Refused:
    """Turns a ValueError inside into a UsageError with these words."""

    def __init__(self, words: str) -> None:
        self.words = words

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ValueError | OverflowError):
            raise UsageError(self.words) from error


def _bounds(value: Any, metadata: Mapping[str, Any], name: str, where: str) -> None:
    choices, least = metadata.get("choices"), metadata.get("least")
    if choices and value is not None and value not in choices:
        raise UsageError(f"{where}: {unknown(name, str(value), choices, 'Choose one of: ' + ', '.join(choices))}")
    if least is not None and value is not None and value < least:
        raise UsageError(f"{where}: {name} is at least {least:g}, not {value}")


def _names(cls: type) -> list[str]:
    return [item.name for item in fields(cls)]


def _settings(cls: type, prefix: str) -> Iterator[tuple[str, str, str, str]]:
    hints = typing.get_type_hints(cls)
    for item in fields(cls):
        if is_dataclass(hints[item.name]):
            yield from _settings(typing.cast(type, hints[item.name]), f"{prefix}{item.name}.")
            continue
        kind = item.metadata["choices"] or str(getattr(hints[item.name], "__name__", hints[item.name]))
        words = " | ".join(kind) if isinstance(kind, tuple) else _words(hints[item.name])
        default = "null" if item.default is None else _text(item.default)
        yield f"{prefix}{item.name}", words, default, item.metadata["help"]


def _words(hint: Any) -> str:
    options = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
    kind = options[0]
    if typing.get_origin(kind) is tuple:
        return "list"
    return {str: "text", int: "whole number", float: "number", bool: "true | false"}[kind]


def _text(default: Any) -> str:
    if isinstance(default, tuple):
        return ", ".join(map(str, default)) or "[]"
    return str(default).lower() if isinstance(default, bool) else f"{default}"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(below) for key, below in value.items()}
    return [_plain(below) for below in value] if isinstance(value, list | tuple) else value


def _flat(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value
