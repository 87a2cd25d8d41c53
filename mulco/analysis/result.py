"""What an analysis holds: measures of each row, a summary of each group, and the space in which rows were compared.

analysis.rows            # an Arrow table of ROWS, in the order of the rows that were read
analysis.summary         # one dict per data set and group, and one per data set with group ""
analysis.embeddings      # (rows, dimensions) float32, each of length 1; None where none was asked for
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from mulco import categories

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

DOMAINS = tuple(categories.DOMAINS)
CATEGORIES = tuple(categories.CATEGORIES)  # of tasks, those of the study
ALGORITHMIC = categories.ALGORITHMIC

# What is read of a row, whatever it comes from; what its data does not say is filled in, or null.
READ = pa.schema([
    pa.field("dataset", pa.string(), nullable=False),  # the data set, as a short name that is unique in the analysis
    pa.field("group", pa.string(), nullable=False),  # the value that `by` names: config, source, ...
    pa.field("id", pa.string(), nullable=False),  # unique in its data set: the row's own, else <file stem>/<line>
    pa.field("instruction", pa.string(), nullable=False),
    pa.field("input", pa.string(), nullable=False),
    pa.field("output", pa.string(), nullable=False),
    pa.field("task", pa.string()),
    pa.field("language", pa.string(), nullable=False),  # en or zh
    pa.field("programming_language", pa.string(), nullable=False),  # text where there is no code
    pa.field("source", pa.string(), nullable=False),
    pa.field("license", pa.string(), nullable=False),  # LicenseRef-unknown where the data does not say
    pa.field("quality", pa.string()),  # the JSON of a row that mulco built
    pa.field("tokenized", pa.bool_(), nullable=False),  # code published as tokens or on one line: has no shape
])  # fmt: skip

# What is measured of it.
ROWS = pa.schema([
    pa.field("dataset", pa.string(), nullable=False),
    pa.field("group", pa.string(), nullable=False),
    pa.field("id", pa.string(), nullable=False),
    pa.field("language", pa.string(), nullable=False),
    pa.field("programming_language", pa.string(), nullable=False),
    pa.field("tokens", pa.int64(), nullable=False),  # words, single Han characters and marks of all three parts
    pa.field("domain", pa.string(), nullable=False),
    pa.field("category", pa.string()),  # null where nothing says
    pa.field("category_by", pa.string()),  # rule, nearest or model; null with it
    pa.field("decisions", pa.int64()),  # null where the answer has no code that can be parsed
    pa.field("nesting", pa.int64()),
    pa.field("lines", pa.int64()),
    pa.field("perplexity", pa.float64()),  # per character, of the answer, under n-grams of the other half of the data
    pa.field("complexity", pa.float64()),  # mean of the ranks of the four, in [0, 1], over all data sets together
    pa.field("diversity", pa.float64()),  # 1 - mean cosine to the other rows of the same data set
    pa.field("cluster", pa.int64()),  # of the clusters that all data sets share
    pa.field("x", pa.float64()),  # its place on the map: the first two principal components
    pa.field("y", pa.float64()),
])  # fmt: skip


@dataclass(frozen=True)
class Analysis:
    """`facts` says how it was made: versions, embedder, settings, and for each factor definition, unit and seconds."""

    read: pa.Table
    rows: pa.Table
    summary: list[dict[str, Any]]
    facts: dict[str, Any]
    embeddings: npt.NDArray[np.float32] | None = None
