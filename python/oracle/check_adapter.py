"""Loads an adapter in PEFT's layout into the reference and compares the logits of a prompt.

    python3 -m oracle.check_adapter MODEL ADAPTER EXPECTED

MODEL is a Hugging Face folder, ADAPTER a folder with adapter_config.json and adapter_model.safetensors, EXPECTED a JSON file with `ids` and
`logits` [ids, vocabulary]. Which tensors must be there follows only from adapter_config.json and PEFT's rules. Prints one JSON object
(modules, missing, unexpected, error); exits with 1 if a tensor is missing or unexpected, or logits differ by more than 1e-4 of the largest.
"""

import json
import sys
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from karma.decoder import Decoder
from karma.family import read_config, read_weights
from karma.storage import read_tensors
from karma.threads import bind

TOLERANCE = 1e-4
bind(1)


def is_adapted(module: str, config: dict[str, Any]) -> bool:
    """Whether PEFT puts LoRA on a module: it ends with a target, and its layer is one of those to transform."""
    if not any(module == target or module.endswith(f".{target}") for target in config["target_modules"]):
        return False
    layers = config.get("layers_to_transform")
    if layers is None:
        return True
    words = module.split(".")
    return int(words[words.index(config["layers_pattern"]) + 1]) in layers


def pattern_value(patterns: dict[str, float] | None, module: str, default: float) -> float:
    """The value of the first pattern that the module ends with."""
    for name, value in (patterns or {}).items():
        if module == name or module.endswith(f".{name}"):
            return value
    return default


def merge(
    weights: dict[str, Tensor], adapter: dict[str, Tensor], config: dict[str, Any]
) -> tuple[list[str], list[str], list[str]]:
    """Adds alpha / r · B·A to the adapted weights in place. Returns the modules, and the missing and the unexpected tensors of the adapter."""
    modules = [name.removesuffix(".weight") for name, value in weights.items() if value.dim() == 2]
    adapted = [module for module in modules if is_adapted(module, config)]
    wanted = {f"base_model.model.{module}.lora_{matrix}.weight" for module in adapted for matrix in "AB"}
    missing, unexpected = sorted(wanted - set(adapter)), sorted(set(adapter) - wanted)
    if missing or unexpected:
        return adapted, missing, unexpected
    for module in adapted:
        a, b = (adapter[f"base_model.model.{module}.lora_{matrix}.weight"] for matrix in "AB")
        rank = pattern_value(config.get("rank_pattern"), module, config["r"])
        assert a.shape[0] == b.shape[1] == rank, f"{module} has rank {a.shape[0]}, the config says {rank}"
        delta = pattern_value(config.get("alpha_pattern"), module, config["lora_alpha"]) / rank * (b @ a)
        weights[f"{module}.weight"] += delta.T if config["fan_in_fan_out"] else delta
    return adapted, missing, unexpected


def main(model: Path, adapter: Path, expected: Path) -> int:
    """Checks one adapter; returns the exit code."""
    config = json.loads((adapter / "adapter_config.json").read_text(encoding="utf-8"))
    weights = read_tensors(model / "model.safetensors", torch.float64)
    matrices = read_tensors(adapter / "adapter_model.safetensors", torch.float64)
    modules, missing, unexpected = merge(weights, matrices, config)
    error = None
    if not missing and not unexpected:
        decoder_config = read_config(json.loads((model / "config.json").read_text(encoding="utf-8")))
        decoder = Decoder(decoder_config, read_weights(decoder_config, weights))
        case = json.loads(expected.read_text(encoding="utf-8"))
        ours = torch.tensor(case["logits"], dtype=torch.float64)
        logits = decoder.logits(decoder.hidden(decoder.vocabulary[case["ids"]][None]))[0]
        error = ((ours - logits).abs().max() / logits.abs().max()).item()
    print(json.dumps({"modules": len(modules), "missing": missing, "unexpected": unexpected, "error": error}))
    return 0 if error is not None and error <= TOLERANCE else 1


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:4])))
