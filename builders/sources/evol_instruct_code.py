"""Evol-Instruct code: instructions of Code Alpaca that a model made harder, and its answers; two collections.

Homepage: https://github.com/nickrosh/evol-teacher
Paper: Luo et al. 2023, WizardCoder, https://arxiv.org/abs/2306.08568, for the method
Released 2023, files of 1,966 and 1,953 rows and 2,017 seeds; and, by others, Magicoder-Evol-Instruct-110K, 2023-12,
about 111,000 rows, https://huggingface.co/datasets/ise-uiuc/Magicoder-Evol-Instruct-110K.
Licence: upstream says Apache-2.0 for both, in evol-teacher's LICENSE and on the card of Magicoder-Evol-Instruct-110K,
which said CC BY-NC 4.0 at first; the seeds are Code Alpaca, CC BY-NC 4.0. A row carries the most restrictive,
CC-BY-NC-4.0, text at https://creativecommons.org/licenses/by-nc/4.0/legalcode.

Read are `EvolInstruct-Code-8k/*.json` and `converted_alpaca_2k.json`, JSON arrays of `instruction` and `output`, and
`data-evol_instruct-decontaminated.jsonl`, JSON Lines of `instruction` and `response`. There is no input: one that Code
Alpaca had follows the instruction after a line break. Programming languages are labelled only by the tags of fences.
How a row's task, split and language follow says `alpaca`: it stands in code_generation where its output holds code,
else in code_qa.

`converted_alpaca_2k.json` is Code Alpaca's 2k in this form: where that, or its 20k, is at hand, its rows count there. A
row that two of the files here have counts once.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mulco.builders.sources import alpaca
from mulco.source import Item, License, Shard, Source, UpstreamFile, Want

FOLDER = "EvolInstruct-Code-8k"
SEEDS = "converted_alpaca_2k.json"
MAGICODER = "data-evol_instruct-decontaminated.jsonl"
CODE_ALPACA = ("../codealpaca/data/code_alpaca_2k.json", "../codealpaca/data/code_alpaca_20k.json")
COMMIT = "d8ab456268324cca2b375d03ecc96404dc361045"
SEEDS_COMMIT = "8332fbf7e89fc17ae2966d6e6265f716911728f4"
MAGICODER_COMMIT = "b0079beaa0361d82412520b873715bee59cc7dd4"
GITHUB = "https://raw.githubusercontent.com/nickrosh/evol-teacher"
HUB = "https://huggingface.co/datasets/ise-uiuc/Magicoder-Evol-Instruct-110K"


def shards(folder: Path, want: Want) -> Iterator[Shard]:
    """One shard a split and file; it also lists the files whose rows it must not repeat."""
    files = sorted(file.relative_to(folder).as_posix() for file in folder.glob(f"{FOLDER}/*.json"))
    files += [SEEDS, MAGICODER]
    yield from alpaca.shards_of(folder, want, files, dict.fromkeys(files, CODE_ALPACA))


def read(folder: Path, shard: Shard) -> Iterator[Item]:
    """The rows of one split of one file, in upstream order."""
    answer = "response" if shard.files[0] == MAGICODER else "output"
    yield from alpaca.read(folder, shard, {"instruction": str, answer: str})


SOURCE = Source(
    name="evol-instruct-code",
    title="Evol-Instruct code",
    homepage="https://github.com/nickrosh/evol-teacher",
    paper="https://arxiv.org/abs/2306.08568",
    citation="Ziyang Luo, Can Xu, Pu Zhao, Qingfeng Sun, Xiubo Geng, Wenxiang Hu, Chongyang Tao, Jing Ma, Qingwei Lin, "
    "Daxin Jiang. WizardCoder: Empowering Code Large Language Models with Evol-Instruct. 2023. arXiv:2306.08568; data: "
    "https://github.com/nickrosh/evol-teacher; Magicoder-Evol-Instruct-110K: Yuxiang Wei, Zhe Wang, Jiawei Liu, Yifeng "
    "Ding, Lingming Zhang. Magicoder. 2023. arXiv:2312.02120",
    revision=f"nickrosh/evol-teacher@{COMMIT}; ise-uiuc/Magicoder-Evol-Instruct-110K@{MAGICODER_COMMIT}",
    released="2023",
    scale=5_936,
    license=License(
        "CC-BY-NC-4.0",
        "https://creativecommons.org/licenses/by-nc/4.0/legalcode",
        (
            f"Repository LICENSE, https://github.com/nickrosh/evol-teacher/blob/{COMMIT}/LICENSE: Apache-2.0.",
            f"Card of Magicoder-Evol-Instruct-110K, {HUB}: Apache-2.0; CC BY-NC 4.0 before 2023-12-28.",
            "The seeds are Code Alpaca, whose DATA_LICENSE is CC BY-NC 4.0.",
            "Generated with gpt-3.5-turbo (evol-teacher).",
        ),
    ),
    natural_languages=("en",),
    programming_languages=("c++", "java", "javascript", "python", "sql"),  # and others: they are not labelled
    tasks=alpaca.TASKS,
    files=(
        *(
            UpstreamFile(
                f"{FOLDER}/evol-codealpaca-2k-{n}.json", f"{GITHUB}/{COMMIT}/{FOLDER}/evol-codealpaca-2k-{n}.json"
            )
            for n in (1, 2)
        ),
        UpstreamFile(SEEDS, f"{GITHUB}/{SEEDS_COMMIT}/{SEEDS}"),
        UpstreamFile(MAGICODER, f"{HUB}/resolve/{MAGICODER_COMMIT}/{MAGICODER}"),
    ),
    shards=shards,
    read=read,
    written_by={"input": "model", "output": "model"},
)
