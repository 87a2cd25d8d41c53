"""The model card: README.md and README_zh.md of a trained model, from its run record and evaluation results alone.

    write_card(Path("out/model"))                      # reads run.json and results/*.json in that folder
    write_card(Path("out/model"), name="ORG/coder")    # the name that from_pretrained takes

What was not measured is called not measured, and a model that has seen only the starter says so first.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import yaml

from mulco.cards.header import STARTER, front_matter
from mulco.cards.licenses import HUB, hub_license, is_unknown, license_table, linked
from mulco.cards.page import CARDS, LICENSE, Page, write_text
from mulco.cards.results import Result, model_index, results_of
from mulco.errors import MulcoError
from mulco.identity import file_digest
from mulco.licenses import UNKNOWN, terms
from mulco.prompts import ALPACA

HERE = "."  # the name a card loads its model by, while it has none on the Hub
RUN = "run.json"
CURVE = "loss.png"
POINTS = 10  # of a loss curve without a picture
# The settings of a recipe that a reader asks for first; the whole recipe is in run.json.
SHOWN = {
    "data": ("prompt", "max_tokens", "overlong"),
    "method": ("kind", "r", "alpha", "dropout", "targets"),
    "pack": ("mode", "tokens"),
    "train": ("epochs", "max_steps", "batch_rows", "batch_tokens", "accumulation", "device_batch", "lr", "scheduler",
              "warmup", "weight_decay", "max_grad_norm", "optimizer", "beta2", "precision", "seed"),
    "dist": ("deepspeed",),
}  # fmt: skip


def load_run(folder: Path) -> dict[str, Any]:
    """The run record of a model folder; raises MulcoError where it is missing or damaged."""
    try:
        run = json.loads((folder / RUN).read_text("utf-8"))
        missing = [part for part in ("model", "data", "hardware", "training", "recipe", "mulco") if part not in run]
        if missing:
            raise ValueError(f"without {', '.join(missing)}")
    except FileNotFoundError as err:
        raise MulcoError(f"{folder}: no {RUN}, so not a model trained by mulco. Train one: mulco train") from err
    except (ValueError, TypeError) as err:
        raise MulcoError(f"{folder / RUN}: damaged ({err}). It cannot be written anew without training again") from err
    return dict(run)


def write_card(folder: Path, name: str = HERE) -> list[str]:
    """Write the cards into a model folder; returns the names of the files."""
    pages = render(folder, name)
    for file, page in pages.items():
        write_text(folder / file, page.text)
    return list(pages)


def render(folder: Path, name: str = HERE) -> dict[str, Page]:
    """The pages of a model folder by file name, with LICENSE.md where no one licence says it all."""
    run = load_run(folder)
    own, base = results_of(folder, run)
    pages = {}
    for file, language in CARDS.items():
        page = pages[file] = Page(language)
        if language == "en":
            page.add(front_matter(header(run, own, name)).rstrip("\n"), "")
        _Card(page, folder, run, own, base, name).write()
    if model_license(run).get("license_link") == LICENSE:
        page = pages[LICENSE] = Page("en")
        page.add("# Licences", "")
        _Card(page, folder, run, own, base, name).licenses()
    return pages


def files_problems(folder: Path, run: dict[str, Any]) -> Iterator[str]:
    """What of the files in a model folder differs from what its run record says."""
    for file in run.get("files", ()):
        path = folder / file["path"]
        if not path.is_file():
            yield f"{file['path']}: the file is missing"
        elif path.stat().st_size != file["bytes"]:
            yield f"{file['path']}: a count differs: {path.stat().st_size:,} bytes, {RUN} has {file['bytes']:,}"
        elif file_digest(path) != file["sha256"]:
            yield f"{file['path']}: a hash differs: the bytes are not those {RUN} names"


def header(run: dict[str, Any], own: list[Result], name: str) -> dict[str, Any]:
    """The YAML header of a model card."""
    model, base = run["model"], hub_name(run["model"])
    languages = sorted({language for part in run["data"] for language in part.get("languages", {})})
    metrics = sorted({metric["name"] for result in own for metric in result["metrics"]})
    datasets = list(dict.fromkeys(part["path"] for part in run["data"] if _on_hub(part["path"], part.get("revision"))))
    index = model_index(title(run, name), own)
    return {
        **({"language": languages} if languages else {}),
        **model_license(run),
        "library_name": "peft" if model["relation"] == "adapter" else "transformers",
        "pipeline_tag": "text-generation",
        **({"base_model": base, "base_model_relation": model["relation"]} if base else {}),
        **({"datasets": datasets} if datasets else {}),
        **({"metrics": metrics} if metrics else {}),
        "tags": ["code", "instruction-tuning", "mulco"],
        **({"model-index": index} if index else {}),
    }


def title(run: dict[str, Any], name: str) -> str:
    """The model's name: that of its repository, else what the recipe calls it."""
    return name.rpartition("/")[2] if name != HERE else run["recipe"].get("title") or "A model trained with mulco"


