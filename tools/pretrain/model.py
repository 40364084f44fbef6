"""A Llama decoder in PyTorch, with parameters named as in Hugging Face's LlamaForCausalLM."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True)
class Config:
    """The shape of wordnet-1m: 1,262,720 parameters."""

    vocab_size: int = 4096
    hidden_size: int = 128
    layers: int = 4
    heads: int = 4
    kv_heads: int = 2
    intermediate_size: int = 352
    rms_norm_eps: float = 1e-5
    rope_theta: float = 10000.0

    @property
    def head_dim(self) -> int:
        return self.hidden_size // self.heads


INITIAL_SPREAD = 0.02


class Linear(nn.Module):
    """y = W x, without bias."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs) * INITIAL_SPREAD)

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight)


class RMSNorm(nn.Module):
    def __init__(self, config: Config) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(config.hidden_size))
        self.eps = config.rms_norm_eps

    def forward(self, x: Tensor) -> Tensor:
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps) * self.weight


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """RoPE in the rotate-half convention. x [batch, heads, length, head_dim], cos and sin [length, head_dim / 2]."""
    first, second = x.chunk(2, dim=-1)
    return torch.cat([first * cos - second * sin, second * cos + first * sin], dim=-1)


class Attention(nn.Module):
    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        kv_size = config.kv_heads * config.head_dim
        self.q_proj = Linear(config.hidden_size, config.hidden_size)
        self.k_proj = Linear(config.hidden_size, kv_size)
        self.v_proj = Linear(config.hidden_size, kv_size)
        self.o_proj = Linear(config.hidden_size, config.hidden_size)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        batch, length, size = x.shape
        config = self.config

        def split_heads(projected: Tensor, heads: int) -> Tensor:
            return projected.view(batch, length, heads, config.head_dim).transpose(1, 2)

        q = rotate(split_heads(self.q_proj(x), config.heads), cos, sin)
        k = rotate(split_heads(self.k_proj(x), config.kv_heads), cos, sin)
        v = split_heads(self.v_proj(x), config.kv_heads)
        group = config.heads // config.kv_heads
        k, v = k.repeat_interleave(group, 1), v.repeat_interleave(group, 1)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.o_proj(y.transpose(1, 2).reshape(batch, length, size))


class MLP(nn.Module):
    """SwiGLU."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.gate_proj = Linear(config.hidden_size, config.intermediate_size)
        self.up_proj = Linear(config.hidden_size, config.intermediate_size)
        self.down_proj = Linear(config.intermediate_size, config.hidden_size)

    def forward(self, x: Tensor) -> Tensor:
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    def __init__(self, config: Config) -> None:
        super().__init__()
        self.input_layernorm = RMSNorm(config)
        self.self_attn = Attention(config)
        self.post_attention_layernorm = RMSNorm(config)
        self.mlp = MLP(config)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        x = x + self.self_attn(self.input_layernorm(x), cos, sin)
        return x + self.mlp(self.post_attention_layernorm(x))


class Embedding(nn.Module):
    def __init__(self, config: Config) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(config.vocab_size, config.hidden_size) * INITIAL_SPREAD)

    def forward(self, ids: Tensor) -> Tensor:
        return self.weight[ids]


class Decoder(nn.Module):
    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.embed_tokens = Embedding(config)
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.layers))
        self.norm = RMSNorm(config)

    def forward(self, ids: Tensor) -> Tensor:
        """ids [batch, length] → hidden states after the final norm [batch, length, hidden]."""
        x = self.embed_tokens(ids)
        half = torch.arange(0, self.config.head_dim, 2)
        frequencies = self.config.rope_theta ** (-half / self.config.head_dim)
        angles = torch.arange(ids.shape[1]).float()[:, None] * frequencies
        cos, sin = angles.cos(), angles.sin()
        for layer in self.layers:
            x = layer(x, cos, sin)
        return self.norm(x)


class LlamaForCausalLM(nn.Module):
    """The head is tied to the embedding. Construction draws from torch's global generator."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.model = Decoder(config)
        # GPT-2's initialisation: what is added to the residual stream shrinks with the number of additions.
        for layer in self.model.layers:
            for projection in (layer.self_attn.o_proj, layer.mlp.down_proj):
                projection.weight.data /= math.sqrt(2 * config.layers)

    def forward(self, ids: Tensor) -> Tensor:
        """ids [batch, length] → logits [batch, length, vocabulary]."""
        return F.linear(self.model(ids), self.model.embed_tokens.weight)

    def loss(self, ids: Tensor) -> Tensor:
        """Mean next-token cross-entropy, nats; ids [batch, length], length − 1 predictions a row."""
        return F.cross_entropy(self(ids[:, :-1]).flatten(0, 1), ids[:, 1:].flatten())
