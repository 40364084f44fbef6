"""What a process needs with the whole model, and whether the model is therefore cut over processes."""

import math
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import torch

from .errors import JobError
from .fsdp import lacking
from .groups import MOUNTED, OWN, own_groups
from .loading import parameter_count
from .model import parameter_shapes
from .processes import Processes, local_world
from .recipe import Recipe
from .spec import DecoderConfig

GB = 1e9
STATES = 4
"""Numbers kept for each trained one: itself, its gradient and two moments."""
NUMBERS_A_ROW = 17
"""Times `hidden`: what a block keeps of a row for its backward pass, about; docs/cluster.md."""
LOGITS = 3
"""Copies of the logits of predicted tokens: themselves, their logarithms and their gradients."""


@dataclass(frozen=True)
class Memory:
    """Bytes that a process needs if it has the whole model, about."""

    model: int
    trained: int
    """What is trained, with gradients and moments."""
    tables: int
    """Frozen features of the items."""
    step: int
    """What a step keeps for its backward pass."""

    @property
    def total(self) -> int:
        """All of it."""
        return self.model + self.trained + self.tables + self.step

    def __str__(self) -> str:
        parts = {"model": self.model, "trained numbers": self.trained, "items": self.tables, "step": self.step}
        return f"{self.total / GB:.1f} GB ({', '.join(f'{name} {size / GB:.1f}' for name, size in parts.items())})"


def needed(config: DecoderConfig, recipe: Recipe, items: int, dtype: torch.dtype, world: int) -> Memory:
    """What one of `world` processes needs. `items`: rows of the catalogue that it has; `dtype`: of the frozen weights."""
    objective, training, size = recipe.objective, recipe.training, dtype.itemsize
    shapes = parameter_shapes(config, recipe.widest_lora, objective, config.hidden, recipe.free_rows(items), 0, recipe.has_sink)
    examples = math.ceil(training.batch_size / (world * recipe.accumulate))
    item_rows = (
        objective.max_title_tokens if objective.item_interface == "text" else len(recipe.code_sizes) if recipe.semantic else 1
    )
    # In the `semantic` interface the target's codes but the last, which are rows, too.
    of_target = item_rows - 1 if recipe.semantic else 0
    text = objective.max_text_tokens
    rows = predicted = 0
    for arm in recipe.arms:
        texts = sum(weight > 0 for weight in (arm.lambda_gen, arm.lambda_rec, arm.lambda_item, arm.lambda_kl, arm.lambda_replay))
        rows = max(rows, examples * (2 + objective.max_history * item_rows + of_target + texts * (1 + text)))
        predicted = max(predicted, examples * texts * text)
    kept = (config.layers + NUMBERS_A_ROW) if recipe.recompute else config.layers * NUMBERS_A_ROW
    return Memory(
        model=parameter_count(config) * size,
        trained=sum(math.prod(shape) for shape in shapes.values()) * STATES * 4,
        tables=items * 2 * config.hidden * 4,
        step=rows * kept * config.hidden * size + predicted * config.vocabulary * LOGITS * 4,
    )


def available(device: torch.device) -> int:
    """Bytes that a process has: its GPU's, or its share of the machine's or of what a container may use of it."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[1])
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min([machine, *container_limits()]) // local_world()


def container_limits(groups: Path = MOUNTED, own: Path = OWN) -> list[int]:
    """Limits in bytes of the control groups (v1 and v2) that this process is in; none where there are no groups or limits. Arguments: `own_groups`."""
    limits = []
    for version, group in own_groups("memory", groups, own):
        with suppress(OSError):
            limit = (group / ("memory.max" if version == 2 else "memory.limit_in_bytes")).read_text(encoding="utf-8").strip()
            if limit != "max":
                limits.append(int(limit))
    return limits


def is_cut(option: str, processes: Processes, own: bool, memory: Memory, has: int) -> bool:
    """Whether the model is cut over the processes.

    `option`: on, off, or auto, which cuts what does not fit; `own`: whether our own decoder runs it; `has`: bytes of a process. JobError where it
    would have to be and cannot.
    """
    if option == "off" or (option == "auto" and memory.total <= has):
        return False
    reason: str | None = None
    if own:
        reason = "our own decoder keeps the model whole: use --decoder transformers"
    elif processes.world == 1:
        reason = "this job has one process: start more, over which the model can be cut (torchrun --nproc-per-node N)"
    else:
        reason = lacking(processes.device)
    if reason is None:
        return True
    if option == "on":
        raise JobError(f"--shard-model on: {reason}.")
    raise JobError(
        f"The model does not fit: a process needs about {memory} and has {has / GB:.1f} GB, and {reason}. "
        "A smaller training.batchSize, training.accumulate, training.checkpoint and --dtype bf16 need less; --shard-model off tries it all the same."
    )
