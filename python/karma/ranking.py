"""Ranks, lists and their entries in a record (src/measures/ranking): tie rules, bootstrap draws and metrics are the engine's."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .plain import plain
from .processes import Processes
from .random import fork_random
from .shards import columns_of

NO_ITEM = 0xFFFFFFFF
MOST_LISTED = 200
OVERLAP_K = 50
RESAMPLES = 1000
MOST_USERS, MOST_SCORES = 64, 1 << 26
GROUPS = ("one-hop", "multi-hop", "head", "tail", "short-history", "medium-history", "long-history")
LARGEST_BOOTSTRAP = 20_000
"""Users beyond which resamples are drawn by NumPy's generator, not by the engine's: a thousand times as many numbers."""


@dataclass(frozen=True)
class Ranked:
    """Target by target: average ranks, lists of the best items [targets, listed], scores of the clicked and the shown items."""

    ranks: NDArray[np.float64]
    top: NDArray[np.uint32]
    requests: list[tuple[float, list[float]]]
    pool_ranks: NDArray[np.float64]
    """Average ranks inside candidate pools; empty without pools."""


@dataclass(frozen=True)
class Kinds:
    """What measures of rankings are split by, target by target."""

    cold: NDArray[np.uint8]
    """1 if the target occurs in no training event."""
    groups: NDArray[np.uint8] | None
    """Bits in the order of `GROUPS`; None if the log does not say."""

    def splits(self) -> dict[str, NDArray[np.bool_]]:
        """Which targets are in each split: all, warm and cold ones, those of each group."""
        found = {"all": np.ones(len(self.cold), bool), "warm": self.cold == 0, "cold": self.cold == 1}
        if self.groups is not None:
            found |= {name: (self.groups >> place) & 1 == 1 for place, name in enumerate(GROUPS)}
        return found


def listed_items(ks: Sequence[int], items: int) -> int:
    """The longest list that any K requires."""
    return min(items, max([0, *[k for k in [*ks, OVERLAP_K] if k <= MOST_LISTED]]))


def ranked_together(items: int) -> int:
    """Users whose scores of all items are held at once."""
    return max(1, min(MOST_USERS, MOST_SCORES // items))


def rank_block(
    scores: Tensor,
    targets: Sequence[int],
    masked: Sequence[Sequence[int]],
    listed: int,
    processes: Processes | None = None,
    items: NDArray[np.int64] | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.uint32]]:
    """(average ranks, lists) of scores [users, items]; masked items are excluded, the target never is. Changes `scores`.

    If the catalogue is cut over processes, `items` are those that this one scores; all call at once, for the same users.
    """
    device = scores.device
    own = torch.full((len(targets),), float("-inf"), dtype=scores.dtype, device=device)
    held = [(row, column) for row, target in enumerate(targets) for column in plain(columns_of(items, [target]))]
    rows, columns = (torch.tensor(part, dtype=torch.long, device=device) for part in zip(*held, strict=True)) if held else _NONE
    own[rows] = scores[rows, columns]
    if processes is not None and items is not None:
        own = processes.largest(own)
    for row, hidden in enumerate(masked):
        if hidden:
            scores[row, torch.from_numpy(columns_of(items, hidden)).to(device)] = float("-inf")
    scores[rows, columns] = own[rows]
    counts = torch.stack([(scores > own[:, None]).sum(1), (scores == own[:, None]).sum(1)])
    if processes is not None and items is not None:
        counts = processes.sum(counts)
    above, equal = counts[0], counts[1] - 1
    ranks = (above.double() + 1 + equal.double() / 2).cpu().numpy()
    return ranks, best_of_all(scores, listed, processes, items)


_NONE = (torch.empty(0, dtype=torch.long), torch.empty(0, dtype=torch.long))


def best_of_all(
    scores: Tensor, listed: int, processes: Processes | None = None, items: NDArray[np.int64] | None = None
) -> NDArray[np.uint32]:
    """As `best_items`, over all processes' parts of the catalogue if `items` are this one's part."""
    if processes is None or items is None:
        return best_items(scores, listed)
    own = best_items(scores, min(listed, scores.shape[1]))
    there = own != NO_ITEM
    columns = np.where(there, own, 0).astype(np.int64)
    of_own = np.where(there, np.take_along_axis(scores.double().cpu().numpy(), columns, 1), -np.inf)
    parts = processes.gather((np.where(there, items[columns], NO_ITEM), of_own))
    every, values = (np.concatenate([part[side] for part in parts], 1) for side in (0, 1))
    order = np.lexsort((every, -values), axis=1)[:, :listed]
    lists = np.full((len(scores), listed), NO_ITEM, np.uint32)
    lists[:, : order.shape[1]] = np.take_along_axis(every, order, 1)
    return lists


def best_items(scores: Tensor, listed: int) -> NDArray[np.uint32]:
    """Lists [users, listed], best first; at equal scores the item that comes first. −∞ is left out."""
    lists = np.full((len(scores), listed), NO_ITEM, np.uint32)
    if listed == 0:
        return lists
    least = scores.topk(listed, dim=1).values[:, -1]
    for row, (values, bound) in enumerate(zip(scores, least, strict=True)):
        able = torch.nonzero((values >= bound) & (values > float("-inf")))[:, 0]
        order = able[values[able].sort(descending=True, stable=True).indices][:listed]
        lists[row, : len(order)] = order.cpu().numpy()
    return lists


@lru_cache(maxsize=64)
def _draws(seed: int, users: int) -> NDArray[np.int32]:
    if users > LARGEST_BOOTSTRAP:
        return np.random.default_rng(seed).integers(users, size=(RESAMPLES, users)).astype(np.int32)
    draws = np.floor(fork_random(seed, "bootstrap", users).uniforms(RESAMPLES * users) * users)
    return draws.astype(np.int32).reshape(RESAMPLES, users)


def bootstrap_mean(values: NDArray[np.float64], seed: int) -> list[float] | None:
    """95 % percentile bootstrap interval of a mean; None for fewer than two values."""
    n = len(values)
    return None if n < 2 else _interval(values[_draws(seed, n)].sum(1) / n)


def share_interval(values: NDArray[np.float64], seed: int) -> list[float] | None:
    """95 % interval of the share of ones: bootstrap; Clopper & Pearson's for none and for all, whose resamples are all alike."""
    n, share = len(values), values.mean() if len(values) else 0.5
    if n < 2 or 0 < share < 1:
        return bootstrap_mean(values, seed)
    bound = 1 - 0.025 ** (1 / n)
    return [0.0, bound] if share == 0 else [1 - bound, 1.0]


