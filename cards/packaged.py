"""Build the starter corpus into the package: `mulco/starter/` and the cards beside it.

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
from mulco.cards.dataset import write_card
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


if __name__ == "__main__":
    print(f"{write_packaged().rows():,} rows in {PACKAGE / 'starter'}")
