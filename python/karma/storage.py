"""safetensors files and Hugging Face folders in and out."""

import json
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from .decoder import Decoder
from .family import read_config, read_weights


def read_tensors(path: Path, dtype: torch.dtype, device: torch.device | None = None) -> dict[str, Tensor]:
    """Every tensor of the file, as `dtype`, on a device."""
    return {name: tensor.to(device, dtype) for name, tensor in load_file(path).items()}


def read_noted(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """(every tensor of the file, the metadata in its header)."""
    with safe_open(path, "pt") as file:  # type: ignore[attr-defined, unused-ignore]
        # Not a mapping: it cannot be iterated.
        return {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}  # noqa: SIM118


def write_tensors(path: Path, tensors: dict[str, Tensor]) -> None:
    """Writes the tensors as float32, in an order that depends on the names alone."""
    save_file({name: tensors[name].detach().to(torch.float32).contiguous().clone() for name in sorted(tensors)}, path)


def read_model(folder: Path, dtype: torch.dtype) -> Decoder:
    """A Hugging Face folder: `config.json` and `model.safetensors`."""
    config = read_config(json.loads((folder / "config.json").read_text(encoding="utf-8")))
    return Decoder(config, read_weights(config, read_tensors(folder / "model.safetensors", dtype)))
