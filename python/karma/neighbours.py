"""Item-based nearest neighbours on training events (src/measures/ranking/itemNeighbours.ts)."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .columns import Log
from .plain import plain

SIMILARITY_GRID, SCORE_GRID = 2.0**44, 2.0**26


def on_grid(values: NDArray[np.float64], grid: float) -> NDArray[np.float64]:
    """Rounded to multiples of 1/grid, halves up, so that equal sums tie whatever their order."""
    return np.floor(values * grid + 0.5) / grid


class ItemNeighbours:
    """Cosine of items' columns in the binary user-item matrix of training events, `shrink` added to its denominator; the nearest of each are stored."""

    def __init__(self, log: Log, neighbours: int = 100, shrink: float = 0) -> None:
        self.most, self.shrink = neighbours, shrink
        self.items_of: list[list[int]] = []
        self.users_of: list[list[int]] = [[] for _ in range(log.items)]
        for index, (user, end) in enumerate(log.training_users()):
            items = list(dict.fromkeys(log.trained.items_of(user, 0, end)))
            self.items_of.append(items)
            for item in items:
                self.users_of[item].append(index)
        self._known: dict[int, tuple[NDArray[np.int64], NDArray[np.float64]]] = {}

    def of(self, item: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """(items, similarities), best first; among equals the one with the lower index."""
        if item not in self._known:
            shared = Counter(other for user in self.users_of[item] for other in self.items_of[user] if other != item)
            others = np.array(sorted(shared), dtype=np.int64)
            counts = np.array([shared[other] for other in plain(others)], dtype=np.float64)
            sizes = np.array([len(self.users_of[other]) for other in plain(others)], dtype=np.float64)
            similarity = on_grid(counts / (np.sqrt(len(self.users_of[item]) * sizes) + self.shrink), SIMILARITY_GRID)
            order = np.lexsort((others, -similarity))[: self.most]
            self._known[item] = others[order], similarity[order]
        return self._known[item]

    def scores(self, history: Sequence[int], items: int) -> NDArray[np.float64]:
        """The sum of an item's similarities to the history's distinct items [items]."""
        sums = np.zeros(items)
        for item in dict.fromkeys(history):
            others, similarities = self.of(item)
            sums[others] += similarities
        return on_grid(sums, SCORE_GRID)
