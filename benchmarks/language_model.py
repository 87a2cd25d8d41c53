"""Train mulco's own language model for short snippets, whose weights and card lie in `mulco/steps/detection`.

    python benchmarks/language_model.py --upstream DIR --packages DIR           # write weights.npz, print its sha256
    python benchmarks/language_model.py --upstream DIR --packages DIR --without codegpt-cn --out other.npz

Needs scikit-learn (`pip install -e ".[analysis]"`). It learns from these texts alone, whose licences permit it:

- starter        this project's own functions and queries, Apache-2.0
- codegpt-cn     `code-basic` and `code-medium`, Apache-2.0; not `code-leetcode`, which upstream collected from websites
- gpteacher      Codegen, MIT; only rows whose language a fence tag or the instruction names
- packages       files of the packages in `PACKAGES` (MIT, Apache-2.0, BSD), for languages that the others hardly have

of which it sees whole texts and, as snippets are short, pieces of one to four and of five to fifteen lines. Nothing of
Code Alpaca (non-commercial), Stack Overflow (share-alike), or of any evaluation set is learnt from.

`--packages` names a folder with the archives, as `npm pack NAME@VERSION` and `pip download --no-deps --no-binary :all:
NAME==VERSION` fetch them; each is checked against its sha256.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import sys
import tarfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from snippets import snippets

from mulco.steps.detection.linear import BUCKETS, LANGUAGES, WEIGHTS, features

ROOT = Path(__file__).parent.parent
STARTER = ROOT / "builders" / "sources" / "starter" / "functions"
LEARNT = ("codegpt-cn", "gpteacher")
PACKAGES = {  # archive -> (sha256, licence, suffix -> language)
    "data-structure-typed-2.6.2.tgz": (
        "d3397213573db81bc42ed8ad1624277502324984a8fc8691ea22b7bcecb8d3e9",
        "MIT",
        {".ts": "typescript"},
    ),
    "lodash-4.17.21.tgz": (
        "6a087ac9e5702a0c9d60fbcd48696012646ec8df1491dea472b150e79fcaf804",
        "MIT",
        {".js": "javascript"},
    ),
    "express-4.21.2.tgz": (
        "fc43a91e7dc7affb53c6ad7123a4f35485ed3c45226ae7a3847b7738e783e008",
        "MIT",
        {".js": "javascript"},
    ),
    "sqlglot-27.20.0.tar.gz": (
        "92e7a93200eb588eb17cf19c813103160bd6c9b261ffd295eea79633657569d9",
        "MIT",
        {".sql": "sql"},
    ),
    "sqlparse-0.5.3.tar.gz": (
        "09f67787f56a0b16ecdbde1bfc7f5d9c3371ca683cfeaa8e6ff60b4807ec9272",
        "BSD-3-Clause",
        {".sql": "sql"},
    ),
    "zod-3.25.76.tgz": (
        "9e1f1a05f0dd0c1dab64ee91ceb9bf55cd44d35368c70edda80a2fdc70a88377",
        "MIT",
        {".ts": "typescript"},
    ),
    "rxjs-7.8.2.tgz": (
        "2312f8ffd9726ffd7bd53ea12c5f13663d09a3dc3326f448c70b88f5ef6fac82",
        "Apache-2.0",
        {".ts": "typescript"},
    ),
    "admin-lte-3.2.0.tgz": (
        "92650fb9e582b9e01f691693be79b1213608a6282a7f062c139bfeafc8593df5",
        "MIT",
        {".html": "html"},
    ),
    "html5-boilerplate-9.0.1.tgz": (
        "19baebf4f0d07007453a12cdd4a34a71af53311953ce05a608843c4c2d02c70d",
        "MIT",
        {".html": "html"},
    ),
    "bats-1.12.0.tgz": (
        "cf310f0815f74826cfc1bdd9e8f82b975ae2fb8e861aebdb2d4119de40770a5a",
        "MIT",
        {".bash": "bash", ".bats": "bash", ".sh": "bash", "": "bash"},
    ),
    "n-10.2.0.tgz": ("3ac3d1eb7d1a6f2aeb97a229deadc4fe9e71217bc37cde9b45cf143e0878a081", "MIT", {"": "bash"}),
    "lz4-4.4.4.tar.gz": (
        "070fd0627ec4393011251a094e08ed9fdcc78cb4e7ab28f507638eee4e39abda",
        "BSD-3-Clause",
        {".c": "c", ".h": "c"},
    ),
    "zstandard-0.25.0.tar.gz": (
        "7713e1179d162cf5c7906da876ec2ccb9c3a9dcbdffef0cc7f70c3667a205f0b",
        "BSD-3-Clause",
        {".c": "c", ".h": "c"},
    ),
}
MOST = 1_500  # texts of one source and language; the rest of CodeGPT's Python would only repeat itself
PIECES = 2  # of each kind from one text, at most one for every four lines it has
MOST_SAMPLES = 5_000  # of each language
MOST_PIECES = 60  # of each kind from one file, which has one for every eight lines
PENALTY = 1e-5  # of the squared weights; other values were not tried


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--upstream", type=Path, default=os.environ.get("MULCO_UPSTREAM"))
    parser.add_argument("--packages", type=Path, required=True)
    parser.add_argument("--without", action="append", default=[], help="a source to leave out, to test on it")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    options = parser.parse_args()
    texts = [entry for entry in learnt_from(options.upstream, options.packages) if entry[0] not in options.without]
    samples = balanced(list(pieces(texts)))
    print(f"{len(texts):,} texts, {len(samples):,} samples")
    for language in LANGUAGES:
        count = Counter(source for source, name, _ in texts if name == language)
        print(f"  {language:12}", ", ".join(f"{source} {number:,}" for source, number in sorted(count.items())))
    weights, bias = train([text for _, text in samples], [language for language, _ in samples])
    write(options.out, weights, bias)
    print(
        f"{hashlib.sha256(options.out.read_bytes()).hexdigest()}  {options.out} ({options.out.stat().st_size:,} bytes)"
    )
    return 0


def learnt_from(upstream: Path, packages: Path) -> list[tuple[str, str, str]]:
    """(source, language, text), at most `MOST` of each source and language, drawn by a fixed seed."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for snippet in snippets(upstream):
        if snippet.source in LEARNT and "code-leetcode" not in snippet.place and snippet.language in LANGUAGES:
            found[snippet.source, snippet.language].append(snippet.text)
    suffixes = {".py": "python", ".java": "java", ".js": "javascript", ".go": "go", ".php": "php", ".rb": "ruby",
                ".c": "c", ".cpp": "c++", ".cs": "c#"}  # fmt: skip
    for file in sorted(STARTER.glob("*/*")):
        if language := suffixes.get(file.suffix):
            found["starter", language].append(file.read_text("utf-8"))
    for file in sorted((STARTER.parent / "sql").glob("*.yaml")):
        about = yaml.safe_load(file.read_text("utf-8"))
        found["starter", "sql"] += [about[name] for name in ("tables", "rows", "code") if name in about]
    for language, text in packaged(packages):
        found["packages", language].append(text)
    draw = random.Random(20)
    return [
        (source, language, text)
        for (source, language), texts in sorted(found.items())
        for text in (texts if len(texts) <= MOST else draw.sample(texts, MOST))
    ]


