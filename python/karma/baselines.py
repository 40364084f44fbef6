"""Baselines without training (src/measures/ranking/baselines.ts): popularity, item neighbours, last item, zero-shot."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from .columns import Log, Target
from .plain import plain
from .pools import pool_of, rank_in_pool
from .ranking import Ranked, rank_block

NAMES = ("popularity", "itemKnn", "lastItem", "zeroShot")
ZERO_SHOT_ITEMS = 5
NEIGHBOURS = 100
SIMILARITY_GRID, SCORE_GRID = 2.0**44, 2.0**26
BLOCK = 64


def on_grid(values: NDArray[np.float64], grid: float) -> NDArray[np.float64]:
    """Rounded to multiples of 1/grid, halves up, so that equal sums tie whatever their order."""
    return np.floor(values * grid + 0.5) / grid


class ItemNeighbours:
    """Cosine of items' columns in the binary user-item matrix of training events; the 100 nearest of each are stored."""

    def __init__(self, log: Log) -> None:
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
            similarity = on_grid(counts / np.sqrt(len(self.users_of[item]) * sizes), SIMILARITY_GRID)
            order = np.lexsort((others, -similarity))[:NEIGHBOURS]
            self._known[item] = others[order], similarity[order]
        return self._known[item]

    def scores(self, history: Sequence[int], items: int) -> NDArray[np.float64]:
        """The sum of an item's similarities to the history's distinct items [items]."""
        sums = np.zeros(items)
        for item in dict.fromkeys(history):
            others, similarities = self.of(item)
            sums[others] += similarities
        return on_grid(sums, SCORE_GRID)


@dataclass(frozen=True)
class Baselines:
    """What baselines look at."""

    log: Log
    features: NDArray[np.float32]
    """[items, features], standardised."""
    max_history: int
    mask_history: bool
    listed: int
    pools: bool
    """Whether targets are ranked inside given pools, too."""

    def rank(self, name: str, targets: Sequence[Target]) -> Ranked:
        """How a baseline ranks the targets."""
        log = self.log
        neighbours = ItemNeighbours(log) if name == "itemKnn" else None
        # Items with the same features must tie exactly, which a matrix product does not guarantee: each is scored once.
        rows, inverse = np.unique(self.features, axis=0, return_inverse=True)
        norms = np.sqrt((rows.astype(np.float64) ** 2).sum(1, keepdims=True))
        unit = (rows * np.where(norms > 0, 1 / np.where(norms > 0, norms, 1), 0)).astype(np.float32).astype(np.float64)
        window = min(self.max_history, 1 if name == "lastItem" else ZERO_SHOT_ITEMS)
        ranks, lists, requests = [], [], []
        pool_ranks: list[float] = []
        for begin in range(0, len(targets), BLOCK):
            block = targets[begin : begin + BLOCK]
            histories = [log.history_of(target) for target in block]
            if name == "popularity":
                scores = np.tile(log.counts.astype(np.float64), (len(block), 1))
            elif neighbours is not None:
                scores = np.stack([neighbours.scores(history[-self.max_history :], log.items) for history in histories])
            else:
                queries = np.stack([self.features[history[-window:]].astype(np.float64).sum(0) for history in histories])
                scores = (queries @ unit.T)[:, inverse.ravel()]
            items = [log.item_at(target) for target in block]
            shown = [log.exposed_at(target) for target in block]
            for row, (item, others) in enumerate(zip(items, shown, strict=True)):
                requests.append((float(scores[row, item]), plain(scores[row, others])))
                if self.pools:
                    pool = pool_of(log, block[row])
                    pool_ranks.append(rank_in_pool(pool, scores[row, pool], item))
            masked = histories if self.mask_history else [[] for _ in block]
            found, top = rank_block(torch.from_numpy(scores), items, masked, self.listed)
            ranks.append(found)
            lists.append(top)
        return Ranked(np.concatenate(ranks), np.concatenate(lists), requests, np.array(pool_ranks))
