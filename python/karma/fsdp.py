"""The frozen blocks of a transformers model cut over the processes by FSDP2 (`fully_shard`), for models that do not fit one device.

What is trained stays whole on every process: under LoRA it is a small part of the model, and checkpoints and adapters hold nothing else. So do the
token embedding and the output head, which are read outside the model's own forward pass.
"""

import inspect
from typing import Any

import torch
from torch import nn

from .errors import JobError
from .processes import Processes


def lacking(device: torch.device) -> str | None:
    """Why this PyTorch cannot cut a model over processes; None if it can."""
    newer = f"a newer PyTorch than {torch.__version__} (tried with 2.13)"
    if "ignored_params" not in inspect.signature(fully_shard()).parameters:
        return f"cutting a model over processes needs {newer}: this one's fully_shard cannot leave the token embedding whole"
    # Without events, fully_shard's streams on a CPU fail in the first pass.
    if device.type == "cpu" and not hasattr(torch.cpu.Stream, "record_event"):
        return f"cutting a model over processes on CPUs needs {newer}: this one's CPU streams have no events"
    return None


def fully_shard() -> Any:
    """PyTorch's, imported when it is wanted: that takes a while."""
    from torch.distributed import fsdp

    return fsdp.fully_shard


def blocks_of(trunk: nn.Module, layers: int) -> list[nn.Module]:
    """The decoder blocks of a transformers model, in their order."""
    found = [module for module in trunk.children() if isinstance(module, nn.ModuleList) and len(module) == layers]
    if len(found) != 1:
        raise JobError(
            f"{type(trunk).__name__} has no list of {layers} blocks: --shard-model and training.checkpoint work on such models alone."
        )
    return list(found[0])


def cut(lm: Any, layers: int, processes: Processes) -> None:
    """Cuts the weights of each block, and of the norm behind them, by rows over the processes; in place, before any LoRA is added."""
    from torch.distributed.device_mesh import init_device_mesh

    shard, device, trunk = fully_shard(), processes.device, lm.base_model
    whole = [lm.get_input_embeddings().to(device), lm.get_output_embeddings().to(device)]
    mesh = init_device_mesh(device.type, (processes.world,))
    for block in blocks_of(trunk, layers):
        shard(block, mesh=mesh)
    kind = type(trunk)
    shard(trunk, mesh=mesh, ignored_params={parameter for module in whole for parameter in module.parameters()})
    # A class of its own, of which transformers does not know what it can record; what cuts the model is in hooks.
    trunk.__class__ = kind
