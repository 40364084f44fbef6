"""Sink tables of many histories at once, each at its own length; docs/metrics.md defines each measure."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .attention import NO_MASS

MEASURES = ("firstHalfSinkRate", "itemSinkRate", "itemAlpha", "firstAlpha", "barcode", "embEntropy")
SINK_ROW = 1
"""The row of a sink token, if there is one: after [BOS]."""


@dataclass(frozen=True)
class Measured:
    """Of a few histories: tables [histories, layers, heads] by measure, and by history the sinks at each of its rows."""

    tables: dict[str, NDArray[np.float64]]
    sink_heads: list[NDArray[np.int64]]


def measure(layers: Sequence[Tensor], lengths: Sequence[int], items: Sequence[Sequence[int]], threshold: float) -> Measured:
    """layers: maps [histories, heads, T, T] of each layer, right-padded; [EMB] is each history's last row."""
    size = layers[0].shape[-1]
    device = layers[0].device
    length = torch.tensor(lengths, device=device)
    at = torch.arange(size, device=device)
    is_item = torch.zeros(len(lengths), size, dtype=torch.bool, device=device)
    half = torch.zeros_like(is_item)
    for row, positions in enumerate(items):
        is_item[row, list(positions)] = True
        half[row, list(positions[: (len(positions) + 1) // 2])] = True
    real = at[None] < length[:, None]
    last_key = torch.where(half, at, -1).amax(1)
    below = real & (at[None] >= last_key[:, None])
    count = is_item.sum(1)
    tables: dict[str, list[Tensor]] = {name: [] for name in MEASURES}
    sinks = torch.zeros(len(lengths), size, dtype=torch.long, device=device)
    for maps in layers:
        a = maps.double() * real[:, None, :, None]
        alpha = a.sum(2) / (length[:, None] - at).clamp(min=1)[:, None]
        sinks += ((alpha.float() > threshold) & real[:, None]).sum(1)
        largest = alpha.masked_fill(~is_item[:, None], 0).amax(-1)
        in_half = alpha.masked_fill(~half[:, None], 0).amax(-1)
        tables["firstHalfSinkRate"].append((in_half.float() > threshold).double())
        tables["itemSinkRate"].append((largest.float() > threshold).double())
        tables["itemAlpha"].append(largest)
        tables["firstAlpha"].append(alpha[..., 0])
        on_half = a * half[:, None, None, :]
        mass = on_half.sum(-1)
        used = below[:, None] & (mass > NO_MASS)
        share = torch.where(used[..., None], on_half / mass.clamp(min=NO_MASS)[..., None], 0)
        rows = used.sum(-1)
        stripes = share.sum(2).square().sum(-1)
        squares = share.square().sum((-1, -2))
        tables["barcode"].append(torch.where(rows > 0, stripes / rows.clamp(min=1) / squares.clamp(min=1e-300), 1.0))
        emb = a[torch.arange(len(lengths), device=device), :, length - 1] * is_item[:, None]
        of_items = emb.sum(-1)
        normed = emb / of_items.clamp(min=NO_MASS)[..., None]
        entropy = torch.special.entr(normed).sum(-1) / count.clamp(min=2).double().log()[:, None]
        tables["embEntropy"].append(torch.where((count[:, None] > 1) & (of_items > NO_MASS), entropy, 1.0))
    return Measured(
        {name: torch.stack(values, 1).cpu().numpy() for name, values in tables.items()},
        [row[:n].cpu().numpy() for row, n in zip(sinks, lengths, strict=True)],
    )


def without_sink_token(measured: Measured) -> Measured:
    """The same without the row of a sink token, so that the other rows are where they are in every arm."""
    return replace(measured, sink_heads=[np.delete(row, SINK_ROW) for row in measured.sink_heads])


def table_means(tables: Sequence[dict[str, NDArray[np.float64]]]) -> dict[str, list[list[float]]]:
    """Means over all histories, [layer][head] by measure."""
    return {name: np.concatenate([t[name] for t in tables]).mean(0).tolist() for name in MEASURES}


@dataclass
class UserSinks:
    """Accumulates the results of `measure` over users."""

    threshold: float
    tables: list[dict[str, NDArray[np.float64]]] = field(default_factory=list)
    sink_heads: list[NDArray[np.int64]] = field(default_factory=list)

    def add(self, measured: Measured) -> None:
        """Adds more users."""
        self.tables.append(measured.tables)
        self.sink_heads += measured.sink_heads

    def repeated(self, places: Sequence[int]) -> "UserSinks":
        """Of the users at these places, in this order."""
        if not places:
            return UserSinks(self.threshold)
        tables = {name: np.concatenate([table[name] for table in self.tables])[places] for name in self.tables[0]}
        return UserSinks(self.threshold, [tables], [self.sink_heads[place] for place in places])

    def means(self) -> dict[str, Any]:
        """The record's `userSinks`."""
        users, longest = len(self.sink_heads), max(map(len, self.sink_heads))
        found, reaching = np.zeros(longest), np.zeros(longest)
        for row in self.sink_heads:
            found[: len(row)] += row
            reaching[: len(row)] += 1
        _, layers, heads = self.tables[0][MEASURES[0]].shape
        return {
            "users": users,
            "meanLength": sum(map(len, self.sink_heads)) / users,
            "threshold": self.threshold,
            "sinkRate": (found / (reaching * layers * heads)).tolist(),
            **by_measure(table_means(self.tables)),
        }


def by_measure(tables: dict[str, list[list[float]]]) -> dict[str, Any]:
    """The record's tables [layer][head] by measure, and their means."""
    return {"tables": tables, "means": {name: float(np.mean(table)) for name, table in tables.items()}}


def by_item(maps: NDArray[np.float32], items: int, levels: int) -> NDArray[np.float32]:
    """Maps [..., rows, rows] of histories whose items are `levels` rows each, with one position for each item.

    Attention to an item's rows is added up, that of its rows is their mean.
    """
    rows = maps.shape[-1]
    row = np.arange(rows)
    # [BOS] comes before the items.
    inside = (row > 0) & (row <= items * levels)
    place = np.where(inside, -(-row // levels), np.where(row == 0, 0, row - (levels - 1) * items))
    keys = np.zeros((rows - (levels - 1) * items, rows), np.float32)
    keys[place, row] = 1
    return (keys * np.where(inside, np.float32(1 / levels), np.float32(1))) @ maps @ keys.T


def encode_maps(maps: NDArray[np.float32], step: int) -> dict[str, Any]:
    """The record's attention snapshot of maps [probes, layers, heads, T, T]: uint8, 255 for all attention."""
    probes, layers, heads, length, _ = maps.shape
    # Math.round rounds halves up.
    data = np.floor(255 * np.clip(np.tril(maps), 0, 1).astype(np.float64) + 0.5).astype(np.uint8)
    text = base64.b64encode(data.tobytes()).decode()
    return {"step": step, "probes": probes, "layers": layers, "heads": heads, "length": length, "data": text}


def correlations(
    a: NDArray[np.float32], places: Sequence[Sequence[int]], b: NDArray[np.float32], moved: Sequence[Sequence[int]]
) -> NDArray[np.float64] | None:
    """Content test: correlation of each probe's map with that of its permuted history, mean over probes [layers, heads].

    Maps [probes, layers, heads, T, T]. Probes with one item are left out; None if none is left.
    """
    tables = []
    for probe, (before, after) in enumerate(zip(places, moved, strict=True)):
        if len(before) < 2:
            continue
        x, y = _pairs(a[probe], before), _pairs(b[probe], after)
        of_x, of_y = (x * x).sum(-1), (y * y).sum(-1)
        both = (of_x > 0) & (of_y > 0)
        value = (x * y).sum(-1) / np.sqrt(np.where(both, of_x * of_y, 1))
        tables.append(np.where(both, value, (of_x == of_y).astype(float)))
    return np.mean(tables, 0) if tables else None


def picture_table(
    maps: NDArray[np.float32], places: Sequence[Sequence[int]], pictured: Sequence[Sequence[bool]]
) -> NDArray[np.float64] | None:
    """Mean importance of items with a picture minus that of items without, in the first half of a history: [layers, heads].

    Mean over the probes that have both; None if none has. `pictured` says it of every item position.
    """
    tables = []
    for probe, (positions, has) in enumerate(zip(places, pictured, strict=True)):
        length = maps.shape[-1]
        alpha = maps[probe].astype(np.float64).sum(-2) / (length - np.arange(length))
        half = list(zip(positions, has, strict=True))[: (len(positions) + 1) // 2]
        kinds = [[place for place, one in half if one is kind] for kind in (True, False)]
        if all(kinds):
            tables.append(alpha[..., kinds[0]].mean(-1) - alpha[..., kinds[1]].mean(-1))
    return np.mean(tables, 0) if tables else None


def _pairs(maps: NDArray[np.float32], places: Sequence[int]) -> NDArray[np.float64]:
    """Deviations from their mean of attention among items, query i on key k ≤ i [layers, heads, pairs]."""
    inside = maps[..., list(places), :][..., list(places)].astype(np.float64)
    rows, columns = np.tril_indices(len(places))
    values = inside[..., rows, columns]
    away = values - values.mean(-1, keepdims=True)
    # The float32 rounding noise of equal weights is not variance.
    return np.where(np.abs(away) < 1e-7, 0, away)
