"""Operating on attention: what each head may pay to each key. The same as src/engine/decoder/editedKeys.ts and src/experiment/operate.

Edits are [layers, T, heads, 2]: a bias on the scores of a key, and a gain of its weights after the softmax; (0, 1) changes nothing.
Read only: there is no backward pass through edits.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from .attention import importance

CUT = -60.0
"""Added to the scores of a key that gets no attention. Finite, so that a row that sees only such keys still sums to 1."""


@dataclass(frozen=True)
class Surgery:
    """What is done to every sequence."""

    sinks: float = 1.0
    """Factor of the attention that sinks get."""
    renormalised: bool = True
    """Whether the rest of a row takes what sinks lose."""
    heads: Sequence[tuple[int, int]] = ()
    """(layer, head) whose output is 0."""
    blocked: Sequence[int] = ()
    """Rows that no row attends to."""


def first_half(items: Sequence[int]) -> list[int]:
    """The rows of which a head may make a sink: those of the first half of the items, as in the measures of sinks."""
    return list(items[: math.ceil(len(items) / 2)])


def no_edits(layers: int, length: int, heads: int) -> Tensor:
    """Edits that change nothing [layers, length, heads, 2]."""
    return torch.tensor([0.0, 1.0], dtype=torch.float64).repeat(layers, length, heads, 1)


def damped(edits: Tensor, sinks: Tensor, factor: float, renormalised: bool) -> Tensor:
    """Edits with the attention to keys times `factor` [layers, T, heads] where `sinks` is true."""
    out = edits.clone()
    if renormalised:
        bias = CUT if factor == 0 else max(CUT, math.log(factor))
        out[..., 0] = torch.where(sinks, out[..., 0] + bias, out[..., 0])
    else:
        out[..., 1] = torch.where(sinks, out[..., 1] * factor, out[..., 1])
    return out


def edits_of(surgery: Surgery, maps: Tensor, candidates: Sequence[int], threshold: float) -> Tensor:
    """Edits of a sequence, given its maps [layers, heads, T, T] before: a candidate row is a sink of a head where α exceeds the threshold."""
    layers, heads, length, _ = maps.shape
    edits = no_edits(layers, length, heads)
    alpha = importance(maps).transpose(1, 2)
    able = torch.zeros(length, dtype=torch.bool)
    able[list(candidates)] = True
    sinks = (alpha > threshold) & able[None, :, None]
    edits = damped(edits, sinks, surgery.sinks, surgery.renormalised)
    for layer, head in surgery.heads:
        edits[layer, :, head, 1] = 0
    edits[:, list(surgery.blocked), :, 0] = CUT
    return edits
