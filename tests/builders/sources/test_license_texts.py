"""Licence texts: recognised word for word, and unknown as soon as something is added."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

from mulco.builders.sources.license_texts import RepositoryLicenses, joined, spdx_of

ROOT = Path(__file__).parents[3]
MIT = runpy.run_path(str(ROOT / "tests/fixtures/pack_codesearchnet.py"))["MIT"]
BODY = MIT[MIT.index("Permission") :]
COMMON = Path("/usr/share/common-licenses")  # on Debian
identify = pytest.importorskip("identify.vendor.licenses")  # comes with pre-commit, carries the texts of licences
TEXTS = dict(identify.LICENSES)
KNOWN = {
    "Apache-2.0": "Apache-2.0", "AGPL-3.0": "AGPL-3.0-only", "BSD-2-Clause": "BSD-2-Clause",
    "BSD-3-Clause": "BSD-3-Clause", "GPL-2.0": "GPL-2.0-only", "GPL-3.0": "GPL-3.0-only", "ISC": "ISC",
    "LGPL-2.1": "LGPL-2.1-only", "LGPL-3.0": "LGPL-3.0-only", "MIT": "MIT", "MPL-2.0": "MPL-2.0",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_each_text_is_what_it_is_or_unknown(name: str) -> None:
    assert spdx_of(TEXTS[name]) == KNOWN.get(name)


@pytest.mark.skipif(not COMMON.is_dir(), reason="only Debian has these texts")
@pytest.mark.parametrize(
    ("name", "id_"),
    [("Apache-2.0", "Apache-2.0"), ("GPL-1", None), ("GPL-2", "GPL-2.0-only"), ("GPL-3", "GPL-3.0-only"),
     ("LGPL-2", "LGPL-2.0-only"), ("LGPL-2.1", "LGPL-2.1-only"), ("LGPL-3", "LGPL-3.0-only"), ("MPL-1.1", "MPL-1.1"),
     ("MPL-2.0", "MPL-2.0"), ("Artistic", None), ("GFDL-1.3", None), ("BSD", "BSD-3-Clause")],
)  # fmt: skip
def test_the_texts_of_debian(name: str, id_: str | None) -> None:
    if (COMMON / name).is_file():
        assert spdx_of((COMMON / name).read_text("utf-8")) == id_


def test_the_licence_of_this_project() -> None:
    assert spdx_of((ROOT / "LICENSE").read_text("utf-8")) == "Apache-2.0"


@pytest.mark.parametrize(
    "text",
    [
        MIT,
        BODY,
        MIT.replace("\n", "\r\n"),
        " ".join(MIT.split()),
        MIT.upper(),
        "# License\n\n" + "".join(f"> {line}\n" for line in MIT.splitlines()),
        MIT.replace("NONINFRINGEMENT", "NON-INFRINGEMENT").replace('"AS IS"', "“AS IS”"),
        MIT.replace("AUTHORS OR\nCOPYRIGHT HOLDERS", "HAL AND HIS FRIENDS"),
        MIT.replace("this permission notice shall", "this permission notice (including the next paragraph) shall"),
    ],
)
def test_what_copies_of_a_licence_change_is_no_matter(text: str) -> None:
    assert spdx_of(text) == "MIT"


@pytest.mark.parametrize(
    "text",
    [
        MIT.replace("without restriction", "without much restriction"),
        MIT.replace("sublicense, and/or sell", "and sublicense"),
        MIT + "\nThe Software shall be used for Good, and must not be used for Evil.",
        MIT + "\nExcept as contained in this notice, the name of Hal shall not be used in advertising.",
        MIT + '\n"Commons Clause" License Condition v1.0',
        MIT + "\nThe folder vendor/ is under the GPL.",
        f"Dual licensed under the MIT and GPL licenses.\n\n{MIT}",
        MIT + MIT.replace("2016 Hal", "2017 Ina"),
        MIT + TEXTS["Apache-2.0"],
        TEXTS["GPL-3.0"] + "\nAs a special exception, you may link this with anything.",
        TEXTS["GPL-3.0"] + TEXTS["LGPL-3.0"],
        TEXTS["GPL-2.0"].replace("You may charge a fee", "You may not charge a fee"),
        TEXTS["BSD-3-Clause"].replace("3. Neither", "3. All advertising must name us.\n\n4. Neither"),
        TEXTS["Apache-2.0"] + "\nlorem" * 300,
        "All rights reserved.",
        "",
        "\udcff\x00",
    ],
)
def test_what_is_not_certain_is_unknown(text: str) -> None:
    assert spdx_of(text) is None


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("MIT", "MIT"), ("The MIT License (MIT)", "MIT"), ("Licensed under the MIT licence.", "MIT"),
        ("SPDX-License-Identifier: ISC", "ISC"), ("Apache License, Version 2.0", "Apache-2.0"),
        ("apache-2.0\n", "Apache-2.0"), ("BSD 2-Clause", "BSD-2-Clause"), ("3-clause BSD license", "BSD-3-Clause"),
        ("New BSD License", "BSD-3-Clause"), ("MPL-2.0", "MPL-2.0"), ("Mozilla Public License 1.1", "MPL-1.1"),
        ("GPLv2", "GPL-2.0-only"), ("GPL-3.0+", "GPL-3.0-or-later"), ("GPL-3.0-only", "GPL-3.0-only"),
        ("GNU General Public License v2.0 or later", "GPL-2.0-or-later"), ("LGPL v2.1", "LGPL-2.1-only"),
        ("GNU Lesser General Public License, version 3 or any later version", "LGPL-3.0-or-later"),
        ("GNU Affero General Public License v3.0", "AGPL-3.0-only"),
        ("BSD", None), ("GPL", None), ("Apache", None), ("MIT or Apache-2.0", None), ("not MIT", None), ("none", None),
        ("MIT " * 40, None),
    ],
)  # fmt: skip
def test_a_text_that_names_a_licence_and_says_nothing_else(name: str, id_: str | None) -> None:
    assert spdx_of(name) == id_


def test_what_is_under_several_licences_is_under_all() -> None:
    assert joined({"MIT"}) == "MIT"
    assert joined({"MIT", "C-UDA-1.0"}) == "C-UDA-1.0 AND MIT"
    assert joined({"MIT", None}) == joined({None}) == joined(set()) == "LicenseRef-unknown"


@pytest.mark.parametrize(
    ("path", "ids"),
    [
        ("main.go", {"MIT", "Apache-2.0"}),
        ("src/deep/down.go", {"MIT", "Apache-2.0"}),
        ("vendor/a/b/c.go", {"ISC"}),
        ("vendor/c.go", {"MIT", "Apache-2.0"}),
        ("vendor/odd/c.go", {None}),
        ("tools/license/c.go", {"MIT", "Apache-2.0"}),  # license.go is code
    ],
)
def test_the_nearest_folder_decides(path: str, ids: set[str | None]) -> None:
    files = [
        ("dee/bank/LICENSE-MIT", MIT), ("dee/bank/LICENSE-APACHE", "Apache-2.0"), ("dee/bank/vendor/a/LICENSE", "ISC"),
        ("dee/bank/vendor/odd/COPYING", "Ask me."), ("dee/bank/tools/license/license.go", "package license"),
    ]  # fmt: skip
    assert RepositoryLicenses({"dee/bank": files}).of("dee/bank", path) == ids


@pytest.mark.parametrize("entry", [None, 3, [], (), [3, ("a", 1)], {"a": "MIT"}])
def test_an_entry_that_says_nothing_is_unknown(entry: Any) -> None:
    assert RepositoryLicenses({"dee/bank": entry}).of("dee/bank", "main.go") == {None}
