"""Vectors of texts from a model of sentence-transformers, which is installed apart.

Sentences("out/my-encoder").embed(["def add(a, b):"])      # (1, dimensions) float32
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from mulco.errors import MulcoError

BATCH = 32  # texts at a time; sentence-transformers' own default
STEP = 1024  # texts between two ticks; it sorts so many by length, to pad little


class Sentences:
    """A folder or a Hub id, loaded. Raises MulcoError where the package or the model is missing."""

    def __init__(self, name: str, revision: str | None = None) -> None:
        try:
            from sentence_transformers import SentenceTransformer  # type: ignore[import-not-found,unused-ignore]
        except ImportError as err:
            raise MulcoError(
                f"embedding with {name} needs sentence-transformers. Install it with: pip install sentence-transformers"
            ) from err
        try:
            self.model = SentenceTransformer(name, revision=revision)
        except (OSError, ValueError) as err:
            said = " ".join(str(err).split())[:300].rstrip(".")
            raise MulcoError(
                f"{name} cannot be loaded by sentence-transformers ({said}). Name a folder or a Hub id of such a model"
            ) from err

    def embed(
        self, texts: Sequence[str], tick: Callable[[int, int], None] = lambda done, of: None
    ) -> npt.NDArray[np.float32]:
        """(texts, dimensions) float32, in the order of the texts; each is cut at the model's own length."""
        found = []
        for start in range(0, len(texts), STEP):
            tick(start, len(texts))
            part = list(texts[start : start + STEP])
            said = self.model.encode(part, batch_size=BATCH, show_progress_bar=False, convert_to_numpy=True)
            found.append(np.asarray(said, np.float32))
        tick(len(texts), len(texts))
        return np.concatenate(found)