def hub_name(model: dict[str, Any]) -> str | None:
    """The base model's name on the Hub; None for a folder or for weights that began at random."""
    name = model.get("name_or_path")
    return name if name and not model.get("init") and _on_hub(name, model.get("revision")) else None


def model_license(run: dict[str, Any]) -> dict[str, str]:
    """The licence fields of the header: the base's where all rows are permissive, else what base and rows share."""
    data, base = data_licenses(run), base_license(run)
    permissive = all(not is_unknown(name) and terms(name).commercial and not terms(name).share_alike for name in data)
    if base is not None and permissive:
        return hub_license({base: 1}) if base in HUB else {**hub_license({base: 1}), "license_name": base.lower()}
    return hub_license({**data, **({base: 0} if base is not None else {})})


def data_licenses(run: dict[str, Any]) -> dict[str, int]:
    """Training rows by licence, over all configs."""
    total: Counter[str] = Counter()
    for part in run["data"]:
        total.update(part.get("licenses", {}))
    return dict(total)


def base_license(run: dict[str, Any]) -> str | None:
    """The base model's licence, by its SPDX id where it has one; None where there is no base."""
    if run["model"].get("init"):
        return None
    stated = run["model"].get("license") or UNKNOWN
    return {hub: spdx for spdx, hub in reversed(HUB.items())}.get(stated, stated)


