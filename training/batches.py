"""From documents to batches: what one forward pass of one device gets, in an order that follows from the seed.

    items = items_of(documents, recipe)              # bins of rows (pack) or single rows (group, none)
    order = Order(items, device_batch=4, world=2, rank=0, seed=0)
    for batch in order: collate([items.rows(i) for i in batch], ...)

Batches are dealt so that an optimizer step learns from the same items however many devices and accumulation steps it
has. Where the last batch of an epoch does not reach every device, those without items get a filler, a row without
labels: it adds nothing to loss or gradients, and no row is seen twice.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from mulco.training.encode import IGNORED, Documents
from mulco.training.pack import Plan, pack

FILLER = -1


@dataclass(frozen=True)
class Items:
    """What the order shuffles: bins under `plan`, else single rows."""

    documents: Documents
    plan: Plan | None

    def __len__(self) -> int:
        return len(self.plan.bins) if self.plan is not None else len(self.documents)

    def members(self, item: int) -> tuple[int, ...]:
        """The rows of one item."""
        return self.plan.bins[item] if self.plan is not None else (item,)

    def length(self, item: int) -> int:
        """Tokens of one item."""
        return int(sum(self.documents.lengths[row] for row in self.members(item)))


def items_of(documents: Documents, mode: str, bin_tokens: int) -> Items:
    """The items of a split under one of the modes pack, group and none."""
    return Items(documents, pack(documents.lengths.tolist(), bin_tokens) if mode == "pack" else None)


class Order(torch.utils.data.Sampler[list[int]]):
    """For one rank: the items of each forward pass, a fresh permutation every epoch, the same in every process.

    `group` puts items of like length into one batch: the permutation is cut into stretches of 50 global batches, each
    sorted by length, and the batches are then shuffled.
    """

    def __init__(self, items: Items, device_batch: int, world: int = 1, rank: int = 0, seed: int = 0,
                 group: bool = False, shuffle: bool = True) -> None:  # fmt: skip
        self.count, self.device_batch, self.world, self.rank = len(items), device_batch, world, rank
        self.seed, self.shuffle, self.epoch = seed, shuffle, 0
        self.lengths = [items.length(item) for item in range(len(items))] if group else None

    def __len__(self) -> int:
        """Forward passes of an epoch, the same on every rank."""
        return math.ceil(self.count / (self.device_batch * self.world))

    def set_epoch(self, epoch: int) -> None:
        self.epoch = epoch

    def __iter__(self) -> Iterator[list[int]]:
        together = self.device_batch * self.world
        places = self._places()
        for start in range(0, self.count, together):
            mine = places[start : start + together][self.rank * self.device_batch : (self.rank + 1) * self.device_batch]
            yield mine or [FILLER]

    def _places(self) -> list[int]:
        if not self.shuffle:
            return list(range(self.count))
        random = np.random.default_rng([self.seed, self.epoch])
        places: list[int] = random.permutation(self.count).tolist()
        if self.lengths is None:
            return places
        together = self.device_batch * self.world
        lengths, stretch = self.lengths, 50 * together
        grouped = [
            place
            for start in range(0, self.count, stretch)
            for place in sorted(places[start : start + stretch], key=lambda item: (-lengths[item], item))
        ]
        batches = [grouped[start : start + together] for start in range(0, self.count, together)]
        short = [batch for batch in batches if len(batch) < together]  # stays last: only there may a batch be short
        whole = [batch for batch in batches if len(batch) == together]
        random.shuffle(whole)
        return [place for batch in [*whole, *short] for place in batch]


class Batches(torch.utils.data.Dataset[Any]):
    """A data set of items; index FILLER is a row without labels."""

    def __init__(self, items: Items) -> None:
        self.items = items
        lengths = items.documents.lengths
        self.shortest = int(lengths.argmin()) if len(lengths) else 0

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, item: int) -> list[tuple[Any, Any]]:
        """[(ids, labels)] of the rows of one item."""
        if item == FILLER:
            ids, labels = self.items.documents[self.shortest]
            return [(ids, np.full_like(labels, IGNORED))]
        return [self.items.documents[row] for row in self.items.members(item)]


def collate_packed(batch: Sequence[list[tuple[Any, Any]]]) -> dict[str, Any]:
    """One flat row: input_ids, labels, position_ids (1, tokens), boundaries (documents + 1,). No attention mask.

    The first label of every document is the prompt's and so ignored: nothing is learned across a boundary.
    """
    rows = [row for item in batch for row in item]
    lengths = [len(ids) for ids, _ in rows]
    ends = torch.tensor([0, *np.cumsum(lengths)], dtype=torch.int32)
    return {
        "input_ids": torch.from_numpy(np.concatenate([ids for ids, _ in rows])).long()[None],
        "labels": torch.from_numpy(np.concatenate([labels for _, labels in rows]))[None],
        "position_ids": torch.cat([torch.arange(length) for length in lengths])[None],
        "cu_seq_lens_q": ends, "cu_seq_lens_k": ends,
        "max_length_q": max(lengths), "max_length_k": max(lengths),
    }  # fmt: skip


def collate_padded(batch: Sequence[list[tuple[Any, Any]]], pad: int = 0) -> dict[str, Any]:
    """input_ids, attention_mask, labels (rows, longest), padded on the right.

    The mask comes from lengths, never from the padding token: that may be EOS, which has to be seen and learned.
    """
    rows = [row for item in batch for row in item]
    longest = max(len(ids) for ids, _ in rows)
    ids = torch.full((len(rows), longest), pad, dtype=torch.long)
    labels = torch.full((len(rows), longest), IGNORED, dtype=torch.long)
    mask = torch.zeros((len(rows), longest), dtype=torch.long)
    for place, (row_ids, row_labels) in enumerate(rows):
        ids[place, : len(row_ids)] = torch.from_numpy(np.asarray(row_ids)).long()
        labels[place, : len(row_ids)] = torch.from_numpy(row_labels)
        mask[place, : len(row_ids)] = 1
    return {"input_ids": ids, "attention_mask": mask, "labels": labels}