def _interval(resampled: NDArray[np.float64]) -> list[float]:
    return [float(np.quantile(resampled, q)) for q in (0.025, 0.975)]


def metrics(ranks: NDArray[np.float64], ks: Sequence[int], seed: int) -> dict[str, Any]:
    """HR, NDCG and MRR by measure ID, with bootstrap intervals over users; nothing without users."""
    n = len(ranks)
    values: dict[str, float] = {}
    intervals: dict[str, list[float]] = {}
    for k in ks if n else ():
        hit = ranks <= k
        values[f"hr@{k}"] = float(hit.mean())
        values[f"ndcg@{k}"] = float(np.where(hit, 1 / np.log2(1 + ranks), 0).sum() / n)
        values[f"mrr@{k}"] = float(np.where(hit, 1 / ranks, 0).sum() / n)
        if (interval := share_interval(hit.astype(np.float64), seed)) is not None:
            intervals[f"hr@{k}"] = interval
    if n:
        values["mrr"] = float((1 / ranks).mean())
    return {"values": values, "intervals": intervals}


def list_metrics(lists: NDArray[np.uint32], popularity: NDArray[np.int64], ks: Sequence[int]) -> dict[str, float]:
    """Coverage, Gini index and average popularity of the first K of every list, by measure ID; nothing without users."""
    users, length = lists.shape
    found: dict[str, float] = {}
    for k in sorted(set(ks)) if users else ():
        if k > length and length < len(popularity):
            break
        first = lists[:, : min(k, length)]
        real = first != NO_ITEM
        shown = np.bincount(first[real].astype(np.int64), minlength=len(popularity))
        found[f"coverage@{k}"] = float((shown > 0).mean())
        found[f"gini@{k}"] = gini_index(shown)
        counts = np.where(real, popularity[np.where(real, first, 0).astype(np.int64)], 0).sum(1)
        found[f"popularity@{k}"] = float((counts / np.maximum(1, real.sum(1))).mean())
    return found


