"""The losses of docs/method.md."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from .decoder import Decoder
from .sequence import Image, Packed
from .spec import Arm, DecoderConfig, Objective


@dataclass(frozen=True)
class Candidates:
    """What the P predictions of a batch are scored against: C items."""

    items: list[int]
    target_columns: list[int]
    """[P] column of each prediction's target."""
    visible: Tensor | None
    """[P, C] true where the candidate is visible to the prediction; None: everywhere."""
    offsets: NDArray[np.float64] | None = None
    """[C] added to the scores of each candidate: popularity."""

    def share(self, begin: int, end: int) -> "Candidates":
        """The same candidates for predictions begin … end − 1 only."""
        return Candidates(
            self.items, self.target_columns[begin:end], None if self.visible is None else self.visible[begin:end], self.offsets
        )


@dataclass(frozen=True)
class ActionLoss:
    """An action loss: a folder of src/engine/losses."""

    of: Callable[[Tensor, Tensor, Tensor | None], Tensor]
    """Loss of scores [P, C], target columns [P] and visible [P, C], None where all are."""
    whole: bool = False
    """Whether it is the softmax over the whole catalogue, which `parallel_softmax_loss` computes where that is cut over processes."""
    pairs: bool = False
    """Whether it is a mean over pairs of a prediction and a negative, not over predictions."""


def softmax_loss(scores: Tensor, targets: Tensor, visible: Tensor | None) -> Tensor:
    """−log softmax over what is visible, at the target."""
    return F.cross_entropy(scores if visible is None else scores.masked_fill(~visible, float("-inf")), targets)


def pairwise_loss(scores: Tensor, targets: Tensor, visible: Tensor | None) -> Tensor:
    """Mean over pairs of softplus(score of the negative − score of the target)."""
    negative = negatives(targets, torch.ones_like(scores, dtype=torch.bool) if visible is None else visible)
    if not negative.any():
        return scores.sum() * 0 + 0.0
    return F.softplus(scores - scores.gather(1, targets[:, None]))[negative].mean()


def negatives(targets: Tensor, visible: Tensor) -> Tensor:
    """What is visible without the target."""
    negative = visible.clone()
    negative[torch.arange(len(targets), device=targets.device), targets] = False
    return negative


ACTION_LOSSES = {
    "pairwise": ActionLoss(pairwise_loss, pairs=True),
    "infonce": ActionLoss(softmax_loss),
    "full": ActionLoss(softmax_loss, whole=True),
}
"""By the names of `objective.action_loss`."""


def terms(candidates: Candidates, kind: str) -> int:
    """Numbers that L_act is the mean of."""
    predictions = len(candidates.target_columns)
    if not ACTION_LOSSES[kind].pairs:
        return predictions
    seen = predictions * len(candidates.items) if candidates.visible is None else int(candidates.visible.sum())
    return seen - predictions


def candidates_of(
    packed: Packed,
    objective: Objective,
    items: int,
    counts: NDArray[np.int64] | None = None,
) -> Candidates:
    """The candidates of a batch. `items`: size of the catalogue.

    `counts`: training events of each item, for `popularity` and `candidates` of the objective.
    """
    targets, loss = packed.prediction_targets, ACTION_LOSSES[objective.action_loss]
    bias = popularity_bias(objective, counts)
    if loss.whole:
        if not objective.leaves_out:
            return Candidates(list(range(items)), targets, None, bias)
        if counts is None:
            raise ValueError("candidates need the items' numbers of training events")
        visible = torch.from_numpy(counts > 0).repeat(len(targets), 1)
        for row, seen in enumerate(packed.prediction_seen):
            visible[row, list(seen)] = False
        visible[torch.arange(len(targets)), targets] = True
        return Candidates(list(range(items)), targets, visible, bias)
    column_of = {item: column for column, item in enumerate(dict.fromkeys(targets))}
    shared = list(column_of)
    return Candidates(shared, [column_of[item] for item in targets], None, None if bias is None else bias[shared])


def exposed_pairs(packed: Packed) -> list[tuple[int, int, int]]:
    """(prediction, item shown with its target, target) of what L_exp compares; none in the `semantic` interface."""
    shown = zip(packed.prediction_exposed, packed.prediction_targets, strict=False)
    return [(row, item, target) for row, (items, target) in enumerate(shown) for item in items]


def popularity_bias(objective: Objective, counts: NDArray[np.int64] | None) -> NDArray[np.float64] | None:
    """[items] added to each item's scores: α·(ln(1 + training events) − the warm items' mean), 0 for cold items; None if nothing is."""
    if objective.popularity == 0:
        return None
    if counts is None:
        raise ValueError("popularity needs the items' numbers of training events")
    known = np.log1p(counts.astype(np.float64))
    warm = counts > 0
    return np.where(warm, objective.popularity * (known - (known[warm].mean() if warm.any() else 0)), 0)


def action_loss(scores: Tensor, candidates: Candidates, kind: str) -> Tensor:
    """L_act of scores [P, C]."""
    targets = torch.tensor(candidates.target_columns, device=scores.device)
    if candidates.offsets is not None:
        scores = scores + torch.as_tensor(candidates.offsets, dtype=scores.dtype, device=scores.device)
    visible = candidates.visible
    return ACTION_LOSSES[kind].of(scores, targets, None if visible is None else visible.to(scores.device))


def squared_normaliser(scores: Tensor, candidates: Candidates) -> Tensor:
    """L_z of scores [P, C]: mean over predictions of (log Σ exp score)² over what is visible."""
    if candidates.offsets is not None:
        scores = scores + torch.as_tensor(candidates.offsets, dtype=scores.dtype, device=scores.device)
    if candidates.visible is not None:
        scores = scores.masked_fill(~candidates.visible.to(scores.device), float("-inf"))
    return scores.logsumexp(-1).square().mean()


