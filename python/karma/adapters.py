"""An arm's adapter in PEFT's layout, the files of src/engine/peft/write.ts."""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from .family import FAMILIES, ROLE_OF, block_shapes
from .spec import TERMS, Arm, DecoderConfig, Lora

CONFIG, WEIGHTS, HEADS = "adapter_config.json", "adapter_model.safetensors", "karma_heads.safetensors"


def write_adapter(
    folder: Path,
    parameters: dict[str, Tensor],
    config: DecoderConfig,
    lora: Lora,
    arm: Arm,
    step: int,
    model_id: str,
    revision: str,
    base_hash: str,
) -> None:
    """Writes the folder that PeftModel.from_pretrained loads, with our heads next to it. base_hash: SHA-256 of the model's weights."""
    folder.mkdir(parents=True, exist_ok=True)
    local = model_id.startswith("local:")
    # A model from disk has no ID that PEFT could load, and no revision.
    model_id = model_id.removeprefix("local:")
    notes = {"format": "pt", "arm": arm.label, "step": str(step), "base_hash": base_hash}
    values = {name: value.detach().float().cpu().contiguous() for name, value in parameters.items()}
    names = FAMILIES[config.family]["tensors"]
    matrices: dict[str, Tensor] = {}
    ranks: dict[str, int] = {}
    targets: list[str] = []
    for layer in range(lora.first_layer, config.layers):
        outputs = {path: sum(rows for _, _, rows in parts) for path, parts in _modules(config, names, layer).items()}
        for path, own in adapted_modules(config, layer, lora).items():
            b = torch.zeros(outputs[path], len(own) * lora.rank)
            for place, (projection, row) in enumerate(own):
                block = values[f"lora.{layer}.{projection}.B"]
                b[row : row + len(block), place * lora.rank : (place + 1) * lora.rank] = block
            matrices[f"base_model.model.{path}.lora_A.weight"] = torch.cat([values[f"lora.{layer}.{p}.A"] for p, _ in own])
            matrices[f"base_model.model.{path}.lora_B.weight"] = b
            # GPT-2 has a c_proj in its attention and one in its MLP.
            target = ".".join(path.split(".")[-2 if _stacked(names) else -1 :])
            if target not in targets:
                targets.append(target)
            if len(own) > 1:
                ranks[target] = len(own)
    pattern = (names["block"]["inputNorm"]).split(".{layer}")[0].split(".")[-1]
    settings: dict[str, Any] = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": model_id,
        "revision": None if local else revision,
        "inference_mode": True,
        "r": lora.rank,
        "lora_alpha": lora.alpha,
        "lora_dropout": 0,
        "bias": "none",
        "fan_in_fan_out": names["transposed"],
        "init_lora_weights": True,
        "use_dora": False,
        "use_rslora": False,
        "modules_to_save": None,
        "target_modules": targets,
        "rank_pattern": {name: parts * lora.rank for name, parts in ranks.items()},
        "alpha_pattern": {name: parts * lora.alpha for name, parts in ranks.items()},
    }
    if lora.first_layer > 0:
        settings |= {"layers_to_transform": list(range(lora.first_layer, config.layers)), "layers_pattern": pattern}
    (folder / CONFIG).write_text(json.dumps(settings, indent=2), encoding="utf-8")
    save_file(matrices, folder / WEIGHTS, notes)
    save_file({name: _flat(value) for name, value in values.items() if not name.startswith("lora.")}, folder / HEADS, notes)
    (folder / "README.md").write_text(
        _card(arm, step, model_id, "" if local else f"revision {revision}, ", base_hash), encoding="utf-8"
    )


def _flat(value: Tensor) -> Tensor:
    """Vectors as the engine stores them: one row."""
    return value[None].clone() if value.dim() == 1 else value


def _stacked(names: dict[str, Any]) -> bool:
    return any(not isinstance(entry, str) for entry in names["block"].values())


def adapted_modules(config: DecoderConfig, layer: int, lora: Lora) -> dict[str, list[tuple[str, int]]]:
    """Linear modules of a block in the checkpoint that LoRA adapts, with the projections that it does: (name, first row)."""
    modules = _modules(config, FAMILIES[config.family]["tensors"], layer)
    found = {path: [(name, row) for name, row, _ in parts if name in lora.targets] for path, parts in modules.items()}
    return {path: own for path, own in found.items() if own}


def _modules(config: DecoderConfig, names: dict[str, Any], layer: int) -> dict[str, list[tuple[str, int, int]]]:
    """Linear modules of a block in the checkpoint, with the projections that each holds: (name, first row, rows)."""
    prefix = names["prefixes"][0]
    shapes = block_shapes(config)
    modules: dict[str, list[tuple[str, int, int]]] = {}
    for projection, role in ROLE_OF.items():
        if role in shapes:
            entry = names["block"][role]
            pattern = entry if isinstance(entry, str) else entry["name"]
            path = (prefix + pattern.replace("{layer}", str(layer))).removesuffix(".weight")
            held = modules.setdefault(path, [])
            held.append((projection, sum(rows for _, _, rows in held), shapes[role][0]))
    return modules


def _card(arm: Arm, step: int, model_id: str, revision: str, base_hash: str) -> str:
    # A line break in a name would add a line.
    label, model_id = (" ".join(text.split()) for text in (arm.label, model_id))
    return f"""---
base_model: {model_id}
library_name: peft
---
# {label}, step {step}

A LoRA adapter for {model_id} ({revision}weights SHA-256 {base_hash}), trained by KARMA Playground's trainer in PyTorch on next-item prediction with
{", ".join(f"λ_{term} = {arm.weight(term):g}" for term in TERMS)}.

- `{CONFIG}`, `{WEIGHTS}`: PEFT's own files; `PeftModel.from_pretrained(base, folder)` loads them.
- `{HEADS}`: input projection, trainable vectors, interest, item and decoding heads, free item embeddings if any, by the names of docs/method.md. PEFT leaves it
  alone; recommending needs it, generating text does not.
"""
