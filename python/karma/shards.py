"""Tables of items cut by rows over the processes: features x, title features, and free embeddings with their moments.

A step reads the rows of the items that its batch names, whichever processes have them, and sends their gradients back; evaluation scores every
target against the rows of each process. Without `active` every process has all rows, and nothing is sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .processes import Processes

FREE = ("z", "u")
"""Parameters with a row per item."""
GOLDEN = np.uint64(0x9E3779B97F4A7C15)

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Shards:
    """Which items' rows are on this process: begin … end − 1."""

    processes: Processes
    items: int
    active: bool = False

    @property
    def size(self) -> int:
        """Rows of a process; the last ones may have fewer, or none. The parts of `torch.chunk`, which DTensor expects."""
        return -(-self.items // self.processes.world) if self.active else self.items

    @property
    def begin(self) -> int:
        """The first item of this process."""
        return min(self.items, self.processes.rank * self.size) if self.active else 0

    @property
    def end(self) -> int:
        """The item after its last."""
        return min(self.items, self.begin + self.size)

    def union(self, items: Sequence[int]) -> Integers:
        """The items that any process names, ascending; all processes call at once."""
        own = np.unique(np.asarray(items, np.int64))
        return np.unique(np.concatenate(self.processes.gather(own))) if self.active else own

    def own(self, items: Integers) -> NDArray[np.bool_]:
        """Which of the items are on this process."""
        return (items >= self.begin) & (items < self.end)

    def take(self, table: Tensor, items: Integers) -> Tensor:
        """Rows of those items, ascending [items, …]; all processes call at once, for the same items."""
        mine = self.own(items)
        own = table.detach()[torch.from_numpy(items[mine] - self.begin).to(table.device)]
        if not self.active:
            return own
        rows = table.new_zeros(len(items), *table.shape[1:])
        rows[torch.from_numpy(np.flatnonzero(mine)).to(table.device)] = own
        return self.processes.sum(rows)

    def rows(self, table: Tensor, items: Sequence[int]) -> Tensor:
        """Rows of those items in their order; all processes call at once, each for items of its own."""
        every = self.union(items)
        place = np.searchsorted(every, np.asarray(items, np.int64))
        return self.take(table, every)[torch.from_numpy(place).to(table.device)]

    def sum(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The sum over the parts of the catalogue."""
        return self.processes.sum(torch.from_numpy(values)).numpy() if self.active else values

    def distinct(self, rows: Tensor) -> tuple[Tensor, Integers | None, Integers | None]:
        """(different rows that this process scores, the items that have one of them, which of the rows each has); None for all items, each its own.

        Items with the same row must tie exactly, whatever the order in which a product is summed: one process scores them, once.
        """
        parts = self.processes.gather(_keys(rows)) if self.active else [_keys(rows)]
        first = _first_equal([np.concatenate(halves) for halves in zip(*parts, strict=True)])
        items = np.flatnonzero(self.own(first)) if self.active else None
        first = first if items is None else first[items]
        leaders = np.unique(first)
        if len(leaders) == len(first) == len(rows):
            return rows, items, None
        return rows[torch.from_numpy(leaders - self.begin).to(rows.device)], items, np.searchsorted(leaders, first)

    def whole(self, table: Tensor) -> Tensor | None:
        """The whole table on the CPU of the first process, None on the others."""
        if not self.active or self.processes.world == 1:
            return table.detach().cpu()
        return self.processes.stack(
            table.detach(), [min(self.size, max(0, self.items - rank * self.size)) for rank in range(self.processes.world)]
        )


def _keys(rows: Tensor) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """128 bits of each row, equal for equal rows."""
    # Adding 0 turns −0 into 0, which equals it.
    words = np.ascontiguousarray((rows.detach() + 0.0).cpu().numpy()).view(np.uint32)
    keys = []
    for start in (1, 2):
        key = np.full(len(words), start, np.uint64)
        for column in words.T:
            key = (key ^ column) * GOLDEN
            key = key ^ (key >> np.uint64(29 + start))
        keys.append(key)
    return keys[0], keys[1]


def _first_equal(keys: Sequence[NDArray[np.uint64]]) -> Integers:
    """[items] the first item with the same keys as each."""
    order = np.lexsort(keys)
    new = np.ones(len(order), bool)
    new[1:] = np.logical_or.reduce([key[order[1:]] != key[order[:-1]] for key in keys])
    first = np.empty(len(order), np.int64)
    # The sort is stable: the first of equal keys is the first item's.
    first[order] = order[new][np.cumsum(new) - 1]
    return first


def expanded(scores: Tensor, inverse: Integers | None) -> Tensor:
    """Scores of the rows of `distinct` [users, rows] as scores of its items [users, items]."""
    return scores if inverse is None else scores[:, torch.from_numpy(inverse).to(scores.device)]


def columns_of(items: Integers | None, wanted: Sequence[int]) -> Any:
    """Columns of those of the wanted items that are among `items`, ascending (None: all)."""
    index = np.asarray(wanted, np.int64)
    if items is None:
        return index
    at = np.searchsorted(items, index)
    found = at < len(items)
    found[found] = items[at[found]] == index[found]
    return at[found]