class _Card:
    """The sections of one page, in the order of the page."""

    def __init__(
        self, page: Page, folder: Path, run: dict[str, Any], own: list[Result], base: list[Result], name: str
    ) -> None:
        self.page, self.folder, self.run, self.own, self.base, self.name = page, folder, run, own, base, name
        self.model, self.training = run["model"], run["training"]
        self.rows = sum(part["rows"] for part in run["data"])

    def write(self) -> None:
        self.what()
        self.use()
        self.results()
        self.data()
        self.licenses()
        self.recipe()
        self.curve()
        self.limits()
        self.again()

    def what(self) -> None:
        page, number = self.page, self.page.number
        page.add(f"# {page.quote(title(self.run, self.name))}", "")
        page.add(page.say("English | [简体中文](README_zh.md)", "[English](README.md) | 简体中文"), "")
        configs = page.join(f"`{part['config']}`" for part in _unique_configs(self.run["data"]))
        tokens = number(self.training["tokens"])
        page.add(
            page.say(
                f"{self._relation()}, trained with mulco {page.quote(self.run['mulco'])} on {number(self.rows)} rows of "
                f"{configs}: {tokens} tokens in {number(self.training['steps'])} steps.",
                f"{self._relation()}，用 mulco {page.quote(self.run['mulco'])} 在 {configs} 的 {number(self.rows)} 行数据上"
                f"训练了 {number(self.training['steps'])} 步，共 {tokens} 个 token。",
            ),
            "",
        )
        if self._starter_only():
            page.add(
                page.say(
                    "**Trained on the starter corpus only**: a few dozen functions written to try mulco out. It shows "
                    "that training works; it is no model to use.",
                    "**只用自带语料训练**，也就是为试用 mulco 而写的几十个函数。它只能说明训练流程走得通，不能当作可用的模型。",
                ),
                "",
            )

    def _relation(self) -> str:
        page, model = self.page, self.model
        size = page.number(model["parameters"])
        trained = page.number(model["trainable_parameters"])
        if model.get("init"):
            return page.say(
                f"A model of {size} parameters that began with random weights",
                f"从随机权重开始训练的模型，共 {size} 个参数",
            )
        base = hub_name(model)
        revision = f" (`{model['revision'][:12]}`)" if base else ""
        of = f"[{base}](https://huggingface.co/{base}){revision}" if base else f"`{_last(model['name_or_path'])}`"
        kinds = {
            "adapter": page.say(f"A LoRA adapter ({trained} parameters) for {of}", f"{of} 的 LoRA 适配器（{trained} 个参数）"),
            "quantized": page.say(f"A quantized form of {of}", f"{of} 的量化版本"),
            "merge": page.say(f"{of} with a LoRA adapter merged in ({size} parameters)", f"并入 LoRA 适配器的 {of}（{size} 个参数）"),
        }
        full = page.say(f"{of}, all {size} parameters fine-tuned", f"{of} 的全参数微调版本（{size} 个参数）")
        return kinds.get(model["relation"], full)

    def _starter_only(self) -> bool:
        sources = {source for part in self.run["data"] for source in part.get("sources", {})}
        return sources == {STARTER}

    def use(self) -> None:
        page = self.page
        page.section("How to run it", "怎样运行")
        chat = self.run["recipe"].get("data", {}).get("prompt") == "chat"
        chinese = any("zh" in part.get("languages", {}) for part in self.run["data"])
        english = any("en" in part.get("languages", {}) for part in self.run["data"])
        ask = "zh" if chinese and (page.language == "zh" or not english) else "en"
        here = page.say('  # "." is this folder', '  # "." 就是本目录') if self.name == HERE else ""
        page.code("python", _snippet(self.name, chat, ask, here))
        if self.model["relation"] == "adapter":
            page.add(
                page.say(
                    "`peft` has to be installed: transformers then loads the base model and puts the adapter on it.",
                    "需要安装 `peft`：transformers 会先加载基座模型，再套上适配器。",
                )
            )
        page.add(
            page.say(
                "It was trained on prompts of exactly this form; another form asks it for what it has not learned.",
                "训练时用的就是这种格式的提示；换成别的格式，等于问它没有学过的东西。",
            )
        )

    def results(self) -> None:
        page = self.page
        page.section("Results", "评测结果")
        if not self.own:
            page.add(page.say("Not measured.", "未测量。"))
            return
        base = {_place(result, metric): metric for result in self.base for metric in result["metrics"]}
        head = page.say("task|data|metric|this model|base model|n", "任务|数据|指标|本模型|基座模型|n")
        page.table(
            head.split("|"),
            (
                [f"`{result['task']}`", self._where(result), page.quote(metric["name"]), self._value(metric),
                 self._value(base.get(_place(result, metric))), page.number(metric.get("n") or result.get("n") or 0)]
                for result in self.own
                for metric in result["metrics"]
            ),
            right=3,
        )  # fmt: skip
        page.add(
            page.say(
                "In brackets: the 95% interval. How answers were sampled, read and scored is in `results/`."
                if self._intervals()
                else "No intervals were computed. How answers were sampled, read and scored is in `results/`.",
                "方括号内是 95% 置信区间。答案怎样采样、读取和评分，见 `results/`。"
                if self._intervals()
                else "没有计算置信区间。答案怎样采样、读取和评分，见 `results/`。",
            )
        )
        page.known.add("95%")
        unread = [r for r in self.own if r.get("unparsed_rate")]
        for result in unread:
            share = page.quote(f"{100 * result['unparsed_rate']:.1f}%")
            page.add(
                page.say(
                    f"- {self._where(result)}: no answer could be read in {share} of the outputs; they count as wrong.",
                    f"- {self._where(result)}：有 {share} 的输出读不出答案，一律算错。",
                )
            )
        if not self.base:
            page.add(
                page.say("The base model was not measured.", "基座模型未测量。")
                if not self.model.get("init")
                else page.say("There is no base model to compare with.", "没有可以对比的基座模型。")
            )

    def _intervals(self) -> bool:
        return any(metric.get("low") is not None for result in self.own for metric in result["metrics"])

    def _where(self, result: Result) -> str:
        parts = [str(result[key]) for key in ("suite", "config", "split") if result.get(key)]
        return self.page.join(f"`{part}`" for part in dict.fromkeys(parts))

    def _value(self, metric: dict[str, Any] | None) -> str:
        if metric is None or metric["value"] is None:
            return self.page.say("not measured", "未测量")
        value = self.page.number(metric["value"], 3)
        if metric.get("low") is None:
            return value
        low, high = (self.page.number(metric[bound], 3) for bound in ("low", "high"))
        return f"{value} [{low}, {high}]"

    def data(self) -> None:
        page, number = self.page, self.page.number
        page.section("Training data", "训练数据")
        head = page.say("config|data set|revision|split|rows|tokens|answer tokens",
                        "配置|数据集|版本|划分|行数|token 数|答案 token 数")  # fmt: skip
        page.table(
            head.split("|"),
            (
                [f"`{part['config']}`", _data_set(part), f"`{_revision(part)}`", f"`{part['split']}`", number(part["rows"]),
                 number(part["tokens"]), number(part["answer_tokens"])]
                for part in self.run["data"]
            ),
            right=3,
        )  # fmt: skip
        page.add(
            page.say(
                "The loss is taken on answer tokens alone. The revision is a commit on the Hub, else the fingerprint of "
                "the rows; `run.json` has both, and the identity.",
                "损失只计答案部分的 token。版本一栏是 Hub 上的提交，没有提交时是数据的指纹；两者连同标识都记在 `run.json` 里。",
            )
        )
        dropped: Counter[str] = Counter()
        for part in self.run["data"]:
            dropped.update(part.get("dropped", {}))
        if sum(dropped.values()):
            reasons = page.join(f"`{name}` {number(n)}" for name, n in sorted(dropped.items()) if n)
            page.add(page.say(f"Rows left out before training: {reasons}.", f"训练前剔除的行：{reasons}。"))
        sources: Counter[str] = Counter()
        for part in self.run["data"]:
            sources.update(part.get("sources", {}))
        named = page.join(f"`{name}` {number(n)}" for name, n in sources.most_common())
        if named:
            page.add(page.say(f"Rows by source: {named}.", f"各来源的行数：{named}。"))

    def licenses(self) -> None:
        page = self.page
        data, base = data_licenses(self.run), base_license(self.run)
        if not (page.lines and page.lines[0] == "# Licences"):
            page.section("Licences", "许可证")
        page.add(*(f"- {sentence}" for sentence in _consequences(page, base, data)), "")
        license_table(page, data)
        page.add(page.say("This is no legal advice.", "以上不构成法律意见。"))

    def recipe(self) -> None:
        page, number, training = self.page, self.page.number, self.training
        page.section("How it was trained", "怎样训练")
        chosen = {
            part: {k: v for k in names if (v := self.run["recipe"].get(part, {}).get(k)) is not None}
            for part, names in SHOWN.items()
        }
        if self.run["recipe"].get("method", {}).get("kind", "full") == "full":
            chosen["method"] = {k: v for k, v in chosen["method"].items() if k == "kind"}
        chosen = {part: values for part, values in chosen.items() if values}
        page.code("yaml", yaml.safe_dump(chosen, sort_keys=False, allow_unicode=True))
        hardware, packing = self.run["hardware"], training.get("packing") or {}
        peak = hardware.get("peak_memory_bytes")
        rows = [
            (page.say("steps, epochs", "步数、轮数"), f"{number(training['steps'])}{page.say(', ', '、')}{number(training['epochs'], 2)}"),
            (page.say("tokens, of them answers", "token 数、其中答案"),
             f"{number(training['tokens'])}{page.say(', ', '、')}{number(training['answer_tokens'])}"),
            (page.say("time", "用时"), page.say(f"{number(training['seconds'], 1)} s", f"{number(training['seconds'], 1)} 秒")),
            (page.say("tokens a second", "每秒 token 数"), number(training["tokens_per_second"], 1)),
            (page.say("device, processes", "设备、进程数"),
             f"{page.quote(str(hardware.get('gpu') or hardware.get('cpu') or hardware['device']))}"
             f"{page.say(', ', '、')}{number(hardware['world_size'])}"),
            (page.say("peak memory", "内存峰值"),
             page.say("not measured", "未测量") if peak is None else f"{number(peak / 1e9, 2)} GB"),
        ]  # fmt: skip
        if packing.get("fill") is not None:
            filled = page.quote(f"{100 * packing['fill']:.1f}%")
            rows.append((page.say("packing, share of real tokens", "拼接方式、有效 token 占比"),
                         f"{page.quote(packing['mode'])}{page.say(', ', '、')}{filled}"))  # fmt: skip
        page.table([page.say("what", "项目"), page.say("measured", "实测")], rows)
        versions = page.join(f"{name} {version}" for name, version in sorted(self.run.get("versions", {}).items()))
        page.add(page.say("The whole recipe is in `run.json`.", "完整的配方在 `run.json` 里。"))
        if versions:
            page.add(page.say(f"Versions: {page.quote(versions)}.", f"各软件版本：{page.quote(versions)}。"))

    def curve(self) -> None:
        page, number = self.page, self.page.number
        losses, held_out = self.training.get("loss") or [], self.training.get("eval_loss") or []
        page.section("Loss", "损失曲线")
        if (self.folder / CURVE).is_file():
            page.add(f"![{page.say('Loss by step', '各步的损失')}]({CURVE})", "")
        by_step = {point["step"]: number(point["loss"], 4) for point in held_out}
        kept = _spread(losses, POINTS)
        steps = sorted({point["step"] for point in kept} | by_step.keys())
        trained = {point["step"]: number(point["loss"], 4) for point in losses}
        head = page.say("step|training loss|held-out loss", "步|训练损失|验证损失").split("|")
        page.table(head, ([number(s), trained.get(s, ""), by_step.get(s, "")] for s in steps), right=3)
        if not steps:
            page.add(page.say("Not recorded.", "没有记录。"))
        elif not by_step:
            page.add(page.say("Held-out loss: not measured.", "验证损失：未测量。"))

    def limits(self) -> None:
        page = self.page
        page.section("Limits", "局限")
        if self._starter_only():
            page.add(
                page.say(
                    "- It has seen the starter corpus alone and knows next to nothing beyond it.",
                    "- 只见过自带语料，除此之外几乎一无所知。",
                )
            )
        page.add(
            page.say(
                "- Its answers can be wrong, insecure or copied from training data. Read code before you run it.",
                "- 回答可能出错，可能不安全，也可能照抄训练数据。代码请先读过再运行。",
            ),
            page.say(
                "- Not measured: security of the code, harmful answers, memorised training data, other languages than "
                "those of the rows.",
                "- 未测量：代码的安全性、有害回答、对训练数据的记忆，以及训练数据之外的语言。",
            ),
            page.say(
                "- Whether training rows repeat the evaluation sets is said by the card of the data set.",
                "- 训练数据是否与评测集重复，见数据集的卡片。",
            ),
        )

    def again(self) -> None:
        page = self.page
        page.section("Train it again", "重新训练")
        page.add(
            page.say(
                "With the recipe of `run.json` as a file, the versions above and the same rows:",
                "把 `run.json` 里的配方存成文件，用上面的软件版本和相同的数据：",
            )
        )
        page.code("sh", without_paths(self.run.get("command") or "mulco train --config RECIPE.yaml"))
        files = self.run.get("files", ())
        if files:
            head = page.say("file|sha256|bytes", "文件|sha256|字节数")
            rows = ([f"`{f['path']}`", f"`{f['sha256'][:16]}`", page.number(f["bytes"])] for f in files)
            page.add(
                page.say(
                    "`mulco check --card` compares these files; the digests are shortened here.",
                    "`mulco check --card` 会核对下列文件，摘要在这里只列开头。",
                )
            )
            page.known.add("sha256")
            page.table(head.split("|"), rows, right=1)


