"""Dimensional collapse of embeddings [rows, size] (src/measures/collapse): RankMe, participation, uniformity, cosines, and a plane."""

import base64
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROUNDING = 1e-12
RANKME_EPSILON = 1e-7
UNIFORMITY_ROWS = 500


def collapse_measures(embeddings: NDArray[np.float32]) -> tuple[float, dict[str, Any]]:
    """(RankMe, the record's shape)."""
    x = embeddings.astype(np.float64)
    spectrum = _spectrum(x)
    unit = x / np.maximum(np.sqrt((x * x).sum(1, keepdims=True)), 1e-12)
    sigma = np.sqrt(spectrum)
    shape = {
        "participationRatio": float(spectrum.sum() ** 2 / (spectrum**2).sum()) if len(spectrum) else 1.0,
        "uniformity": _uniformity(unit),
        "meanCosine": _mean_cosine(unit),
        "singularValues": [float(f"{value:.4g}") for value in sigma / sigma[0]] if len(sigma) else [],
    }
    return _rank_me(sigma), shape


def _spectrum(x: NDArray[np.float64]) -> NDArray[np.float64]:
    if not np.isfinite(x).all():
        raise FloatingPointError("embeddings contain numbers that are not finite")
    centred = x - x.mean(0)
    if not (centred**2).sum() > ROUNDING * (x**2).sum():
        return np.empty(0)
    gram = centred @ centred.T if len(x) < x.shape[1] else centred.T @ centred
    return np.maximum(np.linalg.eigvalsh(gram)[::-1], 0)


def _rank_me(sigma: NDArray[np.float64]) -> float:
    if len(sigma) == 0:
        return 1.0
    p = sigma / sigma.sum() + RANKME_EPSILON
    return float(np.exp(-(p * np.log(p)).sum()))


def _uniformity(unit: NDArray[np.float64]) -> float:
    rows = min(len(unit), UNIFORMITY_ROWS)
    if rows < 2:
        return 0.0
    chosen = unit[np.arange(rows) * len(unit) // rows]
    squares = (chosen * chosen).sum(1)
    exponents = 4 * chosen @ chosen.T - 2 * (squares[:, None] + squares[None])
    lower = np.tril_indices(rows, -1)
    return float(np.log(2 * np.exp(exponents[lower]).sum() / (rows * (rows - 1))))


def _mean_cosine(unit: NDArray[np.float64]) -> float:
    own, rows = float((unit * unit).sum()), len(unit)
    if rows < 2 or own == 0:
        return 1.0
    return float(((unit.sum(0) ** 2).sum() - own) / (rows * (rows - 1)))


@dataclass(frozen=True)
class Plane:
    """An origin and two orthogonal unit vectors [2, size]: the principal components of some rows."""

    origin: NDArray[np.float64]
    axes: NDArray[np.float64]

    @staticmethod
    def of(embeddings: NDArray[np.float32]) -> "Plane":
        """The plane through the mean of the rows; each axis is oriented so that its largest entry is positive."""
        x = embeddings.astype(np.float64)
        origin = x.mean(0)
        axes = np.linalg.eigh((x - origin).T @ (x - origin))[1][:, :-3:-1].T
        largest = axes[np.arange(2), np.abs(axes).argmax(1)]
        return Plane(origin, axes * np.where(largest < 0, -1, 1)[:, None])

    def project(self, embeddings: NDArray[np.float32], chosen: NDArray[np.int64]) -> tuple[NDArray[np.float64], float]:
        """(coordinates of the chosen rows [chosen, 2], share of all rows' variance that lies in the plane)."""
        x = embeddings.astype(np.float64)
        away = x - x.mean(0)
        whole = (away**2).sum()
        share = float(((away @ self.axes.T) ** 2).sum() / whole) if whole > 0 else 0.0
        return (x[chosen] - self.origin) @ self.axes.T, share


def encode_points(points: NDArray[np.float64], reach: float) -> str:
    """Base64 of little-endian int16, each coordinate over `reach` times 32,767."""
    values = np.floor(32767 * points / reach + 0.5) if reach > 0 else np.zeros_like(points)
    return base64.b64encode(values.astype("<i2").tobytes()).decode()
