"""Licence texts: the SPDX id of a licence file, where it is certain.

    spdx_of("The MIT License\\n\\nCopyright (c) 2014 Ana\\n\\nPermission is hereby granted, ...")  # "MIT"
    spdx_of("Apache License, Version 2.0")                                                    # "Apache-2.0"
    spdx_of("You may use this on Tuesdays.")                                                  # None

Not a source: sources that carry the licence files of repositories read them through this. A text counts when it holds
the whole wording of exactly one licence, word for word, and around it nothing but a title, copyright lines and what
the licence itself puts there. A file that names a licence and says nothing else counts too. Whatever is added, such as
an exception, a second licence or a clause of one's own, makes the text unknown. A GNU licence text does not say
whether later versions may be chosen, so it is read as `-only`, the narrower grant.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from mulco.errors import BrokenFileError
from mulco.reading import FETCH_AGAIN, plain_pickle, shown

UNKNOWN = "LicenseRef-unknown"

# Short licences, as words; `{}` is where a name stands.
_MIT = """
permission is hereby granted free of charge to any person obtaining copy of this software and associated documentation
files the software to deal in the software without restriction including without limitation the rights to use copy
modify merge publish distribute sublicense and or sell copies of the software and to permit persons to whom the software
is furnished to do so subject to the following conditions the above copyright notice and this permission notice
(?:including the next paragraph )?shall be included in all copies or substantial portions of the software the software
is provided as is without warranty of any kind express or implied including but not limited to the warranties of
merchantability fitness for particular purpose and noninfringement in no event shall {} be liable for any claim damages
or other liability whether in an action of contract tort or otherwise arising from out of or in connection with the
software or the use or other dealings in the software
"""
_ISC = """
permission to use copy modify and (?:or )?distribute this software for any purpose with or without fee is hereby granted
provided that the above copyright notice and this permission notice appear in all copies the software is provided as is
and {} disclaims? all warranties with regard to this software including all implied warranties of merchantability and
fitness in no event shall {} be liable for any special direct indirect or consequential damages or any damages
whatsoever resulting from loss of use data or profits whether in an action of contract negligence or other tortious
action arising out of or in connection with the use or performance of this software
"""
_BSD = """
redistribution and use in source and binary forms with or without modification are permitted provided that the following
conditions are met redistributions of source code must retain the above copyright notice this list of conditions and the
following disclaimer redistributions in binary form must reproduce the above copyright notice this list of conditions
and the following disclaimer in the documentation and or other materials provided with the distribution %sthis software
is provided by {} as is and any express or implied warranties including but not limited to the implied warranties of
merchantability and fitness for particular purpose are disclaimed in no event shall {} be liable for any direct indirect
incidental special exemplary or consequential damages including but not limited to procurement of substitute goods or
services loss of use data or profits or business interruption however caused and on any theory of liability whether in
contract strict liability or tort including negligence or otherwise arising in any way out of the use of this software
even if advised of the possibility of such damage
"""
_NO_ENDORSEMENT = """
(?:neither the names? (?:of )?{} (?:nor|or) {} may be used|the names? (?:of )?{} may not be used) to endorse or promote
products derived from this software without specific prior written permission
"""


class _Long(NamedTuple):
    """A licence too long to be repeated here: its words from `start` on, by number and sha256, and those around."""

    id: str
    family: str
    start: str
    words: int
    around: int
    sha256: str


# Counted over the texts in Debian's /usr/share/common-licenses, AGPL over the one in the package `identify`: from the
# first definition to the last clause, so preambles, appendices and addresses, which differ from copy to copy, are out.
_LONG = (
    _Long("Apache-2.0", "apache", "license shall mean the terms and conditions for use reproduction", 1357, 193,
          "33b447717f764410345cd4eb3ab4e540b6f4a6c11ee08246d2f42f4810a37bb5"),
    _Long("GPL-2.0-only", "gpl", "this license applies to any program", 1940, 940,
          "a054655d116fcb4d42da14b65e13bc43be45285275ce13fbae78fd467114610d"),
    _Long("GPL-3.0-only", "gpl", "this license refers to version of the gnu general public license", 4382, 1023,
          "b6232eed48076489a865c861ff4dbb558443f62eaf511eee5b3e751f5ac5844b"),
    _Long("AGPL-3.0-only", "gpl", "this license refers to version of the gnu affero general public license", 4479, 806,
          "97e103738b4333f22ef263828189cb0c07b762282946447f1af9c1ff992472ea"),
    _Long("LGPL-2.0-only", "gpl", "this license agreement applies to any software library", 2835, 1204,
          "0bcd2586ff97f2293efee740a7ea74251b8178238ec9139bafeeb350b995aa00"),
    _Long("LGPL-2.1-only", "gpl", "this license agreement applies to any software library", 2909, 1303,
          "28845dcc8440a368b0580c453f8c474e237bc58991e33d901103800a5996b051"),
    _Long("LGPL-3.0-only", "gpl", "this version of the gnu lesser general public license incorporates", 1128, 36,
          "87e06c9597db291b3eb7be0ab8d4eaafa413a1ca5afa3fe6d3a258aa27a45488"),
    _Long("MPL-1.1", "mpl", "commercial use means distribution", 3224, 259,
          "736f7bb49d5e92fa125d67899621324ac611316f93b445571b12eccd3d53693b"),
    _Long("MPL-2.0", "mpl", "contributor means each individual or legal entity that creates", 2093, 115,
          "42549e8b5b1ab6f6fc0496e109b6436ab02b2721b8750d0d4a7c349b3027e7df"),
)  # fmt: skip
_MORE_AROUND = 60  # words for titles and copyright lines around a licence
# What stands around a licence must not add to it or take from it; preambles of the long ones speak of permissions, too.
_ALARMING = (
    r"permission is hereby|permission to use copy|redistribution and|exceptions?|commons clause|non ?commercial"
    r"|dual(?:ly)?"
)
_ALARMING_SHORT = (
    rf"{_ALARMING}|permissions?|permitted|additional|portions|third part(?:y|ies)|patents?|restrict(?:ed|ions?)"
    r"|provided that|prohibited|must|shall|may not|except|only|personal|academic|educational|research"
)
_ALARMING_LONG = rf"{_ALARMING}|additional (?:terms?|permissions?)"
_NAMES_OF_LICENSES = {
    "mit": "mit", "isc": "isc", "bsd": "bsd", "apache": "apache", "mpl": "mozilla|mpl",
    "gpl": "[al]?gpl|general public",
    "other": "eclipse|creative|artistic|unlicense|wtfpl|zlib|boost|cddl|eupl|public domain",
}  # fmt: skip
_LISTED_NAMES = {
    "mit": "MIT", "expat": "MIT", "isc": "ISC", "apache 2": "Apache-2.0", "bsd 2": "BSD-2-Clause",
    "2 bsd": "BSD-2-Clause", "simplified bsd": "BSD-2-Clause", "bsd 3": "BSD-3-Clause", "3 bsd": "BSD-3-Clause",
    "new bsd": "BSD-3-Clause", "modified bsd": "BSD-3-Clause", "mpl 1.1": "MPL-1.1", "mpl 2": "MPL-2.0",
    **{
        f"{name} {version.removesuffix('.0')}{words}": f"{name.upper()}-{version}-{kind}"
        for name, versions in (("gpl", ("2.0", "3.0")), ("lgpl", ("2.0", "2.1", "3.0")), ("agpl", ("3.0",)))
        for version in versions
        for words, kind in (("", "only"), (" only", "only"), (" or later", "or-later"))
    },
}  # fmt: skip
_FULL_NAMES = (("gnu lesser general public", "lgpl"), ("gnu library general public", "lgpl"),
               ("gnu affero general public", "agpl"), ("gnu general public", "gpl"), ("mozilla public", "mpl"),
               ("any later", "later"), ("+", " or later"))  # fmt: skip
_CODE_FILE = re.compile(r"\.(?:go|java|js|php|py|rb)$", re.I)  # such as license.py: code about licences
_FILLING = {"the", "a", "license", "licence", "licensed", "under", "version", "v", "clause", "gnu", "software", "of",
            "terms", "spdx", "identifier", "foundation"}  # fmt: skip


@functools.lru_cache(maxsize=4096)  # thousands of functions share a repository
def spdx_of(text: str) -> str | None:
    """The SPDX id of a licence text, or of a text that only names a licence; None where it is not certain."""
    words = _words(text)
    found = [*_short(words), *_long(words)]
    if not found:
        return _named(text)
    return found[0] if len(found) == 1 else None


def joined(ids: set[str | None]) -> str:
    """The licence of what is under all of these; one that is not known makes the whole unknown."""
    known = sorted(id_ for id_ in ids if id_)
    return " AND ".join(known) if known and len(known) == len(ids) else UNKNOWN


class RepositoryLicenses:
    """The licences of files in repositories, by the licence files in the nearest folder above."""

    def __init__(self, files: Mapping[str, Any]) -> None:
        """`files` maps owner/name to a list of (path that starts with owner/name, text), to one pair or to a text."""
        self._files = files
        self._folders: dict[str, dict[str, list[str]]] = {}  # repository -> folder -> texts

    def of(self, repository: str, path: str) -> set[str | None]:
        """The SPDX ids that hold for a file; None among them for a licence that is not known."""
        if repository not in self._folders:
            self._folders[repository] = self._by_folder(repository)
        texts = self._folders[repository]
        for folder in PurePosixPath(path).parents:
            if str(folder) in texts:
                return {spdx_of(text) for text in texts[str(folder)]}
        return {None}

    def _by_folder(self, repository: str) -> dict[str, list[str]]:
        texts: dict[str, list[str]] = defaultdict(list)
        for path, text in _pairs(self._files.get(repository)):
            if not _CODE_FILE.search(path):
                texts[str(PurePosixPath(path.removeprefix(f"{repository}/")).parent)].append(text)
        return dict(texts)


def read_licenses(folder: Path, file: str) -> RepositoryLicenses:
    """The pickled dict of licence files by repository, as CodeSearchNet publishes it."""
    files = plain_pickle(folder, file)
    if not isinstance(files, dict):
        problem = f"it holds a {type(files).__name__}, expected a dict of licence files by repository"
        raise BrokenFileError(shown(folder, file), problem, FETCH_AGAIN)
    return RepositoryLicenses(files)


def _words(text: str) -> str:
    """A text as words alone, without list numbers and single letters: what no copy of a licence changes."""
    found = re.findall(r"[a-z0-9]+", re.sub(r"(?<=[a-z])-(?=[a-z])", "", text.lower()))
    return " ".join(word for word in found if len(word) > 1 and not (word.isdigit() and len(word) < 3))


def _short(words: str) -> list[str | None]:
    """What is certain of each short licence in a text; None stands for one with something added."""
    found: list[str | None] = []
    for id_, family, pattern in _SHORT:
        for body in pattern.finditer(words):
            around = f"{words[: body.start()]} {words[body.end() :]}"
            found.append(id_ if _harmless(around, family, _ALARMING_SHORT, _MORE_AROUND) else None)
    return found


def _long(words: str) -> list[str | None]:
    """The same for the long licences."""
    found: list[str | None] = []
    for license_ in _LONG:
        for start in re.finditer(rf"\b{license_.start}\b", words):
            body = words[start.start() :].split(" ", license_.words)
            rest = body.pop() if len(body) > license_.words else ""
            if hashlib.sha256(" ".join(body).encode("ascii")).hexdigest() == license_.sha256:
                around = f"{words[: start.start()]} {rest}"
                limit = license_.around + _MORE_AROUND
                found.append(license_.id if _harmless(around, license_.family, _ALARMING_LONG, limit) else None)
    return found


def _harmless(around: str, family: str, alarming: str, words: int) -> bool:
    """Whether what stands around a licence is short and speaks of no other licence and no other terms."""
    others = "|".join(names for key, names in _NAMES_OF_LICENSES.items() if key != family)
    return len(around.split()) <= words and not re.search(rf"\b(?:{alarming}|{others})\b", around)


def _named(text: str) -> str | None:
    """The licence of a text that is nothing but its name, such as `GPL-3.0+` or `The MIT License (MIT)`."""
    name = " ".join(text.lower().replace("licence", "license").split())
    if len(name) > 100:
        return None
    for full, short in _FULL_NAMES:
        name = name.replace(full, short)
    words = re.findall(r"[a-z]+|[0-9]+(?:\.[0-9]+)*", re.sub(r"(?<=[a-z])v(?=\.?\s?[0-9])", " v", name))
    kept = [re.sub(r"^([0-9]+)\.0$", r"\1", word) for word in words if word not in _FILLING]
    return _LISTED_NAMES.get(" ".join(dict.fromkeys(kept)))


def _pairs(entry: Any) -> Iterator[tuple[str, str]]:
    """Path and text of each licence file of a repository; a text without a path stands in its first folder."""
    for part in entry if isinstance(entry, list) else [entry]:
        if isinstance(part, str):
            yield "", part
        elif isinstance(part, tuple) and len(part) == 2 and all(isinstance(value, str) for value in part):
            yield part


def _pattern(body: str) -> re.Pattern[str]:
    return re.compile(r"\b" + " ".join(body.split()).replace("{}", r"(?:\w+ ){0,24}?\w+") + r"\b")


_SHORT = (
    ("MIT", "mit", _pattern(_MIT)),
    ("ISC", "isc", _pattern(_ISC)),
    ("BSD-2-Clause", "bsd", _pattern(_BSD % "")),
    ("BSD-3-Clause", "bsd", _pattern(_BSD % f"{_NO_ENDORSEMENT.strip()} ")),
)
