"""The model card: README.md and README_zh.md of a trained model, from its run record and evaluation results alone.

    write_card(Path("out/model"))                      # reads run.json and results/*.json in that folder
    write_card(Path("out/model"), name="ORG/coder")    # the name that from_pretrained takes

What was not measured is called not measured, and a model that has seen only the starter says so first.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from mulco.cards import model_sections, model_training
from mulco.cards.facts import ModelCard
from mulco.cards.header import front_matter
from mulco.cards.page import CARDS, LICENSE, Page, write_text
from mulco.cards.results import Result, model_index, results_of, take_results, write_benchmark
from mulco.cards.run import HERE, hub_name, load_run, model_license, on_hub, title

SECTIONS = (
    model_sections.what, model_sections.use, model_sections.results, model_sections.data, model_sections.licenses,
    model_training.recipe, model_training.loss, model_sections.limits, model_training.again,
)  # fmt: skip


def write_card(
    folder: Path, name: str | None = None, results: Iterable[Path] = (), benchmarks: Iterable[str] = ()
) -> list[str]:
    """Write the cards into a model folder; returns the names of the files.

    `results` are copied into `results/`, so that the card can be checked wherever the model goes. `benchmarks` name the
    suites that are also reported as a benchmark of the Hub, `humaneval=REPO`; none is unless it is named.
    """
    run = load_run(folder)
    take_results(folder, run, results)
    own, _ = results_of(folder, run)
    files = [write_benchmark(folder, own, named).relative_to(folder).as_posix() for named in benchmarks]
    pages = render(folder, name or HERE)
    for file, page in pages.items():
        write_text(folder / file, page.text)
    return [*pages, *files]


def render(folder: Path, name: str = HERE) -> dict[str, Page]:
    """The pages of a model folder by file name, with LICENSE.md where no one licence says it all."""
    run = load_run(folder)
    own, base = results_of(folder, run)
    pages = {}
    for file, language in CARDS.items():
        page = pages[file] = Page(language)
        if language == "en":
            page.add(front_matter(header(run, own, name)).rstrip("\n"), "")
        for section in SECTIONS:
            section(ModelCard(page, folder, run, own, base, name))
    if model_license(run).get("license_link") == LICENSE:
        page = pages[LICENSE] = Page("en")
        page.add("# Licences", "")
        model_sections.license_terms(ModelCard(page, folder, run, own, base, name))
    return pages


def header(run: dict[str, Any], own: list[Result], name: str) -> dict[str, Any]:
    """The YAML header of a model card."""
    base = hub_name(run["model"])
    languages = sorted({language for part in run["data"] for language in part.get("languages", {})})
    datasets = [part["path"] for part in run["data"] if on_hub(part["path"], part.get("revision"))]
    metrics = sorted({metric["name"] for result in own for metric in result["metrics"]})
    facts = {
        "language": languages,
        **model_license(run),
        "library_name": "peft" if run["model"]["relation"] == "adapter" else "transformers",
        "pipeline_tag": "text-generation",
        "base_model": base,
        "base_model_relation": run["model"]["relation"] if base else None,
        "datasets": list(dict.fromkeys(datasets)),
        "metrics": metrics,
        "tags": ["code", "instruction-tuning", "mulco"],
        "model-index": model_index(title(run, name), own),
    }
    return {name: value for name, value in facts.items() if value}
