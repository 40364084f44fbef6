"""Item features by principal axes, and collaborative factors beside them (src/experiment/prepare/axisFeatures.ts)."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .columns import Log

Matrix = NDArray[np.float64]
WHITENING = 0.8
"""An axis of the content of variance λ is divided by λ to half this power."""
LEAST_VARIANCE = 1e-9
"""Axes of a smaller share of the largest variance are left out: what is there is rounding."""
NEARLY_LARGEST = 0.99


def axis_features(
    tables: Sequence[NDArray[np.float32]], log: Log, axes: int, collaborative: float, whitening: float = WHITENING
) -> NDArray[np.float32]:
    """x [items, axes, or twice as many]: content of length 1 and factors of length `collaborative`, both times √axes.

    `tables`: parts of the content, [items, width] each.
    """
    parts = [_unit(content_axes(tables, axes, whitening))]
    if collaborative > 0:
        parts.append(collaborative * _unit(collaborative_factors(log, axes)))
    return (np.sqrt(axes) * np.concatenate(parts, 1)).astype(np.float32)


def principal_axes(x: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The leading eigenvectors [count, features] of the products of x [items, features], and their eigenvalues [count], largest first.

    The first entry of nearly the largest magnitude of an axis is positive, as the engine has it (src/statistics/principalAxes.ts).
    """
    values, vectors = torch.linalg.eigh(x.T @ x)
    axes = vectors.flip(1).T[:count]
    magnitudes = axes.abs()
    first = (magnitudes >= NEARLY_LARGEST * magnitudes.amax(1, keepdim=True)).int().argmax(1, keepdim=True)
    return (axes * axes.gather(1, first).sign()).contiguous(), values.flip(0)[:count]


def content_axes(tables: Sequence[NDArray[np.float32]], axes: int, whitening: float) -> Matrix:
    """Parts of equal mean square length, centred, along their leading axes, partly whitened [items, axes]."""
    parts = []
    for table in tables:
        wide = table.astype(np.float64)
        square = np.square(wide).sum(1).mean()
        parts.append(wide / np.sqrt(square) if square > 0 else wide)
    x = np.concatenate(parts, 1)
    return _whitened((x - x.mean(0)) / np.sqrt(len(x)), axes, whitening)


def collaborative_factors(log: Log, axes: int) -> Matrix:
    """Items along the principal axes of R, R_ui = 1/√(items of u · users of i) where user u has item i in training events.

    [items, axes]; the first axis, which is how often items occur, is 0, and so are cold items.
    """
    users = [np.unique(log.trained.items_of(user, 0, end)) for user, end in log.training_users()]
    matrix = np.zeros((log.items, len(users)))
    for column, items in enumerate(users):
        matrix[items, column] = 1 / np.sqrt(max(1, len(items)))
    sizes = np.count_nonzero(matrix, axis=1)
    warm = np.flatnonzero(sizes)
    found = np.zeros((log.items, axes))
    found[warm] = _whitened(matrix[warm] / np.sqrt(sizes[warm])[:, None], axes, 0)
    found[:, 0] = 0
    return found


def _whitened(x: Matrix, axes: int, power: float) -> Matrix:
    """Rows along the leading principal axes, each divided by variance^(power/2) [rows, axes], 0 where there are no more axes."""
    rows, columns = x.shape
    of_columns = columns <= rows
    kept = min(axes, rows, columns)
    found, variances = (part.numpy() for part in principal_axes(torch.from_numpy(x if of_columns else x.T.copy()), kept))
    out = np.zeros((rows, axes))
    real = variances > LEAST_VARIANCE * variances[0]
    places = x @ found.T if of_columns else found.T * np.sqrt(np.maximum(variances, 0))
    out[:, :kept][:, real] = places[:, real] * variances[real] ** (-power / 2)
    return out


def _unit(x: Matrix) -> Matrix:
    """Rows over their lengths; zeros stay zeros."""
    norms = np.sqrt(np.square(x).sum(1, keepdims=True))
    return np.divide(x, norms, out=np.zeros_like(x), where=norms > 0)
