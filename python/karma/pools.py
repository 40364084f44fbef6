"""Candidate pools: what a target is ranked among (src/measures/ranking/candidatePools.ts), and how a record stores them."""

import base64
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .columns import Log, Target
from .neighbours import ItemNeighbours
from .plain import plain
from .random import fork_random


class Pools:
    """The pool of each target: given by the log's files, or drawn from (log, pool seed, target) alone."""

    def __init__(self, log: Log, evaluation: dict[str, Any], max_history: int) -> None:
        self.log, self.max_history = log, max_history
        self.size: int = evaluation["poolSize"]
        self.source: str = evaluation["poolFrom"]
        self.seed: int = evaluation["poolSeed"]
        self.mask_history: bool = evaluation["maskHistory"]
        self._known: dict[Target, NDArray[np.int64]] = {}

    @cached_property
    def _neighbours(self) -> ItemNeighbours:
        return ItemNeighbours(self.log)

    @cached_property
    def _popular(self) -> list[int]:
        """Items by training events, most first."""
        return plain(np.argsort(-self.log.counts, kind="stable"))

    def has(self, target: Target) -> bool:
        """Whether a target has a pool: only given ones may be missing."""
        return self.source != "given" or self.log.candidates_of(target) is not None

    def of(self, target: Target) -> NDArray[np.int64]:
        """Items of a target's pool, ascending, the target among them. ValueError for a target without one."""
        if target not in self._known:
            self._known[target] = np.array(sorted(self._draw(target)), np.int64)
        return self._known[target]

    def _draw(self, target: Target) -> set[int]:
        log, item = self.log, self.log.item_at(target)
        if self.source == "given":
            given = log.candidates_of(target)
            if given is None:
                raise ValueError(f"no candidate set for event {target.position} of user {target.user}")
            return {item, *given}
        history = log.history_of(target)
        left, pool = {item, *(history if self.mask_history else ())}, {item}

        def add(items: Iterable[int], most: int) -> None:
            for other in items:
                if len(pool) >= most:
                    return
                if other not in left:
                    pool.add(other)

        if self.source == "exposed":
            add(log.exposed_at(target), self.size)
        if self.source == "retrieved":
            share = (self.size - 1) // 4
            add(self._nearest(history, share + len(left)), 1 + share)
            add(self._popular, len(pool) + share)
        self._fill(pool, left, target)
        return pool

    def _nearest(self, history: Sequence[int], most: int) -> list[int]:
        """Items with the largest sum of similarities to the newest events, without those that have none; lower indices first."""
        scores = self._neighbours.scores(history[-self.max_history :], self.log.items)
        met = np.flatnonzero(scores)
        return plain(met[np.argsort(-scores[met], kind="stable")[:most]])

    def _fill(self, pool: set[int], left: set[int], target: Target) -> None:
        """Uniform draws without replacement until the pool is full, or nothing is left."""
        random, items = fork_random(self.seed, "candidate pool", target.user, target.position), self.log.items
        if self.size + len(left) < items / 2:
            while len(pool) < self.size:
                item = random.integer(items)
                if item not in left:
                    pool.add(item)
            return
        rest = [item for item in range(items) if item not in pool and item not in left]
        pool.update(random.shuffle(rest)[: max(0, self.size - len(pool))])

    def stored(self, finals: Sequence[Target], sample: Sequence[Target], watch: str) -> dict[str, Any]:
        """The record's `pools`."""
        pools = [self.of(target) for target in finals]
        sizes = [len(pool) for pool in pools]
        given = {"size": min(sizes), "largest": max(sizes)} if self.source == "given" else {"size": self.size}
        found = {**given, "from": self.source, "seed": self.seed, "all": encode_pools(pools)}
        if watch == "validation":
            found["sample"] = encode_pools([self.of(target) for target in sample])
        return found


def rank_in_pool(pool: NDArray[np.int64], scores: NDArray[np.float64], target: int) -> float:
    """The target's average rank among `pool` [items], whose scores are `scores` [items]; a comparison with NaN counts against it."""
    own = scores[pool == target][0]
    others = scores[pool != target]
    equal = int((others == own).sum())
    return float((~(others < own)).sum() - equal + 1 + equal / 2)


def encode_pools(pools: Sequence[NDArray[np.int64]]) -> str:
    """For each pool its length and the gaps between its items, as LEB128 numbers in base64."""
    out = bytearray()
    for pool in pools:
        for value in (len(pool), *np.diff(pool, prepend=0).tolist()):
            while value >= 128:
                out.append(value % 128 + 128)
                value //= 128
            out.append(value)
    return base64.b64encode(bytes(out)).decode()
