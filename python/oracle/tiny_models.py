"""Tiny random models, one or more per family, as Hugging Face folders: `python3 make_fixtures.py` writes them to fixtures/models.

Every family has odd sizes where it allows them, heads·head_size ≠ hidden, and its distinguishing options switched on.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import torch
from torch import Tensor

from karma.decoder import Decoder
from karma.family import Weights, block_shapes, checkpoint_tensors, outer_shapes, read_config, read_weights
from karma.spec import DecoderConfig, Lora


@dataclass(frozen=True)
class TinyModel:
    """A random decoder, given by its config.json, with a random catalogue."""

    json: dict[str, Any]
    items: int
    lora: Lora
    seed: int

    @property
    def config(self) -> DecoderConfig:
        """The config.json resolved by its family."""
        return read_config(self.json)


EVEN = {
    "architectures": ["LlamaForCausalLM"],
    "vocab_size": 61,
    "hidden_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 6,
    "num_key_value_heads": 2,
    "intermediate_size": 36,
    "max_position_embeddings": 256,
    "rms_norm_eps": 1e-5,
    "tie_word_embeddings": True,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 0,
}
ODD = EVEN | {
    "vocab_size": 53,
    "hidden_size": 18,
    "num_attention_heads": 3,
    "num_key_value_heads": 1,
    "intermediate_size": 27,
    "rms_norm_eps": 1e-6,
    "rope_theta": 500.0,
    "bos_token_id": 50,
    "eos_token_id": 51,
    "pad_token_id": 52,
}
# The wavelengths are 6, 20, 63 and 199: one is kept, one is interpolated, two are stretched.
LLAMA3 = EVEN | {
    "hidden_size": 20,
    "num_attention_heads": 4,
    "head_dim": 8,
    "rope_theta": 100.0,
    "rope_scaling": {
        "rope_type": "llama3",
        "factor": 8.0,
        "low_freq_factor": 1.0,
        "high_freq_factor": 4.0,
        "original_max_position_embeddings": 32,
    },
    "tie_word_embeddings": False,
    "eos_token_id": [2, 3],
}
QWEN2 = EVEN | {
    "architectures": ["Qwen2ForCausalLM"],
    "hidden_size": 18,
    "num_attention_heads": 3,
    "num_key_value_heads": 1,
    "rope_theta": 1000.0,
    "use_sliding_window": False,
    "sliding_window": 4,
    "max_window_layers": 1,
}
QWEN3 = EVEN | {
    "architectures": ["Qwen3ForCausalLM"],
    "hidden_size": 20,
    "num_attention_heads": 4,
    "head_dim": 6,
    "rope_theta": 1000.0,
    "attention_bias": False,
}
SMOLLM3 = EVEN | {
    "architectures": ["SmolLM3ForCausalLM"],
    "hidden_size": 20,
    "num_attention_heads": 4,
    "head_dim": 6,
    "rope_theta": 1000.0,
    "no_rope_layers": [1, 0],
    "no_rope_layer_interval": 4,
    "use_sliding_window": False,
    "layer_types": ["full_attention", "full_attention"],
}
GEMMA3 = EVEN | {
    "architectures": ["Gemma3ForCausalLM"],
    "hidden_size": 20,
    "num_hidden_layers": 4,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "head_dim": 8,
    "rms_norm_eps": 1e-6,
    "hidden_activation": "gelu_pytorch_tanh",
    "query_pre_attn_scalar": 10,
    "sliding_window": 4,
    "sliding_window_pattern": 2,
    "rope_theta": 1000.0,
    "rope_local_base_freq": 50.0,
    "rope_scaling": {"rope_type": "linear", "factor": 2.0},
    "attn_logit_softcapping": None,
}
GPT2 = {
    "architectures": ["GPT2LMHeadModel"],
    "vocab_size": 61,
    "n_embd": 18,
    "n_layer": 2,
    "n_head": 3,
    "n_inner": None,
    "n_positions": 96,
    "layer_norm_epsilon": 1e-5,
    "activation_function": "gelu_new",
    "bos_token_id": 60,
    "eos_token_id": 60,
}
MODELS = {
    "even": TinyModel(EVEN, 37, Lora(4, 6.0), 101),
    "odd": TinyModel(ODD, 29, Lora(3, 2.0), 202),
    "llama3": TinyModel(LLAMA3, 31, Lora(4, 6.0), 303),
    "qwen2": TinyModel(QWEN2, 31, Lora(3, 4.0), 404),
    "qwen3": TinyModel(QWEN3, 31, Lora(4, 6.0), 505),
    "gemma3": TinyModel(GEMMA3, 31, Lora(4, 6.0), 606),
    "gpt2": TinyModel(GPT2, 31, Lora(4, 6.0), 707),
    "smollm3": TinyModel(SMOLLM3, 31, Lora(3, 4.0), 808),
}

PROMPT_LENGTH = 12
"""Tokens of the prompt whose logits are stored."""


def draw(random: np.random.RandomState, shape: tuple[int, ...], deviation: float, mean: float = 0.0) -> Tensor:
    """Normal float32 values (RandomState: its stream is frozen by NumPy's policy), as float64."""
    return torch.from_numpy((mean + deviation * random.standard_normal(shape)).astype(np.float32)).double()


@cache
def model_tensors(name: str) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """A model's checkpoint, and its feature tables `features.hidden` and `features.title`, all float32 values in float64."""
    model = MODELS[name]
    config, random = model.config, np.random.RandomState(model.seed)
    outer = {role: shape for role, shape in outer_shapes(config).items() if role != "embedding"}
    weights: Weights = {"embedding": draw(random, (config.vocabulary, config.hidden), 0.5)}
    for layer in range(config.layers):
        weights |= {f"{layer}.{role}": _draw_role(random, role, shape) for role, shape in block_shapes(config).items()}
    weights |= {role: _draw_role(random, role, shape) for role, shape in outer.items()}
    features = {
        "features.hidden": draw(random, (model.items, config.hidden), 1.0),
        "features.title": draw(random, (model.items, config.hidden), 0.5),
    }
    return {name: tensor.float().double() for name, tensor in checkpoint_tensors(config, weights).items()}, features


def _draw_role(random: np.random.RandomState, role: str, shape: tuple[int, ...]) -> Tensor:
    """q and k are large, so that attention is far from uniform."""
    if role in ("positions", "head"):
        return draw(random, shape, 0.5)
    if len(shape) == 1:
        return draw(random, shape, 0.2, 1.0 if role.endswith("Norm") else 0.0)
    gain = {"q": 1.2, "k": 1.2, "o": 0.8, "down": 0.8}.get(role, 1.0)
    return draw(random, shape, gain / shape[1] ** 0.5)


def decoder_of(name: str, dtype: torch.dtype = torch.float64) -> Decoder:
    """The decoder, read from its checkpoint."""
    config = MODELS[name].config
    weights = read_weights(config, model_tensors(name)[0])
    return Decoder(config, {role: tensor.to(dtype) for role, tensor in weights.items()})


def prompt_of(name: str) -> list[int]:
    """The start token and random ones."""
    config = MODELS[name].config
    random = np.random.RandomState(MODELS[name].seed + 2)
    return [config.bos_id, *(int(token) for token in random.randint(0, config.vocabulary, PROMPT_LENGTH - 1))]


@torch.no_grad()
def base_outputs(name: str) -> dict[str, Tensor]:
    """What the base model gives for the prompt: logits [T, vocabulary], hidden [T, hidden], attention [layers, heads, T, T]."""
    decoder = decoder_of(name)
    maps: list[Tensor] = []
    hidden = decoder.hidden(decoder.vocabulary[torch.tensor(prompt_of(name))][None], attention=maps)[0]
    return {"logits": decoder.logits(hidden), "hidden": hidden, "attention": torch.cat(maps)}