def without_paths(command: str) -> str:
    """A command without what only this machine has: of an absolute path the last part stays."""
    return re.sub(r"(?<![\w.:/])(?:/|[A-Za-z]:[\\/])[^\s'\"]*", lambda found: _last(found[0]), command)


def _snippet(name: str, chat: bool, language: str, here: str) -> str:
    """A program that asks the model one question in the form it was trained on."""
    question = {"en": "Write a Python function that reverses a string.", "zh": "用 Python 写一个反转字符串的函数。"}[language]
    if chat:
        ask = [
            f'messages = [{{"role": "user", "content": "{question}"}}]',
            'inputs = tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_tensors="pt", return_dict=True)',
        ]
    else:
        prompt = ALPACA[language, False].format(instruction=question)
        ask = [
            "prompt = " + json.dumps(prompt, ensure_ascii=False),
            'inputs = tokenizer(prompt, return_tensors="pt", return_token_type_ids=False)',
        ]
    return "\n".join([
        "from transformers import AutoModelForCausalLM, AutoTokenizer",
        "",
        f'tokenizer = AutoTokenizer.from_pretrained("{name}"){here}',
        f'model = AutoModelForCausalLM.from_pretrained("{name}")',
        *ask,
        "answer = model.generate(**inputs, max_new_tokens=128)[0][inputs[\"input_ids\"].shape[1]:]",
        "print(tokenizer.decode(answer, skip_special_tokens=True))",
    ])  # fmt: skip


