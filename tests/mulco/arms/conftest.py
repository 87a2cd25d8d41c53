"""An analysis of rows made up for the tests: what is measured of them follows from a seed and hangs together.

Complex rows are longer, mathematics has no code, one group is more diverse than the other.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest

from mulco.analysis.result import CATEGORIES, READ, ROWS, Analysis
from mulco.recipe import count_tokens

GROUPS = ("code_generation_en", "code_generation_zh")
LANGUAGES = ("python", "java")


def make(count: int = 3000, seed: int = 0, datasets: tuple[str, ...] = ("made",), quality: bool = True) -> Analysis:
    """`count` rows of each data set."""
    random = np.random.default_rng(seed)
    read, rows, points = [], [], []
    for dataset in datasets:
        for number in range(count):
            group, domain = random.integers(2), random.choice(["code", "general", "mathematics"], p=[0.7, 0.2, 0.1])
            code = domain == "code"
            complexity = float(random.random())
            length = int(5 + random.gamma(4, 5 + 5 * complexity))
            words = " ".join(f"w{random.integers(10_000)}" for _ in range(length))
            instruction, output = f"Solve {dataset} {number}.", f"def f{number}(): return '{words}'" if code else words
            programming_language = LANGUAGES[random.integers(2)] if code else "text"
            category = None if random.random() < 0.1 else CATEGORIES[random.integers(len(CATEGORIES))]
            flags = '"flags": ["syntax_error"], ' if random.random() < 0.2 else ""
            read.append({
                "dataset": dataset, "group": GROUPS[group], "id": f"row/{number}", "instruction": instruction,
                "input": "", "output": output, "task": "code_generation", "language": ("en", "zh")[group],
                "programming_language": programming_language, "source": f"source-{number % 3}",
                "license": ("MIT", "LicenseRef-unknown")[number % 2],
                "quality": f'{{{flags}"lines": 1}}' if quality else None, "tokenized": False,
            })  # fmt: skip
            rows.append({
                "dataset": dataset, "group": GROUPS[group], "id": f"row/{number}", "language": ("en", "zh")[group],
                "programming_language": programming_language, "domain": domain, "category": category,
                "category_by": category and "rule", "tokens": count_tokens([instruction, "", output]),
                "complexity": complexity if code else None, "diversity": float(random.beta(5, 2 + group)),
            })  # fmt: skip
            points.append(random.normal(size=6) + 3 * np.eye(6)[number % 6] * (number % 10 > 0))
    space = np.array(points, np.float32)
    space /= np.linalg.norm(space, axis=1, keepdims=True)
    return Analysis(
        pa.Table.from_pylist(read, READ),
        pa.Table.from_pylist(rows, ROWS),
        [],
        {"by": "config", "embedder": "made up"},
        space,
    )


@pytest.fixture(scope="session")
def made() -> Analysis:
    """3,000 rows of one data set without splits."""
    return make()


@pytest.fixture(scope="session")
def make_analysis() -> Callable[..., Analysis]:
    return make
