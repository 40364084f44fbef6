"""Heads fitted before the first step: W_o, W_e and the temperature on hidden states of the unchanged model (docs/definitions.md)."""

from collections.abc import Iterable

import torch
import torch.nn.functional as F
from torch import Tensor

from .spec import Objective

RIDGE = 1e-2
DECAY = 0.01
NEARLY_LARGEST = 0.99


def principal_axes(x: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The leading eigenvectors [count, features] of the products of x [items, features], and their eigenvalues [count], largest first.

    The first entry of nearly the largest magnitude of an axis is positive, as the engine has it (src/statistics/principalAxes.ts).
    """
    values, vectors = torch.linalg.eigh(x.T @ x)
    axes = vectors.flip(1).T[:count]
    magnitudes = axes.abs()
    first = (magnitudes >= NEARLY_LARGEST * magnitudes.amax(1, keepdim=True)).int().argmax(1, keepdim=True)
    return (axes * axes.gather(1, first).sign()).contiguous(), values.flip(0)[:count]


def first_w_e(x: Tensor, size: int) -> Tensor:
    """W_e [e, features] before the fit: the principal axes of x, which is standardised; the identity if that is all of them."""
    if size == x.shape[1]:
        return torch.eye(size, dtype=x.dtype, device=x.device)
    return principal_axes(x, size)[0]


def ridge(hidden: Tensor, targets: Tensor, x: Tensor, w_e: Tensor, objective: Objective) -> Tensor:
    """W_o [e, hidden] by ridge regression of the targets' unit embeddings on hidden states [rows, hidden]."""
    wanted = F.normalize(F.linear(x, w_e), dim=-1, eps=1e-12)[targets]
    penalty = RIDGE * len(hidden) * hidden.square().mean()
    gram = hidden.T @ hidden + penalty * torch.eye(hidden.shape[1], dtype=hidden.dtype, device=hidden.device)
    w_o = torch.linalg.solve(gram, hidden.T @ wanted).T
    return w_o / w_o.norm(dim=1).mean() if objective.similarity == "cosine" else w_o


def zero_shot(w_e: Tensor, inputs: int) -> Tensor:
    """[0 | w_e] [e, inputs]: h compares the mean features of the last items, the last columns of H, with each item's along w_e."""
    return F.pad(w_e, (inputs - w_e.shape[1], 0))


def head_loss(heads: dict[str, Tensor], hidden: Tensor, targets: Tensor, x: Tensor, objective: Objective) -> Tensor:
    """Mean cross-entropy over the catalogue; `heads` are w_o, w_e and log_scale."""
    h, e = F.linear(hidden, heads["w_o"]), F.linear(x, heads["w_e"])
    if objective.similarity == "dot":
        return F.cross_entropy(h @ e.T, targets)
    cosines = F.normalize(h, dim=-1, eps=1e-12) @ F.normalize(e, dim=-1, eps=1e-12).T
    return F.cross_entropy(cosines * heads["log_scale"].exp(), targets)


def fit_heads(heads: dict[str, Tensor], x: Tensor, objective: Objective, batches: Iterable[tuple[Tensor, Tensor]]) -> list[float]:
    """AdamW on the heads in place, one step per batch (hidden [rows, hidden], targets [rows]), the rate falling from head_start_rate to 0; their losses."""
    steps = list(batches)
    rate = objective.head_start_rate
    matrices, scale = [heads["w_o"], heads["w_e"]], heads["log_scale"]
    adam = torch.optim.AdamW([{"params": matrices, "weight_decay": DECAY}, {"params": [scale], "weight_decay": 0.0}], lr=rate)
    losses = []
    for step, (hidden, targets) in enumerate(steps):
        for group in adam.param_groups:
            group["lr"] = rate * (1 - step / len(steps))
        adam.zero_grad()
        loss = head_loss(heads, hidden, targets, x, objective)
        loss.backward()
        adam.step()
        losses.append(loss.item())
    return losses