def _consequences(page: Page, base: str | None, data: dict[str, int]) -> Iterator[str]:
    """What base and data together ask of whoever uses the weights."""
    total = sum(data.values())
    groups = {
        "unknown": sum(n for name, n in data.items() if is_unknown(name)),
        "limited": sum(n for name, n in data.items() if not is_unknown(name) and not terms(name).commercial),
        "alike": sum(n for name, n in data.items() if not is_unknown(name) and terms(name).share_alike),
    }
    share = {name: f"{page.number(n)} ({page.share(n, total)})" for name, n in groups.items() if n}
    share_zh = {name: f"{page.number(n)} 行（{page.share(n, total)}）" for name, n in groups.items() if n}
    if base is None:
        yield page.say("There is no base model, so only the training rows bring licences.", "没有基座模型，许可证只来自训练数据。")
    elif is_unknown(base):
        name = page.quote(base)
        yield page.say(
            f"The base model's licence ({name}) is not one mulco knows: read it, its terms hold for these weights as well.",
            f"基座模型的许可证（{name}）mulco 不认识：请先读一读，它的条款同样适用于这些权重。",
        )
    else:
        more = "" if terms(base).commercial else page.say(", which forbids commercial use", "，不得商用")
        yield page.say(
            f"The base model is under {linked(page, base)}{more}; its terms hold for these weights as well.",
            f"基座模型采用 {linked(page, base)}{more}；它的条款同样适用于这些权重。",
        )
    if "unknown" in share:
        yield page.say(
            f"{share['unknown']} of the training rows have a licence that is not known in full: nobody has said that "
            "models may be trained on them.",
            f"训练数据中有 {share_zh['unknown']}的许可证不明或不全：没有人说过可以用它们训练模型。",
        )
    if "limited" in share:
        yield page.say(
            f"{share['limited']} of the training rows are not for commercial use. Whether such terms reach the weights is "
            "not settled; to be safe, do not use this model commercially.",
            f"训练数据中有 {share_zh['limited']}不得商用。这类条款是否及于权重尚无定论；稳妥起见，请不要将本模型用于商业用途。",
        )
    if "alike" in share:
        yield page.say(
            f"{share['alike']} of the training rows are share-alike. Whether weights are an adaptation of them is not "
            "settled; output that repeats such a row carries its licence.",
            f"训练数据中有 {share_zh['alike']}要求相同方式共享。权重算不算其改编尚无定论；如果输出照搬了这样的内容，则须沿用其许可证。",
        )
    if not share:
        yield page.say(
            "All training rows are under permissive licences: nothing in them forbids commercial use. Keep their notices.",
            "训练数据全部采用宽松许可证，没有禁止商用的条款。请保留其声明。",
        )


