"""The dataset card: README.md, README_zh.md and LICENSE.md of a built folder, from its manifest and one row a config.

    write_card(Path("out/mulco"), Manifest.load(Path("out/mulco")))

Every figure comes from the manifest; what no step measured is called not measured. `render` gives the same texts
without writing, which is how `cards.check` finds what was altered by hand.
"""

from __future__ import annotations

from pathlib import Path

from mulco.cards import dataset_origin, dataset_quality, dataset_rows
from mulco.cards.examples import example
from mulco.cards.facts import DatasetCard
from mulco.cards.header import front_matter, header, used_sources
from mulco.cards.licenses import license_table, linked, ordered
from mulco.cards.page import CARDS, LICENSE, Page, write_text
from mulco.cards.run import HERE
from mulco.manifest import Manifest

SECTIONS = (
    dataset_rows.what, dataset_rows.load, dataset_rows.configs, dataset_rows.examples, dataset_rows.pictures,
    dataset_rows.columns, dataset_origin.sources, dataset_origin.licenses, dataset_origin.making,
    dataset_quality.filtering, dataset_quality.withdrawn, dataset_quality.contamination, dataset_quality.baselines,
    dataset_quality.quality, dataset_quality.personal_data, dataset_origin.rebuild, dataset_origin.citation,
)  # fmt: skip


def write_card(folder: Path, manifest: Manifest, prefix: str = "", name: str = HERE) -> list[str]:
    """Write the cards into a built folder; returns the names of the files.

    `prefix` leads from the cards to the rows, such as `starter/`; `name` is what they give to `load_dataset`.
    """
    pages = render(folder, manifest, prefix, name)
    for file, page in pages.items():
        write_text(folder / file, page.text)
    return list(pages)


def render(folder: Path, manifest: Manifest, prefix: str = "", name: str = HERE) -> dict[str, Page]:
    """The pages of a built folder by file name; without LICENSE.md where the rows lie elsewhere (`prefix`)."""
    rows = {config: example(folder / prefix, facts) for config, facts in manifest.configs.items()}
    pages = {}
    for file, language in CARDS.items():
        page = pages[file] = Page(language)
        if language == "en":
            page.add(front_matter(header(manifest, prefix)).rstrip("\n"), "")
        for section in SECTIONS:
            section(DatasetCard(page, folder, manifest, prefix, name, rows))
    if not prefix:
        pages[LICENSE] = license_page(manifest)
    return pages


def license_page(manifest: Manifest) -> Page:
    """LICENSE.md: the licences of the rows, and of each source its revision and what it says itself, in its words."""
    page = Page("en")
    page.add(
        "# Licences",
        "",
        "Each row keeps the licence of its upstream item, in the column `license`. This page is no legal advice.",
        "",
        "每一行沿用其上游条目的许可证，写在 `license` 列里。本页不构成法律意见。",
    )
    license_table(page, manifest.total("licenses"))
    page.section("Sources", "")
    for source, facts in used_sources(manifest).items():
        page.section(page.quote(facts["title"]), "", level=3)
        counts = ordered(manifest.total("licenses", source=source))
        page.add(
            f"- Revision: `{facts['revision']}`",
            f"- Source as a whole: {page.link(facts['license'], facts['license_url'])}",
            "- Its rows: " + ", ".join(f"{linked(page, name)} {page.number(rows)}" for name, rows in counts),
            *(f"- Upstream: {page.quote(statement)}" for statement in facts["license_statements"]),
        )
    return page
