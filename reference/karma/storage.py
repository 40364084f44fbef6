"""safetensors files and Hugging Face configs in and out."""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from .spec import DecoderConfig


def read_tensors(path: Path, dtype: torch.dtype) -> dict[str, Tensor]:
    """Every tensor of the file, as `dtype`."""
    return {name: tensor.to(dtype) for name, tensor in load_file(path).items()}


def write_tensors(path: Path, tensors: dict[str, Tensor]) -> None:
    """Writes the tensors as float32, in an order that depends on the names alone."""
    save_file({name: tensors[name].detach().to(torch.float32).contiguous().clone() for name in sorted(tensors)}, path)


def read_config(path: Path) -> DecoderConfig:
    """Reads a Hugging Face `config.json` of a Llama model with a tied head."""
    data = json.loads(path.read_text(encoding="utf-8"))
    if data["model_type"] != "llama" or not data.get("tie_word_embeddings", False):
        raise ValueError(f"{path}: only Llama with a tied head is implemented")
    return DecoderConfig(
        vocabulary=data["vocab_size"],
        hidden=data["hidden_size"],
        layers=data["num_hidden_layers"],
        heads=data["num_attention_heads"],
        kv_heads=data["num_key_value_heads"],
        head_size=data.get("head_dim", data["hidden_size"] // data["num_attention_heads"]),
        intermediate=data["intermediate_size"],
        bos_id=data["bos_token_id"],
        eos_id=data["eos_token_id"],
        pad_id=data["pad_token_id"],
        norm_epsilon=data["rms_norm_eps"],
        rope_theta=data["rope_theta"],
        max_positions=data["max_position_embeddings"],
    )
