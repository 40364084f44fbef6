"""The Llama decoder with LoRA, on input rows (not token ids) that are padded on the right.

Right padding needs no mask: causal attention hides it from every real row. What padded rows give is not read.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from .spec import DecoderConfig


@dataclass(frozen=True)
class Decoder:
    """A frozen decoder. `weights` have the Hugging Face names, each [out, in]."""

    config: DecoderConfig
    weights: Mapping[str, Tensor]

    @property
    def vocabulary(self) -> Tensor:
        """Vocabulary embedding and tied head [vocabulary, hidden]."""
        return self.weights["model.embed_tokens.weight"]

    def hidden(
        self,
        x: Tensor,
        lora: "LoraWeights | None" = None,
        hidden_key: Tensor | None = None,
        attention: list[Tensor] | None = None,
    ) -> Tensor:
        """Runs the decoder.

        x [batch, T, hidden] input rows at positions 0 … T−1. hidden_key [batch]: rows after this row do not attend it.
        attention, if given, receives one [batch, heads, T, T] a layer. Returns the final RMSNorm's output [batch, T, hidden].
        """
        config = self.config
        cos, sin = rope_tables(x.shape[1], config, x.dtype)
        mask = attention_mask(x.shape[1], hidden_key)
        for layer in range(config.layers):
            prefix = f"model.layers.{layer}."
            normed = rms_norm(x, self.weights[prefix + "input_layernorm.weight"], config.norm_epsilon)
            q, k, v = (
                split_heads(self._linear(layer, name, normed, lora), config.head_size)
                for name in ("q_proj", "k_proj", "v_proj")
            )
            mixed = attend(rotate(q, cos, sin), rotate(k, cos, sin), v, mask, attention)
            x = x + self._linear(layer, "o_proj", mixed, lora)
            normed = rms_norm(x, self.weights[prefix + "post_attention_layernorm.weight"], config.norm_epsilon)
            gate = F.silu(self._linear(layer, "gate_proj", normed, lora))
            x = x + self._linear(layer, "down_proj", gate * self._linear(layer, "up_proj", normed, lora), lora)
        return rms_norm(x, self.weights["model.norm.weight"], config.norm_epsilon)

    def logits(self, hidden: Tensor) -> Tensor:
        """hidden [..., hidden] to [..., vocabulary]."""
        return F.linear(hidden, self.vocabulary)

    def _linear(self, layer: int, name: str, x: Tensor, lora: "LoraWeights | None") -> Tensor:
        block = "self_attn" if name in ("q_proj", "k_proj", "v_proj", "o_proj") else "mlp"
        y = F.linear(x, self.weights[f"model.layers.{layer}.{block}.{name}.weight"])
        return y if lora is None else lora.add(layer, name, x, y)


@dataclass(frozen=True)
class LoraWeights:
    """LoRA matrices `lora.<layer>.<projection>.A|B` among `parameters`; projections without any are left alone."""

    parameters: Mapping[str, Tensor]
    scale: float

    def add(self, layer: int, name: str, x: Tensor, y: Tensor) -> Tensor:
        """y + scale·B(A x), x [..., in], y [..., out]."""
        a = self.parameters.get(f"lora.{layer}.{name}.A")
        if a is None:
            return y
        return y + self.scale * F.linear(F.linear(x, a), self.parameters[f"lora.{layer}.{name}.B"])


def rms_norm(x: Tensor, gain: Tensor, epsilon: float) -> Tensor:
    """x [..., d] · rsqrt(mean x² + ε) · gain [d]."""
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + epsilon) * gain


def rope_tables(length: int, config: DecoderConfig, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """cos and sin [length, head_size / 2]."""
    half = torch.arange(0, config.head_size, 2, dtype=torch.float64) / config.head_size
    angles = torch.arange(length, dtype=torch.float64)[:, None] * config.rope_theta**-half
    return angles.cos().to(dtype), angles.sin().to(dtype)


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """RoPE with the rotate-half convention; x [batch, heads, T, head_size]."""
    first, second = x.chunk(2, -1)
    return torch.cat([first * cos - second * sin, second * cos + first * sin], -1)


def split_heads(x: Tensor, head_size: int) -> Tensor:
    """[batch, T, heads · head_size] to [batch, heads, T, head_size]."""
    return x.unflatten(-1, (-1, head_size)).transpose(1, 2)


def attention_mask(length: int, hidden_key: Tensor | None) -> Tensor | None:
    """[batch, 1, T, T], true where attention is allowed; None for plain causal attention."""
    if hidden_key is None:
        return None
    at = torch.arange(length)
    hides = (at[None, None, :] == hidden_key[:, None, None]) & (at[None, :, None] > hidden_key[:, None, None])
    return (torch.ones(length, length, dtype=torch.bool).tril() & ~hides)[:, None]


def attend(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, attention: list[Tensor] | None) -> Tensor:
    """Grouped-query attention. q [batch, heads, T, d], k and v [batch, kv_heads, T, d]; returns [batch, T, heads · d]."""
    groups = q.shape[1] // k.shape[1]
    k, v = k.repeat_interleave(groups, 1), v.repeat_interleave(groups, 1)
    if attention is None:
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=mask is None)
    else:
        allowed = torch.ones(q.shape[2], q.shape[2], dtype=torch.bool).tril() if mask is None else mask
        scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
        weights = scores.masked_fill(~allowed, float("-inf")).softmax(-1)
        attention.append(weights)
        mixed = weights @ v
    return mixed.transpose(1, 2).flatten(2)