def text_loss(decoder: Decoder, hidden: Tensor, packed: Packed) -> Tensor:
    """Mean over the tokens of a text, then over texts; hidden [R, hidden] packed."""
    device = hidden.device
    rows, tokens = torch.tensor(packed.text_rows, device=device), torch.tensor(packed.text_tokens, device=device)
    logits = decoder.logits(hidden[rows])
    nll = F.cross_entropy(logits if logits.dtype == torch.float64 else logits.float(), tokens, reduction="none")
    return nll @ torch.tensor(packed.text_weights, dtype=nll.dtype, device=device)


def divergence(decoder: Decoder, base: Tensor, hidden: Tensor, packed: Packed) -> Tensor:
    """KL(base‖arm) of next-token distributions: mean over the rows of a text, then over texts; both [R, hidden] packed."""
    rows = torch.tensor(packed.text_rows, device=hidden.device)
    of_base, of_arm = (decoder.logits(one[rows]) for one in (base, hidden))
    kind = of_arm.dtype if of_arm.dtype == torch.float64 else torch.float32
    kl = F.kl_div(of_arm.to(kind).log_softmax(-1), of_base.to(kind).log_softmax(-1), reduction="none", log_target=True).sum(-1)
    return kl @ torch.tensor(packed.text_weights, dtype=kind, device=hidden.device)


def weight_distance(parameters: Mapping[str, Tensor], scale: float) -> Tensor:
    """½·Σ‖scale·B·A‖² over adapted projections, by tr(AᵀBᵀBA) = Σ (BᵀB)∘(AAᵀ); scale = alpha / rank."""
    pairs = [(parameters[name], parameters[f"{name[:-1]}B"]) for name in parameters if re.fullmatch(r"lora\..*\.A", name)]
    squares = [((b.T @ b) * (a @ a.T)).sum() for a, b in pairs]
    return 0.5 * scale * scale * torch.stack(squares).sum() if squares else parameters["w_o"].new_zeros(())


def concentration(maps: Sequence[Sequence[Tensor]] | None, packed: Packed, config: DecoderConfig, lowest: int) -> Tensor:
    """1 − (entropy of a row's attention) / ln(keys that it sees): mean over layers from `lowest` on, heads and rows, then over histories.

    Rows of a history are those from its second to [EMB]; `maps` as `InterestModel.decode` gives them.
    """
    if maps is None:
        raise ValueError("attention was not kept")
    losses, start = [], 0
    for at, length in enumerate(packed.lengths[: len(packed.emb_predictions)]):
        # One batch that was padded, or one sequence at a time.
        layers, place = (maps[0], at) if len(maps) == 1 else (maps[at], 0)
        end = packed.prediction_rows[packed.emb_predictions[at]] - start + 1
        start += length
        shares = []
        for layer in range(lowest, config.layers):
            weights = layers[layer][place, :, 1:end, :end]
            seen = torch.arange(2, end + 1, device=weights.device)
            window = config.attention[layer].window
            seen = seen if window is None else seen.clamp(max=window)
            # The clamp keeps the gradient at keys without weight finite; they have none anyway.
            entropy = -(weights * weights.clamp_min(torch.finfo(weights.dtype).tiny).log()).sum(-1)
            shares.append(1 - entropy / seen.to(weights.dtype).log())
        losses.append(torch.stack(shares).mean() if shares else torch.zeros((), device=maps[0][0].device, dtype=maps[0][0].dtype))
    return torch.stack(losses).mean()


def image_loss(parameters: Mapping[str, Tensor], images: Sequence[Image], context: Tensor, arm: Arm) -> Tensor:
    """L_img: mean over pictures, then over the numbers of v, of (g(z, τ, c) − (v − ε))²; with `mse` of (g(c) − v)²."""
    weight = parameters["img_3"]

    def table(rows: Sequence[Sequence[float]]) -> Tensor:
        return torch.tensor(rows, dtype=weight.dtype, device=weight.device)

    v, mean = table([image.v for image in images]), "img_h" if arm.image_context == "interest" else "img_m"
    if arm.image_loss == "mse":
        return F.mse_loss(velocity(parameters, context, mean)[:, : v.shape[1]], v)
    noise, time = table([image.noise for image in images]), table([[image.time] for image in images])
    z = (1 - time) * noise + time * v
    return F.mse_loss(velocity(parameters, context, mean, z, time)[:, : v.shape[1]], v - noise)


def velocity(
    parameters: Mapping[str, Tensor], context: Tensor, read: str, z: Tensor | None = None, time: Tensor | None = None
) -> Tensor:
    """g(z, τ, c) [rows, d, zeros at its end included], two hidden layers of SiLU units; without z and τ g(c). `read`: c's matrix."""
    x = F.linear(context, parameters[read], parameters["img_b1"])
    if z is not None and time is not None:
        x = x + F.linear(z, parameters["img_z"][:, : z.shape[1]])
        x = x + F.linear(fourier(time, parameters["img_t"].shape[1] // 2), parameters["img_t"])
    x = F.silu(F.linear(F.silu(x), parameters["img_2"], parameters["img_b2"]))
    return F.linear(x, parameters["img_3"], parameters["img_b3"])


def fourier(time: Tensor, frequencies: int) -> Tensor:
    """sin πkτ and cos πkτ, k = 1 … frequencies: τ [rows, 1] to [rows, 2·frequencies]."""
    angles = math.pi * time * torch.arange(1, frequencies + 1, dtype=time.dtype, device=time.device)
    return torch.cat([angles.sin(), angles.cos()], 1)
