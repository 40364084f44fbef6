"""Semantic IDs by residual k-means: the engine's codes (src/engine/codes) of the same features, to the last bit."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .plain import plain
from .random import Random, fork_random
from .spec import Objective

ROUNDS = 25
"""Lloyd's algorithm stops after this many rounds, or as soon as no item changes its centroid."""
CHUNK = 256
"""Points compared at a time, so that their distances stay in the cache."""

Floats = NDArray[np.float64]


def residual_codes(features: NDArray[np.float32], objective: Objective, seed: int) -> NDArray[np.int64]:
    """Codes of items [items, levels], counted from 0 at each level; `features` [items, width]."""
    left = features.astype(np.float64)
    codes = np.zeros((len(left), objective.code_levels), np.int64)
    for level in range(objective.code_levels):
        nearest, centroids = k_means(left, objective.codebook_size, fork_random(seed, "semantic codes", level))
        codes[:, level] = nearest
        left -= centroids[nearest]
    return codes


def code_tokens(codes: Sequence[Sequence[int]], objective: Objective) -> list[list[int]]:
    """The token of every code: those of a level follow those of the levels before it [items][levels]."""
    return [[level * objective.codebook_size + code for level, code in enumerate(item)] for item in codes]


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
