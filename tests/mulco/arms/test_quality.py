"""Quality: what speaks against a row lowers its score, and a row of a lower score is drawn less often."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from mulco.analysis.result import READ
from mulco.arms.designs import mixed
from mulco.arms.quality import POWER, score, weighted
from mulco.errors import MulcoError


def scored(**values: Any) -> float:
    row = {
        "dataset": "made", "group": "a", "id": "1", "instruction": "Add.", "input": "", "output": "def f(): return 1\n",
        "task": None, "language": "en", "programming_language": "python", "source": "s", "license": "MIT",
        "quality": None, "tokenized": False, **values,
    }  # fmt: skip
    return float(score(pa.Table.from_pylist([row], READ))[0])


@pytest.mark.parametrize(
    ("quality", "expected"),
    [
        ('{"lines": 3}', 1),
        ('{"flags": ["assistant_phrase"]}', 0.5),
        ('{"flags": ["assistant_phrase", "contamination"]}', 0.25),
        ('{"flags": ["syntax_error"], "syntax_errors": 0.1}', 0.45),
        ('{"fit": "partly"}', 0.5),
        ('{"fit": "poor"}', 0),
    ],
)
def test_a_built_row_is_scored_by_what_it_says(quality: str, expected: float) -> None:
    assert scored(quality=quality) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, 1),
        ({"output": "N/A", "programming_language": "text"}, 0.5),
        ({"output": "N/A", "programming_language": "text", "quality": '{"programming_language_source": "x"}'}, 0.5),
        ({"output": "I'm sorry, but as an AI language model I cannot help.", "programming_language": "text"}, 0.5),
        (
            {"output": "Sure! Here it is.\n```python\nf()\n", "programming_language": "text"},
            0.25,
        ),  # and no fence closes
        ({"output": "print 1 +\n", "programming_language": "text"}, 1),
    ],
)
def test_any_other_row_is_scored_by_the_steps_that_need_only_its_text(values: dict[str, Any], expected: float) -> None:
    assert scored(**values) == pytest.approx(expected)


def test_code_that_does_not_parse_loses_the_share_that_does_not() -> None:
    broken = "retrun x x\n"
    long, short = (scored(output="x = 1\n" * lines + broken) for lines in (100, 30))
    assert 0.2 < short < long < 1
    assert scored(output=broken) < 0.4
    assert scored(output=broken, tokenized=True) == 1


def test_quality_that_is_no_json_is_refused() -> None:
    with pytest.raises(MulcoError, match="row '1' of made: quality is no JSON object"):
        scored(quality="good")


def test_rows_are_drawn_in_proportion_to_their_weight() -> None:
    """Of rows of two weights, the first draws have them as w1 n1 : w2 n2, and the hash decides."""
    count = 40_000
    scores = np.where(np.arange(count) % 2 == 0, 1.0, 0.8)
    hashes = mixed(np.arange(count, dtype=np.uint64), 0)
    first = weighted(scores, hashes)[:1000]
    expected = 0.8**POWER / (1 + 0.8**POWER)
    assert np.mean(first % 2) == pytest.approx(expected, abs=3 * np.sqrt(expected * (1 - expected) / 1000))
    assert weighted(scores, hashes)[:1000].tolist() == first.tolist()


def test_a_row_without_weight_comes_last_and_others_keep_their_order_when_rows_go() -> None:
    scores, hashes = np.array([1.0, 0.0, 0.5, 1.0]), mixed(np.arange(4, dtype=np.uint64), 3)
    order = weighted(scores, hashes).tolist()
    assert order[-1] == 1
    kept = [0, 1, 2]
    fewer = [kept[place] for place in weighted(scores[kept], hashes[kept]).tolist()]
    assert fewer == [number for number in order if number in kept]
