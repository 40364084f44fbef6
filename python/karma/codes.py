"""Semantic IDs: codes from a file, and the engine's codes (src/model/codes) of the same features by residual k-means, to the last bit."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .errors import JobError
from .plain import plain
from .random import Random, fork_random

ROUNDS = 25
"""Lloyd's algorithm stops after this many rounds, or as soon as no item changes its centroid."""
CHUNK = 256
"""Points compared at a time, so that their distances stay in the cache."""

TOKEN = re.compile(r"<([a-z]+)_([0-9]{1,6})>")

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ItemCodes:
    """The codes of all items of a log."""

    sizes: tuple[int, ...]
    """Codes at each level."""
    codes: NDArray[np.int64]
    """[items, levels], counted from 0 at each level."""

    @cached_property
    def tokens(self) -> list[list[int]]:
        """The token of every code: those of a level follow those of the levels before it [items][levels]."""
        first = np.cumsum([0, *self.sizes[:-1]])
        found: list[list[int]] = plain(self.codes + first)
        return found

    @property
    def collisions(self) -> float:
        """Share of the items whose tuple another item has too."""
        if len(self.codes) == 0:
            return 0.0
        _, tuple_of, items = np.unique(self.codes, axis=0, return_inverse=True, return_counts=True)
        return float((items[tuple_of.reshape(-1)] > 1).mean())


@dataclass(frozen=True)
class CodeIndex:
    """MiniOneRec's index, as a recipe holds it (src/recipe/codeIndex.ts)."""

    sizes: tuple[int, ...]
    """One code more than the largest of each level."""
    items: dict[str, tuple[int, ...]]
    """Codes by the item's ID."""

    def of(self, ids: Sequence[str]) -> ItemCodes:
        """The codes of a log's items, in their order. JobError if the index is of other items."""
        missing = [item for item in ids if item not in self.items]
        if missing:
            raise JobError(
                f"The recipe's codes (objective.codeIndex) lack {len(missing)} of the log's items, {missing[0]} among them. "
                "Export the job again with the codes of this log."
            )
        surplus = sorted(set(self.items) - set(ids))
        if surplus:
            raise JobError(
                f"The recipe's codes (objective.codeIndex) name {len(surplus)} items that the log lacks, {surplus[0]} among them. "
                "Export the job again with the codes of this log."
            )
        return ItemCodes(self.sizes, np.array([self.items[item] for item in ids], np.int64))


def read_index(lines: Sequence[str]) -> CodeIndex:
    """Lines of an ID, a tab and its tokens, as `<a_12> <b_7> <c_0>`. ValueError says which line is wrong, and how."""
    items: dict[str, tuple[int, ...]] = {}
    names: list[str] = []
    sizes: list[int] = []
    for line in lines:
        item, _, rest = line.partition("\t")
        parts = [TOKEN.fullmatch(token) for token in rest.split(" ")]
        found = [(part.group(1), int(part.group(2))) for part in parts if part is not None]
        if not item or len(found) < len(parts):
            raise ValueError(f"objective.codeIndex: {line[:80]!r} is not an item with tokens such as <a_12> <b_7> <c_0>")
        if item in items:
            raise ValueError(f"objective.codeIndex: item {item} is there twice")
        if not items:
            names, sizes = [name for name, _ in found], [0] * len(found)
        if [name for name, _ in found] != names:
            raise ValueError(
                f"objective.codeIndex: item {item} has other levels than {' '.join(f'<{name}_…>' for name in names)}"
            )
        sizes = [max(size, code + 1) for size, (_, code) in zip(sizes, found, strict=True)]
        items[item] = tuple(code for _, code in found)
    return CodeIndex(tuple(sizes), items)


def residual_codes(features: NDArray[np.float32], sizes: tuple[int, ...], seed: int) -> ItemCodes:
    """Codes of items by `features` [items, width]; `sizes`: codes at each level, of which some may have no item."""
    left = features.astype(np.float64)
    codes = np.zeros((len(left), len(sizes)), np.int64)
    for level, size in enumerate(sizes):
        nearest, centroids = k_means(left, size, fork_random(seed, "semantic codes", level))
        codes[:, level] = nearest
        left -= centroids[nearest]
    return ItemCodes(sizes, codes)


def k_means(points: Floats, size: int, random: Random) -> tuple[NDArray[np.int64], Floats]:
    """k-means++ (Arthur & Vassilvitskii, 2007), then Lloyd's rounds; ties go to the first centroid, one without points stays where it is."""
    centroids = seeds(points, size, random)
    nearest = np.full(len(points), len(centroids), np.int64)
    for turn in range(ROUNDS + 1):
        found = np.concatenate(
            [squared_distances(points[at : at + CHUNK], centroids).argmin(1) for at in range(0, len(points), CHUNK)]
        )
        changed, nearest = bool((found != nearest).any()), found
        if not changed or turn == ROUNDS:
            break
        sums = np.zeros_like(centroids)
        # Adds in the order of the points, as the engine does.
        np.add.at(sums, nearest, points)
        sizes = np.bincount(nearest, minlength=len(centroids))
        centroids = np.where(sizes[:, None] > 0, sums / np.maximum(sizes, 1)[:, None], centroids)
    return nearest, centroids


def seeds(points: Floats, size: int, random: Random) -> Floats:
    """Points drawn in proportion to their squared distance from those drawn before; fewer than `size` if no point is apart from them."""
    drawn = [random.integer(len(points))]
    apart = np.full(len(points), np.inf)
    while len(drawn) < size:
        apart = np.minimum(apart, squared_distances(points, points[drawn[-1:]])[:, 0])
        cumulative = np.cumsum(apart)
        total = plain(cumulative[-1])
        if total == 0:
            break
        found = int(np.searchsorted(cumulative, random.uniform() * total, side="right"))
        drawn.append(min(found, len(points) - 1))
    return points[drawn]


def squared_distances(points: Floats, centroids: Floats) -> Floats:
    """[points, centroids], summed column by column."""
    sums = np.zeros((len(points), len(centroids)))
    for column in range(points.shape[1]):
        difference = points[:, column, None] - centroids[None, :, column]
        sums += difference * difference
    return sums
