"""The decoder of every family, with LoRA, on input rows (not token ids) that are padded on the right.

What each family computes, and where that is published: docs/models.md. Right padding needs no mask: causal attention hides it from every
real row. The output of padded rows is not read.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from .family import ROLE_OF
from .spec import DecoderConfig, Rope


@dataclass(frozen=True)
class Decoder:
    """A frozen decoder; `weights` by role, as `family.read_weights` gives them."""

    config: DecoderConfig
    weights: Mapping[str, Tensor]

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.weights["embedding"].device

    @property
    def vocabulary(self) -> Tensor:
        """What enters the decoder for each token [vocabulary, hidden]."""
        scale = self.config.embedding_scale
        return self.weights["embedding"] if scale == 1 else self.weights["embedding"] * scale

    def embed(self, tokens: Tensor) -> Tensor:
        """`vocabulary[tokens]`, without building the whole table."""
        scale = self.config.embedding_scale
        rows = F.embedding(tokens, self.weights["embedding"])
        return rows if scale == 1 else rows * scale

    def hidden(
        self,
        x: Tensor,
        lora: "LoraWeights | None" = None,
        hidden_keys: Tensor | None = None,
        attention: list[Tensor] | None = None,
        places: tuple[Tensor, Tensor] | None = None,
        recompute: bool = False,
        edits: Tensor | None = None,
    ) -> Tensor:
        """Runs the decoder.

        x [batch, T, hidden] input rows at positions 0 … T−1. hidden_keys [batch, 2 + blocks]: as `sequence.Packed.hiding` has them.
        attention, if given, receives one [batch, heads, T, T] per layer. Returns the final norm's output [batch, T, hidden].
        places: x is [R, hidden], packed rows without padding, and so is the output; `sequence.padding` gives them. Only attention is padded.
        recompute: store only the inputs of blocks and recompute each for its backward pass (activation checkpointing).
        edits [layers, T, heads, 2]: what is done to attention, as `surgery` has it, the same in all sequences of the batch.
        """
        config, weights = self.config, self.weights
        length = x.shape[1] if places is None else places[0].shape[1]
        at = row_positions(length, hidden_keys)
        if config.positions == "learned":
            if places is None:
                x = x + (weights["positions"][:length] if at is None else weights["positions"][at])
            else:
                x = x + weights["positions"][places[1] % length if at is None else at.flatten()[places[1]]]
        turns = [rope_tables(length, config.head_size, rope, x) for rope in config.ropes]
        if at is not None:
            turns = [(cos[at][:, None], sin[at][:, None]) for cos, sin in turns]
        for layer, place in enumerate(config.attention):
            mask = attention_mask(length, hidden_keys, place.window, x.device)
            edit = None if edits is None else edits[layer]
            arguments = (layer, x, None if place.rope is None else turns[place.rope], mask, lora, attention, places, edit)
            # Recomputing must not collect the maps twice.
            if recompute and attention is None:
                x = checkpoint(self._block, *arguments, use_reentrant=False)
            else:
                x = self._block(*arguments)
        return self._norm(x, "finalNorm")

    def _block(
        self,
        layer: int,
        x: Tensor,
        turn: tuple[Tensor, Tensor] | None,
        mask: Tensor | None,
        lora: "LoraWeights | None",
        attention: list[Tensor] | None,
        places: tuple[Tensor, Tensor] | None,
        edit: Tensor | None,
    ) -> Tensor:
        config = self.config

        def padded(rows: Tensor) -> Tensor:
            if places is None:
                return rows
            shape = places[0].shape
            return rows.new_zeros(shape.numel(), rows.shape[-1]).index_copy(0, places[1], rows).view(*shape, -1)

        normed = self._norm(x, f"{layer}.inputNorm")
        q, k, v = (
            split_heads(padded(self._linear(layer, name, normed, lora)), config.head_size)
            for name in ("q_proj", "k_proj", "v_proj")
        )
        if config.head_norms:
            q, k = self._norm(q, f"{layer}.qNorm"), self._norm(k, f"{layer}.kNorm")
        if turn is not None:
            q, k = rotate(q, *turn), rotate(k, *turn)
        if q.dtype != v.dtype or k.dtype != v.dtype:
            # Frozen weights are bf16, what LoRA adds is not.
            q, k, v = (part.to(self.weights["embedding"].dtype) for part in (q, k, v))
        mixed = attend(q, k, v, config.attention_scale, mask, attention, edit)
        if places is not None:
            mixed = mixed.flatten(0, 1).index_select(0, places[1])
        x = x + self._output(layer, "attentionNorm", self._linear(layer, "o_proj", mixed, lora))
        normed = self._norm(x, f"{layer}.postNorm")
        up = self._linear(layer, "up_proj", normed, lora)
        if config.gated:
            inner = self._activation(self._linear(layer, "gate_proj", normed, lora)) * up
        else:
            inner = self._activation(up)
        return x + self._output(layer, "mlpNorm", self._linear(layer, "down_proj", inner, lora))

    def logits(self, hidden: Tensor) -> Tensor:
        """hidden [..., hidden] to [..., vocabulary]."""
        return linear(hidden, self.weights["embedding" if self.config.tied_head else "head"])

    def _linear(self, layer: int, name: str, x: Tensor, lora: "LoraWeights | None") -> Tensor:
        role = f"{layer}.{ROLE_OF[name]}"
        y = linear(x, self.weights[role], self.weights.get(f"{role}Bias"))
        return y if lora is None else lora.add(layer, name, x, y)

    def _norm(self, x: Tensor, name: str) -> Tensor:
        gain, epsilon = self.weights[name], self.config.norm_epsilon
        if self.config.norm == "layer":
            return F.layer_norm(x, gain.shape, gain, self.weights[f"{name}Bias"], epsilon)
        return rms_norm(x, gain, epsilon)

    def _output(self, layer: int, norm: str, y: Tensor) -> Tensor:
        return self._norm(y, f"{layer}.{norm}") if self.config.output_norms else y

    def _activation(self, x: Tensor) -> Tensor:
        return F.silu(x) if self.config.activation == "silu" else F.gelu(x, approximate="tanh")


@dataclass(frozen=True)
class LoraWeights:
    """LoRA matrices `lora.<layer>.<projection>.A|B` among `parameters`; projections without any are unchanged."""

    parameters: Mapping[str, Tensor]
    scale: float

    def add(self, layer: int, name: str, x: Tensor, y: Tensor) -> Tensor:
        """y + scale·B(A x), x [..., in], y [..., out]."""
        a = self.parameters.get(f"lora.{layer}.{name}.A")
        if a is None:
            return y
        b, low = self.parameters[f"lora.{layer}.{name}.B"], F.linear(x, a)
        if low.dtype != y.dtype:
            # Frozen weights are bf16, what LoRA adds is not. The scale multiplies the fewest numbers.
            return y + F.linear(self.scale * low, b)
        return torch.addmm(y.flatten(0, -2), low.flatten(0, -2), b.T, alpha=self.scale).view_as(y)


def linear(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """x·weightᵀ + bias in the precision of frozen weights."""
    return F.linear(x.to(weight.dtype), weight, bias)


def rms_norm(x: Tensor, gain: Tensor, epsilon: float) -> Tensor:
    """x [..., d] · rsqrt(mean x² + ε) · gain [d]."""
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + epsilon) * gain


def rope_tables(length: int, head_size: int, rope: Rope, like: Tensor) -> tuple[Tensor, Tensor]:
    """cos and sin [length, head_size / 2], of the type and on the device of `like`."""
    angles = torch.arange(length, dtype=torch.float64)[:, None] * frequencies(head_size, rope)
    return angles.cos().to(like), angles.sin().to(like)


def frequencies(head_size: int, rope: Rope) -> Tensor:
    """Radians per position [head_size / 2], as in transformers' modeling_rope_utils.py for `default`, `linear` and `llama3`."""
    default = rope.theta ** -(torch.arange(0, head_size, 2, dtype=torch.float64) / head_size)
    scaling = rope.scaling
    if scaling is None:
        return default
    slow = default / scaling["factor"]
    if scaling["kind"] == "linear":
        return slow
    wavelength = 2 * math.pi / default
    longest = scaling["originalPositions"] / scaling["lowFrequencyFactor"]
    shortest = scaling["originalPositions"] / scaling["highFrequencyFactor"]
    smooth = (scaling["originalPositions"] / wavelength - scaling["lowFrequencyFactor"]) / (
        scaling["highFrequencyFactor"] - scaling["lowFrequencyFactor"]
    )
    between = (1 - smooth) * slow + smooth * default
    return torch.where(wavelength < shortest, default, torch.where(wavelength > longest, slow, between))


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """RoPE with the rotate-half convention; x [batch, heads, T, head_size]."""
    first, second = x.chunk(2, -1)
    return torch.cat([first * cos - second * sin, second * cos + first * sin], -1)


