"""safetensors files and Hugging Face folders in and out."""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from .decoder import Decoder
from .family import read_config, read_weights


def read_tensors(path: Path, dtype: torch.dtype) -> dict[str, Tensor]:
    """Every tensor of the file, as `dtype`."""
    return {name: tensor.to(dtype) for name, tensor in load_file(path).items()}


def write_tensors(path: Path, tensors: dict[str, Tensor]) -> None:
    """Writes the tensors as float32, in an order that depends on the names alone."""
    save_file({name: tensors[name].detach().to(torch.float32).contiguous().clone() for name in sorted(tensors)}, path)


def read_model(folder: Path, dtype: torch.dtype) -> Decoder:
    """A Hugging Face folder: `config.json` and `model.safetensors`."""
    config = read_config(json.loads((folder / "config.json").read_text(encoding="utf-8")))
    return Decoder(config, read_weights(config, read_tensors(folder / "model.safetensors", dtype)))
