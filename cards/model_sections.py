"""The sections of a model card: what it is, how to run it, results beside the base's, data, licences, limits."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from mulco.cards.facts import ModelCard
from mulco.cards.licenses import is_unknown, license_table, linked
from mulco.cards.page import Page
from mulco.cards.results import Result
from mulco.cards.run import HERE, base_license, data_licenses, hub_name, last_part, on_hub, title
from mulco.licenses import terms
from mulco.prompts import ALPACA

QUESTION = {"en": "Write a Python function that reverses a string.", "zh": "用 Python 写一个反转字符串的函数。"}


def what(card: ModelCard) -> None:
    page, number = card.page, card.page.number
    page.add(f"# {page.quote(title(card.run, card.name))}", "")
    page.tell("English | [简体中文](README_zh.md)", "[English](README.md) | 简体中文")
    names = (part["config"] or last_part(part["path"]) for part in card.run["data"])
    configs = page.join(f"`{name}`" for name in dict.fromkeys(names))
    version, rows = page.quote(card.run["mulco"]), number(sum(part["rows"] for part in card.run["data"]))
    steps, tokens = number(card.training["steps"]), number(card.training["tokens"])
    page.tell(
        f"{_relation(card)}, trained with mulco {version} on {rows} rows of {configs}: {tokens} tokens in {steps} "
        "steps.",
        f"{_relation(card)}，由 mulco {version} 训练，数据是 {configs} 的 {rows} 行，"
        f"共 {steps} 步、{tokens} 个 token。",
    )
    if card.starter_only:
        page.tell(
            "**Trained on the starter corpus only**: a few dozen functions written to try mulco out. It shows that "
            "training works; it is no model to use.",
            "**只用自带语料训练**，也就是为试用 mulco 而写的几十个函数。它只能说明训练流程走得通，不能当作可用的模型。",
        )


def _relation(card: ModelCard) -> str:
    page, model = card.page, card.model
    size, trained = page.number(model["parameters"]), page.number(model["trainable_parameters"])
    base = hub_name(model)
    if model.get("init"):
        words = page.say(
            f"A model of {size} parameters, begun with random weights", f"从随机权重开始的模型（{size} 个参数）"
        )
        return str(words)
    of = f"`{last_part(str(model['name_or_path']))}`"
    if base is not None:
        of = f"[{base}](https://huggingface.co/{base}) (`{model['revision'][:12]}`)"
    kinds = {
        "adapter": (f"A LoRA adapter of {trained} parameters for {of}", f"{of} 的 LoRA 适配器（{trained} 个参数）"),
        "quantized": (f"{of}, quantized", f"{of} 的量化版本"),
        "merge": (f"{of} with a LoRA adapter merged in", f"并入 LoRA 适配器的 {of}"),
    }
    full = (f"{of}, all {size} parameters fine-tuned", f"{of} 的全参数微调版本（{size} 个参数）")
    return str(page.say(*kinds.get(model["relation"], full)))


def use(card: ModelCard) -> None:
    page, languages = card.page, card.rows("languages")
    page.section("How to run it", "怎样运行")
    asked = page.language if page.language in languages else next(iter(languages), "en")
    here = page.say('  # "." is this folder', '  # "." 就是本目录') if card.name == HERE else ""
    page.code("python", _program(card.name, card.run["recipe"].get("data", {}).get("prompt"), asked, here))
    if card.model["relation"] == "adapter":
        page.tell(
            "`peft` has to be installed: transformers then loads the base model and puts the adapter on it.",
            "需要安装 `peft`：transformers 会先加载基座模型，再套上适配器。",
        )
    page.tell(
        "It was trained on prompts of exactly this form; another form asks it for what it has not learned.",
        "训练时用的就是这种格式的提示；换成别的格式，等于问它没有学过的东西。",
    )


def _program(name: str, prompt: str | None, language: str, here: str) -> str:
    """A program that asks the model one question in the form it was trained on."""
    if prompt == "chat":
        ask = [
            "messages = " + json.dumps([{"role": "user", "content": QUESTION[language]}], ensure_ascii=False),
            "inputs = tokenizer.apply_chat_template(",
            '    messages, add_generation_prompt=True, return_tensors="pt", return_dict=True',
            ")",
        ]
    else:
        text = ALPACA[language, False].format(instruction=QUESTION[language])
        ask = [
            "prompt = " + json.dumps(text, ensure_ascii=False),
            'inputs = tokenizer(prompt, return_tensors="pt", return_token_type_ids=False)',
        ]
    program = [
        "from transformers import AutoModelForCausalLM, AutoTokenizer",
        "",
        f'tokenizer = AutoTokenizer.from_pretrained("{name}"){here}',
        f'model = AutoModelForCausalLM.from_pretrained("{name}")',
        *ask,
        'asked = inputs["input_ids"].shape[1]',
        "answer = model.generate(**inputs, max_new_tokens=128)[0][asked:]",
        "print(tokenizer.decode(answer, skip_special_tokens=True))",
    ]
    return "\n".join(program)


def results(card: ModelCard) -> None:
    page = card.page
    page.section("Results", "评测结果")
    if not card.own:
        page.tell("Not measured.", "未测量。")
        return
    compared = not card.model.get("init")  # weights that began at random have nothing to stand beside
    base = {_place(result, metric): metric for result in card.base for metric in result["metrics"]}
    rows = [
        [
            f"`{result['task']}`",
            _where(page, result),
            f"`{metric['name']}`",
            _value(page, metric),
            *([_value(page, base.get(_place(result, metric)))] if compared else []),
            page.number(metric.get("n") or result["n"]),
        ]
        for result in card.own
        for metric in result["metrics"]
    ]
    head = page.say("task|data|metric|this model|base model|n", "任务|数据|指标|本模型|基座模型|n").split("|")
    page.table(head if compared else [*head[:4], head[5]], rows, right=3 if compared else 2)
    intervals = any(metric.get("low") is not None for result in card.own for metric in result["metrics"])
    page.tell(
        f"{'In brackets: the interval of the metric.' if intervals else 'No intervals were computed.'} How answers "
        "were sampled, read and scored is in `results/`.",
        f"{'方括号内是指标的区间。' if intervals else '没有计算区间。'}答案怎样采样、读取和评分，见 `results/`。",
    )
    if not card.base:
        page.add(
            page.say("There is no base model to compare with.", "没有可以对比的基座模型。")
            if card.model.get("init")
            else page.say("The base model was not measured.", "基座模型未测量。")
        )
    for result in card.own:
        if result.get("unparsed_rate"):
            share = page.quote(f"{100 * result['unparsed_rate']:.1f}%")
            page.tell(
                f"- {_where(page, result)}: from {share} of the outputs no answer could be read.",
                f"- {_where(page, result)}：{share} 的输出读不出答案。",
            )
        if result.get("missing"):
            missing = page.number(result["missing"])
            page.tell(
                f"- {_where(page, result)}: {missing} answers are missing.",
                f"- {_where(page, result)}：缺 {missing} 个答案。",
            )


def _place(result: Result, metric: Mapping[str, Any]) -> tuple[Any, ...]:
    return result.get("suite"), result["task"], result.get("config"), result.get("split"), metric["name"]


def _where(page: Page, result: Result) -> str:
    parts = [str(result[key]) for key in ("suite", "config", "split") if result.get(key)]
    return str(page.join(f"`{part}`" for part in dict.fromkeys(parts)))


def _value(page: Page, metric: Mapping[str, Any] | None) -> str:
    if metric is None or metric["value"] is None:
        return str(page.say("not measured", "未测量"))
    value = page.number(metric["value"], 3)
    if metric.get("low") is None or metric.get("high") is None:
        return str(value)
    return f"{value} [{page.number(metric['low'], 3)}, {page.number(metric['high'], 3)}]"


def data(card: ModelCard) -> None:
    page, number = card.page, card.page.number
    page.section("Training data", "训练数据")
    head = page.say(
        "config|data set|revision|split|rows|tokens|answer tokens",
        "配置|数据集|版本|划分|行数|token 数|答案 token 数",
    )
    page.table(
        head.split("|"),
        (
            [f"`{part['config']}`" if part["config"] else "-", _data_set(part)]
            + [f"`{_revision(part)}`", f"`{part['split']}`"]
            + [number(part[what]) for what in ("rows", "tokens", "answer_tokens")]
            for part in card.run["data"]
        ),
        right=3,
    )
    page.tell(
        "The loss is taken on answer tokens alone. The revision is a commit on the Hub, else the fingerprint of "
        "the rows; `run.json` has them whole.",
        "损失只计答案部分的 token。版本一栏是 Hub 上的提交，没有提交时是数据的指纹；完整的记在 `run.json` 里。",
    )
    for english, chinese, what in (
        ("Rows by source", "各来源的行数", "sources"),
        ("Rows left out before training", "训练前剔除的行数", "dropped"),
    ):
        named = page.join(f"`{name}` {number(n)}" for name, n in card.rows(what).most_common() if n)
        if named:
            page.tell(f"{english}: {named}.", f"{chinese}：{named}。")


def _data_set(part: Mapping[str, Any]) -> str:
    if on_hub(part["path"], part.get("revision")):
        return f"[{part['path']}](https://huggingface.co/datasets/{part['path']})"
    return f"`{last_part(part['path'])}`"


def _revision(part: Mapping[str, Any]) -> str:
    return str(part.get("revision") or part.get("fingerprint") or part.get("identity") or "-")[:16]


def licenses(card: ModelCard) -> None:
    card.page.section("Licences", "许可证")
    license_terms(card)


def license_terms(card: ModelCard) -> None:
    """What base and data together ask of whoever uses the weights, and the rows by licence."""
    page, data = card.page, data_licenses(card.run)
    page.add(*(f"- {sentence}" for sentence in _consequences(page, base_license(card.run), data)))
    license_table(page, data)
    page.tell("This is no legal advice.", "以上不构成法律意见。")


def _consequences(page: Page, base: str | None, data: Mapping[str, int]) -> Iterator[str]:
    if base is None:
        yield page.say(
            "There is no base model, so only the training rows bring licences.", "没有基座模型，许可证只来自训练数据。"
        )
    elif is_unknown(base):
        yield page.say(
            f"The base model's licence ({page.quote(base)}) is not one that mulco knows: read it, its terms hold for "
            "these weights as well.",
            f"基座模型的许可证（{page.quote(base)}）mulco 不认识：请先读一读，它的条款同样适用于这些权重。",
        )
    else:
        more = "" if terms(base).commercial else page.say(", which forbids commercial use", "（不得商用）")
        yield page.say(
            f"The base model is under {linked(page, base)}{more}; its terms hold for these weights as well.",
            f"基座模型采用 {linked(page, base)}{more}，它的条款同样适用于这些权重。",
        )
    total = sum(data.values())
    unknown = sum(n for name, n in data.items() if is_unknown(name))
    limited = sum(n for name, n in data.items() if not is_unknown(name) and not terms(name).commercial)
    alike = sum(n for name, n in data.items() if not is_unknown(name) and terms(name).share_alike)
    if unknown:
        rows, share = page.number(unknown), page.share(unknown, total)
        yield page.say(
            f"{rows} training rows ({share}) have a licence that is not known in full: nobody has said that models may "
            "be trained on them.",
            f"有 {rows} 行训练数据（{share}）的许可证不明或不全：没有人说过可以用它们训练模型。",
        )
    if limited:
        rows, share = page.number(limited), page.share(limited, total)
        yield page.say(
            f"{rows} training rows ({share}) are not for commercial use. Whether such terms reach the weights is not "
            "settled; to be safe, do not use this model commercially.",
            f"有 {rows} 行训练数据（{share}）不得商用。这类条款是否及于权重尚无定论；"
            "稳妥起见，请不要将本模型用于商业用途。",
        )
    if alike:
        rows, share = page.number(alike), page.share(alike, total)
        yield page.say(
            f"{rows} training rows ({share}) are share-alike. Whether weights are an adaptation is not settled; "
            "output that repeats such a row carries its licence.",
            f"有 {rows} 行训练数据（{share}）要求相同方式共享。权重算不算其改编尚无定论；"
            "如果输出照搬了这样的内容，则须沿用其许可证。",
        )
    if data and not unknown + limited + alike:
        yield page.say(
            "All training rows are under permissive licences, which do not forbid commercial use. Keep their notices.",
            "训练数据全部采用宽松许可证，没有禁止商用的条款。请保留其声明。",
        )


def limits(card: ModelCard) -> None:
    page = card.page
    page.section("Limits", "局限")
    if card.starter_only:
        page.tell(
            "- It has seen the starter corpus alone and knows next to nothing beyond it.",
            "- 只见过自带语料，除此之外几乎一无所知。",
        )
    page.add(
        page.say(
            "- Its answers can be wrong, insecure or copied from training data. Read code before you run it.",
            "- 回答可能出错，可能不安全，也可能照抄训练数据。代码请先读过再运行。",
        ),
        page.say(
            "- Not measured: security of the code, harmful answers, memorised training data, languages other than "
            "those of the rows.",
            "- 未测量：代码的安全性、有害的回答、对训练数据的记忆，以及训练数据之外的语言。",
        ),
        page.say(
            "- Whether training rows repeat evaluation sets is told by the card of the data set.",
            "- 训练数据是否与评测集重复，见数据集的卡片。",
        ),
    )
