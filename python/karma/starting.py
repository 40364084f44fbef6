"""An adapter in PEFT's layout that all arms start from: what src/experiment/startAdapter.ts and src/engine/peft/read.ts accept."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from .adapters import CONFIG, HEADS, WEIGHTS, adapted_modules
from .errors import JobError
from .loading import LoadedModel
from .shards import FREE
from .spec import Lora
from .storage import read_noted

Shapes = Mapping[str, tuple[int, ...]]
NAMED_DIGITS = 8
"""Digits of the hash in an adapter's name."""


@dataclass(frozen=True)
class StartAdapter:
    """What arms start from: `values` by the names of docs/method.md, as the files have them."""

    name: str
    hash: str
    heads: bool
    values: dict[str, Tensor]

    @property
    def recorded(self) -> dict[str, Any]:
        """The record's `start`."""
        return {"name": self.name, "hash": self.hash, "heads": self.heads}


def open_start(folder: Path, name: str, model: LoadedModel, lora: Lora, shapes: Shapes, own: range) -> StartAdapter:
    """Reads the adapter of that name. JobError when it is another one, of other weights, or does not fit the recipe.

    `shapes`: of all parameters under `lora`, rows of free embeddings being those of the items `own`.
    """
    if not (folder / CONFIG).exists() or not (folder / WEIGHTS).exists():
        raise JobError(
            f"lora.start names the adapter {name}, but {folder} has no {CONFIG} and {WEIGHTS}. "
            "Export the job again, or name the adapter's folder with --start."
        )
    files = [file for file in sorted((CONFIG, WEIGHTS, HEADS)) if (folder / file).exists()]
    digest = hashlib.sha256()
    for file in files:
        data = (folder / file).read_bytes()
        digest.update(f"{file} {len(data)}\n".encode())
        digest.update(data)
    found = digest.hexdigest()
    if not name.endswith(f"@{found[:NAMED_DIGITS]}"):
        raise JobError(
            f"{folder} is not the adapter {name}: the SHA-256 of its files starts with {found[:NAMED_DIGITS]}. "
            "Copy it again, or name its folder with --start."
        )
    values, base = _lora_values(folder, model, lora, shapes)
    if base is not None and base != model.hash:
        raise JobError(
            f"The adapter {name} was trained on other weights than those of this job: SHA-256 {base[:12]} against {model.hash[:12]}. "
            "Name the model that it belongs to with --model."
        )
    if HEADS in files:
        values |= _head_values(folder / HEADS, shapes, own)
    return StartAdapter(name, found, HEADS in files, values)


def _lora_values(folder: Path, model: LoadedModel, lora: Lora, shapes: Shapes) -> tuple[dict[str, Tensor], str | None]:
    """(A and B of every adapted projection, SHA-256 of the weights that they were trained on if the file says so)."""
    path = folder / WEIGHTS
    settings = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    tensors, notes = _tensors(path)
    wanted, values = set(), {}
    for layer in range(lora.first_layer, model.config.layers):
        for module, parts in adapted_modules(model.config, layer, lora).items():
            names = [f"base_model.model.{module}.lora_{side}.weight" for side in "AB"]
            wanted |= set(names)
            if not set(names) <= set(tensors):
                continue
            _check_scale(settings, module, len(parts), lora)
            a, b = (tensors[name].float() for name in names)
            rank = len(parts) * lora.rank
            _check_shape(path, names[0], a, (rank, shapes[f"lora.{layer}.{parts[0][0]}.A"][1]))
            outside = b.clone()
            for place, (projection, row) in enumerate(parts):
                target = f"lora.{layer}.{projection}"
                rows, columns = slice(row, row + shapes[f"{target}.B"][0]), slice(place * lora.rank, (place + 1) * lora.rank)
                values[f"{target}.A"] = a[place * lora.rank : (place + 1) * lora.rank].clone()
                values[f"{target}.B"] = b[rows, columns].clone()
                _check_shape(path, names[1], values[f"{target}.B"], shapes[f"{target}.B"])
                outside[rows, columns] = 0
            if outside.any():
                raise JobError(
                    f"{path}: the adapter of {module} mixes the projections that are stacked in it, which is not supported."
                )
    missing, surplus = sorted(wanted - set(tensors)), sorted(set(tensors) - wanted)
    if missing or surplus:
        what = f"it lacks {missing[0]}" if missing else f"it has {surplus[0]}"
        raise JobError(f"{path} does not fit the recipe: {what}. Targets and first layer of lora must be the adapter's.")
    return values, notes.get("base_hash")


def _check_scale(settings: Mapping[str, Any], module: str, parts: int, lora: Lora) -> None:
    def matching(patterns: Mapping[str, float] | None, other: float) -> float:
        return next((v for name, v in (patterns or {}).items() if module == name or module.endswith(f".{name}")), other)

    rank = matching(settings.get("rank_pattern"), settings["r"])
    scale = matching(settings.get("alpha_pattern"), settings["lora_alpha"]) / rank
    if rank != parts * lora.rank or abs(scale - lora.alpha / lora.rank) > 1e-6 * scale:
        raise JobError(
            f"The adapter has rank {rank} and scale {scale:g} at {module}; the recipe says {parts * lora.rank} and {lora.alpha / lora.rank:g}. "
            "Set rank and alpha of lora to the adapter's."
        )


def _head_values(path: Path, shapes: Shapes, own: range) -> dict[str, Tensor]:
    """What is trained beside LoRA. An adapter may be of a run without L_img or sink token, whose parameters then start afresh."""
    tensors, _ = _tensors(path)
    values = {}
    for name, shape in shapes.items():
        if name.startswith("lora.") or (name not in tensors and (name.startswith("img_") or name == "sink")):
            continue
        if name not in tensors:
            raise JobError(f"{path} does not fit the recipe: it lacks {name}. Objective and features must be those of its run.")
        value = tensors[name].float()
        value = value[own.start : own.stop] if name in FREE else value
        _check_shape(path, name, value if len(shape) > 1 else value.flatten(), shape)
        values[name] = value.reshape(shape).clone()
    return values


def _tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """A safetensors file's tensors, and the notes in its header."""
    try:
        return read_noted(path)
    except Exception as error:
        raise JobError(f"{path} cannot be read ({error}). Copy it again.") from error


def _check_shape(path: Path, name: str, value: Tensor, shape: tuple[int, ...]) -> None:
    if value.shape != torch.Size(shape):
        raise JobError(
            f"{path} does not fit the recipe: {name} is {list(value.shape)}, not {list(shape)}. "
            "Lora, objective and features must be those of its run."
        )
