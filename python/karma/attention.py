"""Attention sinks over item positions; docs/metrics.md defines each measure. Positions are counted from 0."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

NO_MASS = 1e-9
"""Less attention than this on all items together is no attention on items."""


def importance(maps: Tensor) -> Tensor:
    """α [..., T] of causal maps [..., T, T]: the mean attention that a position receives from the rows that see it."""
    length = maps.shape[-1]
    return maps.tril().sum(-2) / torch.arange(length, 0, -1, dtype=maps.dtype)


def sink_rate(maps: Tensor, position: int, threshold: float) -> float:
    """Share of maps [..., T, T] whose α at `position` exceeds the threshold."""
    return (importance(maps)[..., position] > threshold).double().mean().item()


def barcode_index(map_: Tensor, item_positions: Sequence[int]) -> float:
    """‖1·āᵀ‖²_F / ‖Ã‖²_F of one map [T, T] over the first half of the item positions."""
    keys = list(item_positions[: math.ceil(len(item_positions) / 2)])
    rows = map_[keys[-1] :, keys]
    rows = rows[rows.sum(1) > NO_MASS]
    if len(rows) == 0:
        return 1.0
    rows = rows / rows.sum(1, keepdim=True)
    return (len(rows) * rows.mean(0).square().sum() / rows.square().sum()).item()


def item_entropy(map_: Tensor, row: int, item_positions: Sequence[int]) -> float:
    """Entropy of one row of a map [T, T] over the item positions, divided by log n."""
    share = map_[row, list(item_positions)]
    if len(share) < 2 or share.sum() <= NO_MASS:
        return 1.0
    return (torch.special.entr(share / share.sum()).sum() / math.log(len(share))).item()


@dataclass(frozen=True)
class SinkTables:
    """Means over probes, each [layers, heads]."""

    item_sink_rate: Tensor
    item_alpha: Tensor
    first_alpha: Tensor
    barcode: Tensor
    emb_entropy: Tensor


def sink_tables(probes: Sequence[Tensor], items: Sequence[Sequence[int]], embs: Sequence[int], threshold: float) -> SinkTables:
    """probes: one [layers, heads, T, T] a probe (T may differ); items and embs: its item positions and [EMB] position."""
    largest = torch.stack([importance(p)[..., list(at)].amax(-1) for p, at in zip(probes, items, strict=True)])

    def per_map(measure: str) -> Tensor:
        def value(map_: Tensor, at: Sequence[int], emb: int) -> float:
            return barcode_index(map_, at) if measure == "barcode" else item_entropy(map_, emb, at)

        tables = [
            [[value(map_, at, emb) for map_ in layer] for layer in probe]
            for probe, at, emb in zip(probes, items, embs, strict=True)
        ]
        return torch.tensor(tables, dtype=torch.float64).mean(0)

    return SinkTables(
        item_sink_rate=(largest > threshold).double().mean(0),
        item_alpha=largest.mean(0),
        first_alpha=torch.stack([importance(p)[..., 0] for p in probes]).mean(0),
        barcode=per_map("barcode"),
        emb_entropy=per_map("entropy"),
    )
