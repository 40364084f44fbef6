"""Dimensional collapse of embeddings [rows, size] (src/measures/collapse): RankMe, participation, uniformity, cosines, and a plane."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from .plain import plain
from .shards import Shards

ROUNDING = 1e-12
RANKME_EPSILON = 1e-7
UNIFORMITY_ROWS = 500
ROWS_AT_ONCE = 1 << 16

Floats = NDArray[np.float64]


def collapse_measures(
    embeddings: NDArray[np.float32], whose: str, shards: Shards | None = None
) -> tuple[dict[str, float], list[float]]:
    """(measures by ID, spectrum) of all rows, those of other processes included if the table is cut over them.

    `whose`: `Interest` or `Item`, as in the IDs."""
    rows = _Rows(embeddings, shards)
    spectrum = _spectrum(rows)
    sigma = np.sqrt(spectrum)
    values = {
        f"rankMe{whose}": _rank_me(sigma),
        f"participation{whose}": float(spectrum.sum() ** 2 / (spectrum**2).sum()) if len(spectrum) else 1.0,
        f"uniformity{whose}": _uniformity(rows),
        f"meanCosine{whose}": _mean_cosine(rows),
    }
    return values, [float(f"{value:.4g}") for value in sigma / sigma[0]] if len(sigma) else []


class _Rows:
    """Sums over rows in float64, some at a time."""

    def __init__(self, embeddings: NDArray[np.float32], shards: Shards | None) -> None:
        self.own = embeddings
        self.shards = shards if shards is not None and shards.active else None
        self.count = len(embeddings) if self.shards is None else self.shards.items
        self.mean = self.sum(lambda x: x) / self.count

    def sum(self, of: Callable[[Floats], Floats], reduce: bool = True) -> Floats:
        """Σ of(row) over all rows; without `reduce`, `of` adds up its rows itself."""
        total: Any = 0.0
        for begin in range(0, max(1, len(self.own)), ROWS_AT_ONCE):
            values = of(self.own[begin : begin + ROWS_AT_ONCE].astype(np.float64))
            total = total + (values.sum(0) if reduce else values)
        total = np.asarray(total)
        return total if self.shards is None else self.shards.sum(total)

    def gram(self) -> Floats:
        """Σ (x − mean)(x − mean)ᵀ."""
        return self.sum(lambda x: (x - self.mean).T @ (x - self.mean), reduce=False)

    def some(self, rows: NDArray[np.int64]) -> Floats:
        """These of all rows."""
        if self.shards is None:
            return self.own[rows].astype(np.float64)
        return self.shards.rows(torch.from_numpy(self.own), plain(rows)).double().numpy()


def _unit(x: Floats) -> Floats:
    return x / np.maximum(np.sqrt((x * x).sum(1, keepdims=True)), 1e-12)


def _spectrum(rows: _Rows) -> Floats:
    size = rows.sum(lambda x: x**2)
    if not np.isfinite(size).all():
        raise FloatingPointError("embeddings contain numbers that are not finite")
    if rows.shards is None and rows.count < rows.own.shape[1]:
        centred = rows.own.astype(np.float64) - rows.mean
        gram = centred @ centred.T
    else:
        gram = rows.gram()
    if not np.trace(gram) > ROUNDING * size.sum():
        return np.empty(0)
    return np.maximum(np.linalg.eigvalsh(gram)[::-1][: rows.count], 0)


def _rank_me(sigma: Floats) -> float:
    if len(sigma) == 0:
        return 1.0
    p = sigma / sigma.sum() + RANKME_EPSILON
    return float(np.exp(-(p * np.log(p)).sum()))


def _uniformity(of: _Rows) -> float:
    rows = min(of.count, UNIFORMITY_ROWS)
    if rows < 2:
        return 0.0
    chosen = _unit(of.some(np.arange(rows) * of.count // rows))
    squares = (chosen * chosen).sum(1)
    exponents = 4 * chosen @ chosen.T - 2 * (squares[:, None] + squares[None])
    lower = np.tril_indices(rows, -1)
    return float(np.log(2 * np.exp(exponents[lower]).sum() / (rows * (rows - 1))))


def _mean_cosine(of: _Rows) -> float:
    own = float(of.sum(lambda x: (_unit(x) ** 2).sum(1)))
    if of.count < 2 or own == 0:
        return 1.0
    return float(((of.sum(_unit) ** 2).sum() - own) / (of.count * (of.count - 1)))


@dataclass(frozen=True)
class Plane:
    """An origin and two orthogonal unit vectors [2, size]: the principal components of some rows."""

    origin: Floats
    axes: Floats

    @staticmethod
    def of(embeddings: NDArray[np.float32], shards: Shards | None = None) -> "Plane":
        """The plane through the mean of the rows; each axis is oriented so that its largest entry is positive."""
        rows = _Rows(embeddings, shards)
        axes = np.linalg.eigh(rows.gram())[1][:, :-3:-1].T
        largest = axes[np.arange(2), np.abs(axes).argmax(1)]
        return Plane(rows.mean, axes * np.where(largest < 0, -1, 1)[:, None])

    def project(
        self, embeddings: NDArray[np.float32], chosen: NDArray[np.int64], shards: Shards | None = None
    ) -> tuple[Floats, float]:
        """(coordinates of the chosen rows [chosen, 2], share of all rows' variance that lies in the plane)."""
        rows = _Rows(embeddings, shards)
        gram = rows.gram()
        whole = np.trace(gram)
        share = float(np.trace(self.axes @ gram @ self.axes.T) / whole) if whole > 0 else 0.0
        return (rows.some(chosen) - self.origin) @ self.axes.T, share


def encode_points(points: Floats, reach: float) -> str:
    """Base64 of little-endian int16, each coordinate over `reach` times 32,767."""
    values = np.floor(32767 * points / reach + 0.5) if reach > 0 else np.zeros_like(points)
    return base64.b64encode(values.astype("<i2").tobytes()).decode()
