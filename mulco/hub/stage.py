"""The folder that is really published, where it is not the built one itself: some rows left out, or a claim recorded.

with staged(Path("out/mulco"), redistributable_only=True, claim=False, finish=write_card) as folder: ...
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from mulco.build import Finish
from mulco.errors import HubError, OutputError
from mulco.hub.folder import DATASET, Folder, read_folder
from mulco.licenses import permits
from mulco.manifest import Manifest
from mulco.place import CARDS, carry_over
from mulco.rewrite import leave_out


@contextmanager
def staged(root: Path, redistributable_only: bool, claim: bool, finish: Finish) -> Iterator[Folder]:
    """The folder to publish; `finish` writes the card of one that differs from `root`, which stays as it is."""
    folder = read_folder(root)
    if folder.kind != DATASET or not folder.restricted or not (redistributable_only or claim):
        yield folder
        return
    restricted = folder.restricted
    try:
        holder = tempfile.TemporaryDirectory(prefix=f".{root.resolve().name}.publish-", dir=root.resolve().parent)
    except OSError as err:
        raise OutputError(f"cannot write beside {root}: {err.strerror or err}. Free some space there") from err
    with holder as temporary:
        new, manifest = Path(temporary), Manifest.load(root)
        if redistributable_only:
            leave_out(root, new, manifest, "licenses", _licence_that_forbids, manifest.configs)
            for facts in manifest.configs.values():
                facts["licenses"] = "redistributable"
            manifest.publishing = {"left_out": restricted}
        else:
            manifest.publishing = {"rights_claimed": restricted}
        if not manifest.configs:
            raise HubError(f"{root}: no row may be passed on, so there is nothing to publish")
        configs = Manifest.load(root).configs
        carry_over(root, new, {*CARDS, *(configs if redistributable_only else ())})
        finish(new, manifest)
        manifest.write(new)
        yield read_folder(new)


def _licence_that_forbids(table: pa.Table) -> pa.ChunkedArray:
    """The licence of each row that may not be passed on; null for the others."""
    column = table.column("license")
    forbid = [name for name in column.unique().to_pylist() if not permits(name, "redistributable")]
    return pc.if_else(pc.is_in(column, value_set=pa.array(forbid, pa.string())), column, pa.scalar(None, pa.string()))