def packaged(folder: Path) -> Iterator[tuple[str, str]]:
    """(language, text) of the files in the packages."""
    for name, (sha256, _, suffixes) in PACKAGES.items():
        archive = folder / name
        if hashlib.sha256(archive.read_bytes()).hexdigest() != sha256:
            sys.exit(f"{archive}: expected sha256 {sha256}")
        with tarfile.open(archive) as members:
            for member in members:
                suffix = Path(member.name).suffix
                if not member.isfile() or suffix not in suffixes or member.name.endswith((".d.ts", ".min.js")):
                    continue
                stream = members.extractfile(member)
                data = stream.read() if stream else b""
                if suffix or data.startswith((b"#!/usr/bin/env bash", b"#!/bin/bash", b"#!/usr/bin/env bats")):
                    yield suffixes[suffix], data.decode("utf-8", "replace")


def pieces(texts: list[tuple[str, str, str]]) -> Iterator[tuple[str, str]]:
    """(language, text): whole texts, and pieces of them as long as snippets are."""
    draw = random.Random(21)
    for _, language, text in texts:
        lines = text.split("\n")
        if len(lines) <= 80:
            yield language, text
        lines = [line for line in lines if line.strip()]
        times = PIECES if len(lines) <= 80 else min(MOST_PIECES, len(lines) // 8)
        for _ in range(min(times, len(lines) // 4)):
            for shortest, longest in ((1, 4), (5, 15)):
                size = draw.randint(shortest, longest)
                start = draw.randrange(max(1, len(lines) - size))
                piece = "\n".join(lines[start : start + size])
                if len(piece.strip()) >= 12:
                    yield language, piece


def balanced(samples: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """At most `MOST_SAMPLES` of each language, in an order drawn by a fixed seed."""
    draw = random.Random(23)
    draw.shuffle(samples)
    seen: Counter[str] = Counter()
    kept = []
    for language, text in samples:
        seen[language] += 1
        if seen[language] <= MOST_SAMPLES:
            kept.append((language, text))
    return kept


def train(texts: list[str], languages: list[str]) -> tuple[Any, Any]:
    """Weights (13, 65536) and biases (13,) of logistic regression, one language against the others."""
    from sklearn.linear_model import SGDClassifier

    classifier = SGDClassifier(
        loss="log_loss", alpha=PENALTY, class_weight="balanced", max_iter=6, tol=None, average=True, random_state=22
    )
    classifier.fit(matrix(texts), [LANGUAGES.index(language) for language in languages])
    return classifier.coef_, classifier.intercept_


def matrix(texts: list[str]) -> Any:
    """The features of some texts as a sparse matrix of unit rows."""
    from scipy.sparse import csr_array

    parts = [features(texts[start : start + 256]) for start in range(0, len(texts), 256)]
    rows = np.concatenate([part[0] + 256 * number for number, part in enumerate(parts)])
    buckets = np.concatenate([part[1] for part in parts])
    counts = np.bincount(rows, minlength=len(texts))
    values = (1 / np.sqrt(counts))[rows]
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)  # scikit-learn takes no 64-bit indices
    return csr_array((values.astype(np.float32), buckets.astype(np.int32), starts), shape=(len(texts), BUCKETS))


def write(target: Path, weights: Any, bias: Any) -> None:
    """Weights as whole numbers of eight bits with one scale a language; the largest one in ten thousand are clipped."""
    scale = np.quantile(np.abs(weights), 0.9999, axis=1) / 127
    whole = np.clip(np.rint(weights / scale[:, None]), -127, 127).astype(np.int8)
    np.savez_compressed(
        target, weights=np.ascontiguousarray(whole.T), scale=scale.astype(np.float32), bias=bias.astype(np.float32)
    )


if __name__ == "__main__":
    sys.exit(main())