def gini_index(values: NDArray[np.int64]) -> float:
    """0 = all equal, (n − 1)/n = one has everything."""
    n, total = len(values), int(values.sum())
    weights = 2 * np.arange(1, n + 1) - n - 1
    return float((weights * np.sort(values)).sum() / (n * total)) if total > 0 else 0.0


def grouped_auc(requests: Sequence[tuple[float, Sequence[float]]]) -> dict[str, Any] | None:
    """Impression-weighted mean over requests of the AUC inside the shown list; None if nothing was shown."""
    total, count, impressions = 0.0, 0, 0
    for clicked, shown in requests:
        if shown:
            below = sum(1 if score < clicked else 0.5 if score == clicked else 0 for score in shown)
            total += (1 + len(shown)) * below / len(shown)
            count += 1
            impressions += 1 + len(shown)
    return {"value": total / impressions, "requests": count, "impressions": impressions} if count else None


def grouped_auc_by_kind(requests: Sequence[tuple[float, Sequence[float]]], kinds: Kinds) -> dict[str, Any]:
    """gAUC by measure ID and the requests that it is over, of all and of each split; nothing if nothing was shown."""
    values: dict[str, float] = {}
    counts: dict[str, dict[str, int]] = {}
    for split, members in kinds.splits().items():
        found = grouped_auc([request for request, is_member in zip(requests, members, strict=True) if is_member])
        if found is not None:
            values[split_id(split, "gauc")] = found.pop("value")
            counts[split] = found
    return {"values": values, "requests": counts} if values else {"values": {}}


def metrics_by_kind(
    ranks: NDArray[np.float64], kinds: Kinds, ks: Sequence[int], seed: int, *, pooled: bool = False
) -> dict[str, Any]:
    """`metrics` of all targets and of each split that has any. `pooled`: ranks are in candidate pools."""
    found: dict[str, dict[str, Any]] = {"targets": {"all": len(ranks)}, "values": {}, "intervals": {}}
    for split, members in kinds.splits().items():
        own = ranks[members]
        if split != "all" and len(own):
            found["targets"][split] = len(own)
        for part, measured in metrics(own, ks, seed).items():
            named = {split_id(split, f"pool-{name}" if pooled else name): value for name, value in measured.items()}
            found[part] |= named
    return found


def split_id(split: str, measure: str) -> str:
    """`hr@10`; of a split of the targets, `cold-hr@10`."""
    return measure if split == "all" else f"{split}-{measure}"


def summarise(
    ranked: Ranked, kinds: Kinds, popularity: NDArray[np.int64], pools: Sequence[int], ks: Sequence[int], seed: int
) -> dict[str, Any]:
    """What the record says of a ranking: targets, values by measure ID, intervals and ranks. `pools`: their sizes."""
    found = metrics_by_kind(ranked.ranks, kinds, ks, seed)
    if pools:
        size = min(pools)
        in_pools = metrics_by_kind(ranked.pool_ranks, kinds, [k for k in ks if k < size], seed, pooled=True)
        found["values"] |= in_pools["values"]
        found["intervals"] |= in_pools["intervals"]
        found["pool"] = {"size": size, "ranks": ranked.pool_ranks.tolist()}
    found["values"] |= list_metrics(ranked.top, popularity, ks)
    gauc = grouped_auc_by_kind(ranked.requests, kinds)
    found["values"] |= gauc.pop("values")
    return found | gauc | {"ranks": ranked.ranks.tolist()}


def with_measures(measured: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """What was measured, with more of it."""
    merged = {part: measured[part] | more.get(part, {}) for part in ("values", "intervals")}
    return measured | more | merged