def split_heads(x: Tensor, head_size: int) -> Tensor:
    """[batch, T, heads · head_size] to [batch, heads, T, head_size]."""
    return x.unflatten(-1, (-1, head_size)).transpose(1, 2)


def row_positions(length: int, hidden_keys: Tensor | None) -> Tensor | None:
    """Positions of rows [batch, T]; None where all stand at their place."""
    if hidden_keys is None or not (hidden_keys[:, 2:] > hidden_keys[:, 1:2]).any():
        return None
    row = torch.arange(length, device=hidden_keys.device)[None]
    begin = block_begins(length, hidden_keys)
    return torch.where(begin > 0, row - begin + hidden_keys[:, 1:2], row)


def block_begins(length: int, hidden_keys: Tensor) -> Tensor:
    """Where the block of each row begins [batch, T]; 0 for rows before the first block."""
    row = torch.arange(length, device=hidden_keys.device)
    begins = hidden_keys[:, 2:, None]
    return torch.where(row >= begins, begins, 0).amax(1)


def attention_mask(
    length: int, hidden_keys: Tensor | None, window: int | None, device: torch.device | None = None
) -> Tensor | None:
    """[batch or 1, 1, T, T], true where attention is allowed; None for plain causal attention."""
    if hidden_keys is None and (window is None or window >= length):
        return None
    at = torch.arange(length, device=device)
    query, key = at[None, :, None], at[None, None, :]
    allowed = key <= query
    if window is not None:
        allowed = allowed & (key > query - window)
    if hidden_keys is not None:
        first, begin = hidden_keys[:, 0, None, None], block_begins(length, hidden_keys)[:, :, None]
        allowed = allowed & ~((key >= first) & (key < begin))
    return allowed[:, None]


def attend(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    scale: float,
    mask: Tensor | None,
    attention: list[Tensor] | None,
    edit: Tensor | None = None,
) -> Tensor:
    """Grouped-query attention. q [batch, heads, T, d], k and v [batch, kv_heads, T, d]; returns [batch, T, heads · d].

    edit [T, heads, 2]: a bias on the scores of each key, and a gain of its weights after the softmax.
    """
    groups = q.shape[1] // k.shape[1]
    k, v = k.repeat_interleave(groups, 1), v.repeat_interleave(groups, 1)
    if attention is None and edit is None:
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=mask is None, scale=scale)
    else:
        allowed = torch.ones(q.shape[2], q.shape[2], dtype=torch.bool, device=q.device).tril() if mask is None else mask
        scores = scale * q @ k.transpose(-1, -2)
        bias, gain = (None, None) if edit is None else edit.to(q).permute(2, 1, 0)[:, :, None]
        weights = (scores if bias is None else scores + bias).masked_fill(~allowed, float("-inf")).softmax(-1)
        weights = weights if gain is None else weights * gain
        if attention is not None:
            attention.append(weights)
        mixed = weights @ v
    return mixed.transpose(1, 2).flatten(2)
