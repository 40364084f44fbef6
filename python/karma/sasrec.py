"""The trained baseline (src/experiment/evaluate/sasrec.ts): a decoder of SASRec's size that knows items only by their IDs, on the run's own batches."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from .data import Prepared
from .decoder import Decoder
from .family import block_shapes, read_config
from .model import InterestModel
from .random import Random, fork_random
from .recipe import Recipe
from .sequence import Example
from .shards import Shards
from .spec import PROJECTIONS, Arm, DecoderConfig, Lora
from .start import embedding_statistics, start_parameters

NAME = "sasrec"
WIDTH = 64
CONFIG = read_config(
    {
        "architectures": ["LlamaForCausalLM"],
        "vocab_size": 4,
        "hidden_size": WIDTH,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "num_key_value_heads": 2,
        "intermediate_size": WIDTH,
        "rms_norm_eps": 1e-5,
        "max_position_embeddings": 256,
        "tie_word_embeddings": True,
        "bos_token_id": 0,
        "eos_token_id": 1,
        "pad_token_id": 2,
    }
)
ARM = Arm(NAME, "SASRec-size")
FEATURES = 4
"""Columns of W_in and W_e, which nothing reads."""
RATES = (1e-3, 3e-3, 3e-4, 1e-2, 1e-4)
"""Peak learning rates in the order in which they are tried (src/measures/ranking/baselineSettings.ts)."""
EVALUATIONS, PATIENCE, TARGETS, K = 20, 3, 1000, 10
"""Evaluations of a training, those in a row without a higher HR@K that end it, and validation targets at most (src/experiment/evaluate/sasrecTuning.ts)."""
UNUSED = ("w_in", "b_in", "w_e", "w_d", "b_d", "query", "item")
"""Parameters that no loss reaches."""


def sasrec_recipe(recipe: Recipe) -> Recipe:
    """The run's recipe, except for what makes it an ID model. With adapters of full rank, every matrix can become any other."""
    objective = replace(
        recipe.objective,
        item_interface="token",
        item_input="id",
        item_output="tied",
        head_start="random",
        emb_token="learned",
        interest_skip="none",
        popularity=0.0,
        candidates="all",
        embedding_size=WIDTH,
        use_query=False,
        max_text_tokens=2,
    )
    evaluation = recipe.evaluation
    training = replace(recipe.training, steps=evaluation.sasrec_steps)
    lora = Lora(rank=WIDTH, alpha=WIDTH, targets=PROJECTIONS)
    return replace(recipe, arms=(ARM,), lora=lora, objective=objective, training=training, recompute=False)


def random_weights(config: DecoderConfig, random: Random) -> dict[str, Tensor]:
    """Matrices ~ N(0, 1/in) and gains of 1, draw for draw those of src/model/randomWeights.ts: no biases, a tied head, rotary positions."""

    def matrix(rows: int, columns: int) -> Tensor:
        return torch.from_numpy((random.normals(rows * columns) / np.sqrt(columns)).astype(np.float32).reshape(rows, columns))

    weights = {"embedding": matrix(config.vocabulary, config.hidden)}
    for layer in range(config.layers):
        for role, shape in block_shapes(config).items():
            weights[f"{layer}.{role}"] = torch.ones(shape) if len(shape) == 1 else matrix(shape[0], shape[1])
    weights["finalNorm"] = torch.ones(config.hidden)
    return weights


def sasrec_model(data: Prepared, shards: Shards, device: torch.device, dtype: torch.dtype) -> InterestModel:
    """The untrained baseline; `data` are those of `sasrec_data`."""
    recipe, items = data.recipe, shards.items
    weights = {
        name: value.to(device, dtype)
        for name, value in random_weights(CONFIG, fork_random(recipe.seed, "sasrec weights")).items()
    }
    start = start_parameters(
        CONFIG,
        recipe.lora,
        recipe.objective,
        FEATURES,
        items,
        recipe.seed,
        embedding_statistics(weights["embedding"], CONFIG),
        own=range(shards.begin, shards.end),
    )
    nothing = torch.zeros(shards.end - shards.begin, FEATURES, device=device, dtype=dtype)
    return InterestModel(
        Decoder(CONFIG, weights),
        nothing,
        nothing,
        (),
        recipe.lora,
        recipe.objective,
        {name: nn.Parameter(value.to(device, dtype)) for name, value in start.items()},
        unpadded=True,
        shards=shards,
    )


def ids_alone(examples: Sequence[Example]) -> list[Example]:
    """The examples without their texts."""
    return [replace(example, query=[], text=[], further=()) for example in examples]


def trained_numbers(model: InterestModel, shards: Shards) -> int:
    """How many numbers it trains; rows of items on all processes."""
    own = {name: value.numel() for name, value in model.parameters.items() if name not in UNUSED}
    return sum(own.values()) - own["u"] + shards.items * WIDTH


def evaluated_after(most: int) -> list[int]:
    """Steps after which a training of that many is evaluated, the last included; after every step if there are fewer than evaluations."""
    n = min(EVALUATIONS, most)
    # Math.round, which rounds halves up.
    return [math.floor((k + 1) * most / n + 0.5) for k in range(n)]


def is_over(hits: Sequence[float]) -> bool:
    """Whether a training with these evaluations ends early."""
    return len(hits) - 1 - best_of(hits) >= PATIENCE


def best_of(hits: Sequence[float]) -> int:
    """Index of the highest, the earlier in a tie; -1 of none."""
    return max(range(len(hits)), key=lambda index: (hits[index], -index), default=-1)


def chosen_of(tried: Sequence[Mapping[str, Any]]) -> int:
    """Index of the rate whose best evaluation is highest, the earlier in a tie; rates without an evaluation, of step 0, come last."""
    return max(range(len(tried)), key=lambda index: (tried[index]["setting"]["step"] > 0, tried[index]["hr"], -index))


def copied(model: InterestModel) -> dict[str, Tensor]:
    """A copy of its parameters."""
    return {name: parameter.detach().clone() for name, parameter in model.parameters.items()}


@torch.no_grad()
def put(values: Mapping[str, Tensor], target: Mapping[str, Tensor]) -> None:
    """Overwrites parameters, or a copy of them, with others."""
    for name, value in target.items():
        value.copy_(values[name])
