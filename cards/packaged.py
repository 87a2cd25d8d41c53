"""Build the starter corpus into the package: `mulco/starter/` and the cards beside it; then renew `examples/`.

    python -m mulco.cards.packaged

In the root of a clone `load_dataset("mulco", "code_search_zh")` then works with no import, no build and no network:
`datasets` takes the folder `mulco/` for a data set and finds its configs in the card.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import mulco
from mulco.build import build
from mulco.cards import model
from mulco.cards.dataset import render, write_card
from mulco.cards.page import write_text
from mulco.manifest import Manifest
from mulco.plan import Settings, make_plan

PACKAGE = Path(mulco.__file__).parent


def write_packaged(package: Path = PACKAGE) -> Manifest:
    """Write `<package>/starter/` anew and the cards beside it; the facts of the run itself are left out."""
    with tempfile.TemporaryDirectory() as temporary:
        result = build(make_plan([], Settings(sources=("starter",))), Path(temporary) / "starter")
        manifest = result.manifest
        manifest.run = {}
        manifest.write(result.folder)
        shutil.rmtree(package / "starter", ignore_errors=True)
        shutil.copytree(result.folder, package / "starter")
    write_card(package, manifest, prefix="starter/", name="mulco")
    return manifest


def write_examples(root: Path = PACKAGE.parent) -> list[Path]:
    """Write the cards in `examples/` of a clone anew: of the packaged starter, and of the model recorded there."""
    starter, examples = root / "mulco" / "starter", root / "examples"
    pages = {examples / "starter": render(starter, Manifest.load(starter), name="ORG/mulco")}
    if (examples / "model").is_dir():
        pages[examples / "model"] = model.render(examples / "model", name="ORG/tiny")
    written = []
    for folder, of_folder in pages.items():
        folder.mkdir(parents=True, exist_ok=True)
        for name, page in of_folder.items():
            write_text(folder / name, page.text)
            written.append(folder / name)
    return written


if __name__ == "__main__":
    print(f"{write_packaged().rows():,} rows in {PACKAGE / 'starter'}")
    if (PACKAGE.parent / "examples").is_dir():
        print(*write_examples(), sep="\n")
