"""Start values of the parameters (docs/method.md): the engine's draws, number by number (src/engine/parameters.ts)."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .model import parameter_shapes
from .random import Random, fork_random
from .spec import DecoderConfig, Lora, Objective

ENGINE_ORDER = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
ID_DEVIATION = 0.02
DRAWN_AT_ONCE = 1 << 14
"""Rows of free embeddings."""


@dataclass(frozen=True)
class EmbeddingStatistics:
    """Of the decoder's inputs for the vocabulary: the deviation of all numbers, the mean row and BOS's row, in float64."""

    deviation: float
    mean: NDArray[np.float64]
    bos: NDArray[np.float64]


def embedding_statistics(embedding: Tensor, config: DecoderConfig) -> EmbeddingStatistics:
    """Read once per run, in chunks: it is the largest tensor of most models."""
    total = squares = 0.0
    mean = np.zeros(config.hidden)
    for chunk in embedding.split(8192):
        values = chunk.double()
        total += float(values.sum())
        squares += float(values.square().sum())
        mean += values.sum(0).cpu().numpy() / config.vocabulary
    average = total / embedding.numel()
    scale = config.embedding_scale
    deviation = math.sqrt(squares / embedding.numel() - average * average)
    bos = embedding[config.bos_id].double().cpu().numpy()
    return EmbeddingStatistics(scale * deviation, scale * mean, scale * bos)


def of_arm(start: dict[str, Tensor], lora: Lora) -> dict[str, Tensor]:
    """Start values of an arm whose LoRA has a lower rank, or fewer layers, than the one they were drawn for."""
    own = {}
    for name, value in start.items():
        if not name.startswith("lora."):
            own[name] = value
        elif int(name.split(".")[1]) >= lora.first_layer:
            own[name] = value[: lora.rank].clone() if name.endswith(".A") else value[:, : lora.rank].clone()
    return own


def start_parameters(
    config: DecoderConfig,
    lora: Lora,
    objective: Objective,
    feature_size: int,
    items: int,
    seed: int,
    statistics: EmbeddingStatistics,
    image_size: int = 0,
    sink: bool = False,
    own: range | None = None,
) -> dict[str, Tensor]:
    """Start values by name, float32, on the CPU. `items`: as in the catalogue or, in the `semantic` interface, tokens of codes.

    `own`: those of this process, for which alone it has rows; None for all.
    """
    own = range(items) if own is None else own
    shapes = parameter_shapes(config, lora, objective, feature_size, len(own), image_size, sink)
    values = {name: torch.zeros(shape) for name, shape in shapes.items()}
    random = fork_random(seed, "initial parameters")

    def put(name: str, numbers: NDArray[np.floating[Any]]) -> None:
        values[name] = torch.from_numpy(numbers.reshape(shapes[name]).astype(np.float32))

    def uniform(name: str, width: float = 1.0, draws: Random = random) -> None:
        count = math.prod(shapes[name])
        put(name, width * (2 * draws.uniforms(count) - 1) / math.sqrt(shapes[name][-1]))

    for layer in range(config.layers):
        for projection in ENGINE_ORDER:
            name = f"lora.{layer}.{projection}.A"
            if name in shapes:
                put(name, random.normals(math.prod(shapes[name])) / math.sqrt(shapes[name][1]))
    if objective.item_input == "title":
        values["w_in"] = torch.eye(*shapes["w_in"])
    if objective.item_input == "hidden":
        uniform("w_in")
    uniform("w_o")
    uniform("w_e")
    if "w_s" in shapes:
        values["w_s"] = values["w_e"].clone()
        values["w_o"].zero_()
    if objective.head_start == "identity":
        values["w_o"].zero_()
        for name in {"w_e", "w_s"} & set(shapes):
            values[name] = torch.eye(*shapes[name])
    uniform("w_d", 2 * statistics.deviation)
    put("b_d", statistics.bos)
    if objective.emb_token == "learned":
        put("emb", statistics.bos)
    put("query", statistics.mean)
    put("item", statistics.mean)
    if sink:
        put("sink", statistics.mean)
    free = fork_random(seed, "item embeddings")

    def rows(name: str, deviation: float) -> None:
        width = shapes[name][1]
        for begin in range(0, items, DRAWN_AT_ONCE):
            drawn = free.normals(min(DRAWN_AT_ONCE, items - begin) * width).reshape(-1, width)
            some = range(max(begin, own.start), min(begin + len(drawn), own.stop))
            if some:
                part = deviation * drawn[some.start - begin : some.stop - begin]
                values[name][some.start - own.start : some.stop - own.start] = torch.from_numpy(part.astype(np.float32))

    if objective.item_input == "id" and "u" in shapes:
        rows("u", statistics.deviation)
    if objective.item_output == "id":
        rows("z", ID_DEVIATION)
    if image_size > 0:
        images = fork_random(seed, "image decoder")
        # h has length 1, or elements of about 1.
        widths = {"img_h": math.sqrt(objective.embedding_size) if objective.similarity == "cosine" else 1.0}
        for name in ("img_z", "img_h", "img_m", "img_t", "img_2"):
            uniform(name, widths.get(name, 1.0), images)
    values["log_scale"] = torch.full((1,), math.log(1 / objective.temperature))
    return values
