"""Model families: the JSON files of src/model/families, which specify how config.json and a checkpoint are read.

A second reading of the same files as src/model/readConfig.ts and decoderTensors.ts; docs/models.md says what each field means.
"""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor

from .spec import PROJECTIONS, DecoderConfig, LayerAttention, Rope

INSTALLED, CHECKOUT = Path(__file__).parent / "families", Path(__file__).parents[2] / "src" / "model" / "families"
FOLDER = INSTALLED if INSTALLED.exists() else CHECKOUT
"""The engine reads the same files; an installed package and an exported job include a copy."""
FAMILIES: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))
}
ACTIVATIONS: dict[str, Literal["silu", "geluTanh"]] = {
    "silu": "silu",
    "swish": "silu",
    "gelu_pytorch_tanh": "geluTanh",
    "gelu_new": "geluTanh",
}
LINEAR_ROLES = ("q", "k", "v", "o", "gate", "up", "down")
ROLE_OF = dict(zip(PROJECTIONS, LINEAR_ROLES, strict=True))
"""LoRA's name of a projection to the family files' name."""


def read_config(data: Mapping[str, Any]) -> DecoderConfig:
    """A parsed config.json; ValueError for what is not implemented."""
    architecture = data["architectures"][0]
    found = [(name, family) for name, family in FAMILIES.items() if architecture in family["architectures"]]
    if not found:
        raise ValueError(f"{architecture} is not known")
    name, family = found[0]
    keys = family["config"]

    def read(key: Any, otherwise: Any = None) -> Any:
        if isinstance(key, str):
            return data[key]
        value = None if key is None else data.get(key["key"])
        return (otherwise if key is None else key.get("default", otherwise)) if value is None else value

    for key, accepted in family["requires"].items():
        if key in data and data[key] not in accepted:
            raise ValueError(f"{key}: {data[key]} is not implemented")
    hidden, heads, layers = read(keys["hidden"]), read(keys["heads"]), read(keys["layers"])
    head_size = read(keys.get("headSize"), hidden // heads)
    inner = keys["intermediate"]
    biases = [role for role in LINEAR_ROLES if (says := family["biases"].get(role)) and (says is True or data.get(says))]
    ropes, attention = _layer_attention(family, data, layers)
    end = data["eos_token_id"]
    eos = end[0] if isinstance(end, list) else end
    return DecoderConfig(
        family=name,
        architecture=architecture,
        vocabulary=read(keys["vocabulary"]),
        hidden=hidden,
        layers=layers,
        heads=heads,
        kv_heads=read(keys.get("kvHeads"), heads),
        head_size=head_size,
        intermediate=read(inner) if isinstance(inner, str) else read(inner, inner["timesHidden"] * hidden),
        norm=family["norm"]["kind"],
        norm_epsilon=read(keys["normEpsilon"]),
        output_norms=family["outputNorms"],
        head_norms=family["headNorms"],
        gated=family["gated"],
        activation=ACTIVATIONS[read(keys["activation"])],
        biases=tuple(biases),
        positions=family["positions"]["kind"],
        ropes=tuple(ropes),
        attention=tuple(attention),
        attention_scale=1 / math.sqrt(read(keys.get("attentionWidth"), head_size)),
        embedding_scale=math.sqrt(hidden) if family.get("embeddingScale") else 1,
        max_positions=read(keys["maxPositions"]),
        tied_head=read(keys["tiedHead"]),
        bos_id=data["bos_token_id"],
        eos_id=eos,
        pad_id=eos if data.get("pad_token_id") is None else data["pad_token_id"],
    )


def _layer_attention(family: Mapping[str, Any], data: Mapping[str, Any], layers: int) -> tuple[list[Rope], list[LayerAttention]]:
    window, positions = family.get("window"), family["positions"]

    def number(key: Mapping[str, Any]) -> Any:
        value = data.get(key["key"])
        return key["default"] if value is None else value

    def slides(layer: int) -> bool:
        if window is None or ("enabled" in window and data.get(window["enabled"]) is not True):
            return False
        if "firstLayer" in window and layer < number(window["firstLayer"]):
            return False
        return "fullEvery" not in window or (layer + 1) % number(window["fullEvery"]) != 0

    def rotates(layer: int) -> bool:
        if "unrotated" not in positions:
            return True
        listed = data.get(positions["unrotated"]["layers"])
        return (layer + 1) % number(positions["unrotated"]["every"]) != 0 if listed is None else listed[layer] != 0

    types = data.get("layer_types") or ["sliding_attention" if slides(i) else "full_attention" for i in range(layers)]
    ropes: list[Rope] = []
    attention = []
    for layer, kind in enumerate(types):
        sliding = kind == "sliding_attention"
        index = None
        if positions["kind"] == "rope" and rotates(layer):
            given = data.get("rope_parameters") or {}
            if sliding and "localTheta" in positions and kind not in given:
                rope = Rope(number(positions["localTheta"]))
            else:
                parameters = given.get(kind) or given or data.get("rope_scaling") or {}
                rope = _rope(parameters, number(positions["theta"]))
            if rope not in ropes:
                ropes.append(rope)
            index = ropes.index(rope)
        attention.append(LayerAttention(number(window["size"]) if sliding and window else None, index))
    return ropes, attention


def _rope(parameters: Mapping[str, Any], theta: float) -> Rope:
    kind = parameters.get("rope_type", parameters.get("type", "default"))
    theta = parameters.get("rope_theta", theta)
    if kind == "default":
        return Rope(theta)
    if kind == "linear":
        return Rope(theta, {"kind": kind, "factor": parameters["factor"]})
    if kind == "llama3":
        scaling = {
            "kind": kind,
            "factor": parameters["factor"],
            "lowFrequencyFactor": parameters["low_freq_factor"],
            "highFrequencyFactor": parameters["high_freq_factor"],
            "originalPositions": parameters["original_max_position_embeddings"],
        }
        return Rope(theta, scaling)
    raise ValueError(f"RoPE scaling ({kind}) is not implemented")


def block_shapes(config: DecoderConfig) -> dict[str, tuple[int, ...]]:
    """Shapes of a block's weights by role, matrices [out, in]: exactly the roles that blocks of this config have."""
    d, mid, size = config.hidden, config.intermediate, config.head_size
    q, kv = config.heads * size, config.kv_heads * size
    layer_norm = config.norm == "layer"
    shapes: dict[str, tuple[int, ...] | None] = {
        "inputNorm": (d,),
        "inputNormBias": (d,) if layer_norm else None,
        "q": (q, d),
        "k": (kv, d),
        "v": (kv, d),
        "qNorm": (size,) if config.head_norms else None,
        "kNorm": (size,) if config.head_norms else None,
        "o": (d, q),
        "attentionNorm": (d,) if config.output_norms else None,
        "postNorm": (d,),
        "postNormBias": (d,) if layer_norm else None,
        "gate": (mid, d) if config.gated else None,
        "up": (mid, d),
        "down": (d, mid),
        "mlpNorm": (d,) if config.output_norms else None,
    }
    present = {role: shape for role, shape in shapes.items() if shape is not None}
    return present | {f"{role}Bias": present[role][:1] for role in config.biases if role in present}


def outer_shapes(config: DecoderConfig) -> dict[str, tuple[int, ...]]:
    """Shapes of the weights outside of blocks, by role."""
    shapes: dict[str, tuple[int, ...]] = {"embedding": (config.vocabulary, config.hidden)}
    if config.positions == "learned":
        shapes["positions"] = (config.max_positions, config.hidden)
    shapes["finalNorm"] = (config.hidden,)
    if config.norm == "layer":
        shapes["finalNormBias"] = (config.hidden,)
    if not config.tied_head:
        shapes["head"] = (config.vocabulary, config.hidden)
    return shapes


Weights = dict[str, Tensor]
"""By role: `embedding`, …, and `<layer>.<role>` of a block; matrices [out, in], gains with their offset added."""


def read_weights(config: DecoderConfig, tensors: Mapping[str, Tensor]) -> Weights:
    """A checkpoint's tensors to weights by role."""
    family = FAMILIES[config.family]
    names = family["tensors"]
    prefix = next(p for p in names["prefixes"] if p + names["embedding"] in tensors)
    offset = family["norm"]["gainOffset"]
    weights: Weights = {}
    for role in outer_shapes(config):
        weights[role] = tensors[_outer_name(names, role, prefix)]
    weights["finalNorm"] = weights["finalNorm"] + offset
    for layer in range(config.layers):
        shapes = block_shapes(config)
        for role, shape in shapes.items():
            name, stack = _block_name(names, role, layer, prefix)
            value = tensors[name]
            if names["transposed"] and len(shape) == 2:
                value = value.T
            if role in stack:
                sizes = [shapes[part][0] for part in stack]
                value = value.split(sizes)[stack.index(role)]
            weights[f"{layer}.{role}"] = value + offset if role.endswith("Norm") else value
    return weights


def checkpoint_tensors(config: DecoderConfig, weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The inverse of `read_weights`, under the family's first prefix."""
    family = FAMILIES[config.family]
    names = family["tensors"]
    prefix = names["prefixes"][0]
    offset = family["norm"]["gainOffset"]
    tensors = {_outer_name(names, role, prefix): weights[role] for role in outer_shapes(config)}
    final = _outer_name(names, "finalNorm", prefix)
    tensors[final] = tensors[final] - offset
    for layer in range(config.layers):
        for role, shape in block_shapes(config).items():
            name, stack = _block_name(names, role, layer, prefix)
            value = torch.cat([weights[f"{layer}.{part}"] for part in stack or [role]])
            value = value - offset if role.endswith("Norm") else value
            tensors[name] = value.T if names["transposed"] and len(shape) == 2 else value
    return tensors


def _outer_name(names: Mapping[str, Any], role: str, prefix: str) -> str:
    if role == "finalNormBias":
        return prefix + names["finalNorm"].replace("weight", "bias")
    return names["head"] if role == "head" else prefix + names[role]


def _block_name(names: Mapping[str, Any], role: str, layer: int, prefix: str) -> tuple[str, list[str]]:
    """The tensor that holds a role, and the roles stacked in it (none: it alone)."""
    bias = role.endswith("Bias")
    entry = names["block"][role.removesuffix("Bias")]
    pattern, stack = (entry, []) if isinstance(entry, str) else (entry["name"], entry["stack"])
    name = prefix + pattern.replace("{layer}", str(layer))
    if not bias:
        return name, stack
    return name.removesuffix("weight") + "bias", [f"{part}Bias" for part in stack]
