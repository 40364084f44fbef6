"""JS@50: how similar retrieved items are to the target, in two readings (src/experiment/evaluate/overlap.ts). Definitions: docs/metrics.md."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from .columns import Target
from .data import Prepared
from .features import unit_rows
from .plain import plain
from .ranking import NO_ITEM, OVERLAP_K, bootstrap_mean, rank_block, ranked_together
from .sampling import sample_targets
from .shards import Shards, expanded

MOST_TARGETS, LEAST_TARGETS = 512, 32
MOST_PRODUCTS = 1e9
"""Targets × items × width that finding neighbours may take."""


def jaccard(a: set[int], b: set[int]) -> float:
    """|A ∩ B| / |A ∪ B|; 1 for two empty sets, which are equal."""
    either = len(a | b)
    return 1.0 if either == 0 else len(a & b) / either


@dataclass
class Overlap:
    """A sample of the final targets with the items nearest to each."""

    data: Prepared
    places: list[int]
    """Of the sampled targets among the final ones."""
    items: list[int]
    nearest: list[set[int]]
    _words: dict[int, set[int]] = field(default_factory=dict)

    @staticmethod
    def of(data: Prepared, finals: Sequence[Target], features: Tensor, shards: Shards) -> "Overlap":
        """Finds the neighbours by the cosine of the features [items of this process, width]; all processes call at once."""
        log, recipe = data.log, data.recipe
        affordable = int(MOST_PRODUCTS // (log.items * features.shape[1]))
        targets = sample_targets(list(finals), min(MOST_TARGETS, max(LEAST_TARGETS, affordable)), recipe.seed)
        items = [log.item_at(target) for target in targets]
        unit = unit_rows(features)
        rows, scored, inverse = shards.distinct(unit)
        wide = rows.double()
        nearest: list[set[int]] = []
        together = ranked_together(log.items)
        for begin in range(0, len(targets), together):
            some = items[begin : begin + together]
            scores = expanded(shards.rows(unit, some).double() @ wide.T, inverse)
            masked = data.masked(targets[begin : begin + together])
            _, lists = rank_block(scores, some, masked, min(OVERLAP_K, log.items), shards.processes, scored)
            nearest += [_listed(row) for row in lists]
        place = {target: at for at, target in enumerate(finals)}
        return Overlap(data, [place[target] for target in targets], items, nearest)

    def measure(self, top: NDArray[np.uint32]) -> dict[str, Any]:
        """JS@50 of the best items of every final target [finals, listed], by measure ID."""
        lists = [_listed(top[place, :OVERLAP_K]) for place in self.places]
        space = np.array([jaccard(found, near) for found, near in zip(lists, self.nearest, strict=True)])
        tokens = np.array(
            [
                np.mean([jaccard(self._of(other), self._of(item)) for other in found]) if found else 0.0
                for found, item in zip(lists, self.items, strict=True)
            ]
        )
        found = {f"js{OVERLAP_K}-space": space, f"js{OVERLAP_K}-tokens": tokens}
        intervals = {name: bootstrap_mean(each, self.data.recipe.seed) for name, each in found.items()}
        return {
            "values": {name: float(each.mean()) for name, each in found.items()},
            "intervals": {name: interval for name, interval in intervals.items() if interval is not None},
            "overlapTargets": len(space),
        }

    def _of(self, item: int) -> set[int]:
        """Different tokens of an item's text, without EOS, which all texts have."""
        if item not in self._words:
            self._words[item] = set(self.data.texts[item][:-1])
        return self._words[item]


def _listed(row: NDArray[np.uint32]) -> set[int]:
    return set(plain(row[row != NO_ITEM]))
