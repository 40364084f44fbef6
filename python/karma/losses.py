"""The losses of docs/definitions.md."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from .decoder import Decoder
from .sequence import Example, Packed
from .spec import Objective


@dataclass(frozen=True)
class Candidates:
    """What the P predictions of a batch are scored against: C items."""

    items: list[int]
    target_columns: list[int]
    """[P] column of each prediction's target."""
    visible: Tensor
    """[P, C] true where the candidate is visible to the prediction."""


def candidates_of(batch: Sequence[Example], packed: Packed, objective: Objective, items: int) -> Candidates:
    """The candidates of a batch; `items` = size of the catalogue."""
    targets = packed.prediction_targets
    if objective.action_loss == "full":
        return Candidates(list(range(items)), targets, torch.ones(len(targets), items, dtype=torch.bool))
    column_of = {item: column for column, item in enumerate(dict.fromkeys(targets))}
    shared = list(column_of)
    owned: list[tuple[int, int]] = []
    if objective.use_exposures:
        for example, row in zip(batch, packed.emb_predictions, strict=True):
            owned += [(item, row) for item in dict.fromkeys(example.exposed) if item not in column_of]
    visible = torch.zeros(len(targets), len(shared) + len(owned), dtype=torch.bool)
    visible[:, : len(shared)] = True
    for column, (_, row) in enumerate(owned, start=len(shared)):
        visible[row, column] = True
    return Candidates(shared + [item for item, _ in owned], [column_of[item] for item in targets], visible)


def action_loss(scores: Tensor, candidates: Candidates, kind: str) -> Tensor:
    """L_act of scores [P, C]."""
    targets = torch.tensor(candidates.target_columns)
    if kind != "pairwise":
        return F.cross_entropy(scores.masked_fill(~candidates.visible, float("-inf")), targets)
    negative = candidates.visible.clone()
    negative[torch.arange(len(targets)), targets] = False
    if not negative.any():
        return scores.sum() * 0 + 0.0
    return F.softplus(scores - scores.gather(1, targets[:, None]))[negative].mean()


def text_loss(decoder: Decoder, hidden: Tensor, packed: Packed) -> Tensor:
    """Mean over the tokens of a text, then over texts; hidden [R, hidden] packed."""
    nll = F.cross_entropy(
        decoder.logits(hidden[torch.tensor(packed.text_rows)]), torch.tensor(packed.text_tokens), reduction="none"
    )
    return nll @ torch.tensor(packed.text_weights, dtype=nll.dtype)