def _place(result: Result, metric: dict[str, Any]) -> tuple[Any, ...]:
    return result.get("suite"), result["task"], result.get("config"), result.get("split"), metric["name"]


def _unique_configs(data: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({part["config"]: part for part in data}.values())


def _data_set(part: dict[str, Any]) -> str:
    if _on_hub(part["path"], part.get("revision")):
        return f"[{part['path']}](https://huggingface.co/datasets/{part['path']})"
    return f"`{_last(part['path'])}`"


def _revision(part: dict[str, Any]) -> str:
    return str(part.get("revision") or part.get("fingerprint") or part.get("identity") or "-")[:16]


def _on_hub(name: str, revision: str | None) -> bool:
    """Whether a name is one on the Hub: those are recorded with the commit they stood at, folders are not."""
    return bool(revision) and re.fullmatch(r"[\w-][\w.-]*(/[\w.-]+)?", name) is not None


def _last(path: str) -> str:
    return PureWindowsPath(path).name if "\\" in path else PurePosixPath(path).name or path


def _spread(points: list[dict[str, Any]], most: int) -> list[dict[str, Any]]:
    """At most so many points, evenly over the curve, the first and the last among them."""
    if len(points) <= most:
        return points
    return [points[round(i * (len(points) - 1) / (most - 1))] for i in range(most)]
