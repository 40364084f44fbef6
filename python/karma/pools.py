"""Given candidate pools: what a target is ranked among (src/measures/ranking/candidatePools.ts), and how a record stores them."""

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .columns import Log, Target


def has_pool(log: Log, target: Target) -> bool:
    """Whether the log brings candidates for a target."""
    return log.candidates_of(target) is not None


def pool_of(log: Log, target: Target) -> NDArray[np.int64]:
    """Items of a target's pool, ascending: its candidate set and the target. ValueError for a target without a set."""
    given = log.candidates_of(target)
    if given is None:
        raise ValueError(f"no candidate set for event {target.position} of user {target.user}")
    return np.unique(np.append(given, log.item_at(target)).astype(np.int64))


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


def stored_pools(log: Log, evaluation: dict[str, Any], finals: Sequence[Target], sample: Sequence[Target]) -> dict[str, Any]:
    """The record's `pools`. `evaluation`: of the recipe as it is written."""
    pools = [pool_of(log, target) for target in finals]
    sizes = [len(pool) for pool in pools]
    found = {
        "size": min(sizes),
        "largest": max(sizes),
        "from": "given",
        "seed": evaluation["poolSeed"],
        "all": encode_pools(pools),
    }
    if evaluation["watch"] == "validation":
        found["sample"] = encode_pools([pool_of(log, target) for target in sample])
    return found
