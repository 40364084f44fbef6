"""Checkpoints of an arm by torch.distributed.checkpoint: written next to the last one, which is deleted only when the new one is complete."""

import json
import pickle
import shutil
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.distributed.checkpoint.filesystem import FileSystemReader
from torch.distributed.checkpoint.metadata import Metadata, StorageMeta
from torch.distributed.checkpoint.state_dict_loader import load as read_tensors
from torch.distributed.checkpoint.state_dict_saver import save as write_tensors

from .errors import JobError
from .optimiser import Optimiser
from .processes import Processes
from .shards import FREE

NOTES = "notes.json"
NOTHING: Mapping[str, Tensor] = {}


class _Plain(pickle.Unpickler):
    """Reads a pickle of torch's descriptions of tensors; whatever else it names is refused, since it might run."""

    _METADATA = (
        "Metadata",
        "MetadataIndex",
        "StorageMeta",
        "TensorStorageMetadata",
        "BytesStorageMetadata",
        "ChunkStorageMetadata",
    )
    _NAMES = frozenset(
        {
            *(
                ("torch.distributed.checkpoint.metadata", name)
                for name in (*_METADATA, "TensorProperties", "_MEM_FORMAT_ENCODING")
            ),
            ("torch.distributed.checkpoint.filesystem", "_StorageInfo"),
            ("torch.serialization", "_get_layout"),
            ("torch", "Size"),
            *(("torch", name) for name in ("float64", "float32", "float16", "bfloat16", "int64", "int32", "uint8", "bool")),
            ("collections", "OrderedDict"),
            # A path names a file, and making one touches none.
            *((module, kind) for module in ("pathlib", "pathlib._local") for kind in ("PosixPath", "WindowsPath")),
        }
    )

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in self._NAMES:
            raise JobError(f".metadata names {module}.{name}, which no checkpoint of this package contains: it is not loaded.")
        return super().find_class(module, name)


class _PlainReader(FileSystemReader):
    """Reads tensors as torch's own reader does (weights only), and their descriptions without running anything."""

    def read_metadata(self) -> Metadata:
        with (Path(self.path) / ".metadata").open("rb") as file:
            metadata: Metadata = _Plain(file).load()
        if getattr(metadata, "storage_meta", None) is None:
            metadata.storage_meta = StorageMeta()
        metadata.storage_meta.load_id = self.load_id
        return metadata


def _tensors(optimiser: Optimiser, best: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Parameters, moments and the parameters of the best state by name: the very tensors where they exist."""
    tensors: dict[str, Tensor] = {}
    part = _part_of_table(optimiser)
    for name, parameter in optimiser.parameters.items():
        own = part if name in FREE else _itself
        tensors[f"parameter/{name}"] = own(parameter.detach())
        if parameter.requires_grad:
            state = optimiser.adam.state[parameter]
            if not state:
                state["step"] = torch.tensor(0.0)
                state["exp_avg"], state["exp_avg_sq"] = torch.zeros_like(parameter), torch.zeros_like(parameter)
            tensors[f"first/{name}"], tensors[f"second/{name}"] = own(state["exp_avg"]), own(state["exp_avg_sq"])
            tensors[f"steps/{name}"] = state["step"]
        if name in best:
            tensors[f"best/{name}"] = own(best[name])
    return tensors


def _itself(tensor: Tensor) -> Tensor:
    return tensor


def _part_of_table(optimiser: Optimiser) -> Callable[[Tensor], Tensor]:
    """What says of a tensor that it is this process's rows of a larger one, so that any number of processes can read it again."""
    shards = optimiser.shards
    if shards is None or shards.processes.world == 1:
        return _itself
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.tensor import DTensor, Shard

    mesh = init_device_mesh(shards.processes.device.type, (shards.processes.world,))

    def part(tensor: Tensor) -> Tensor:
        width = tensor.shape[1]
        return DTensor.from_local(
            tensor, mesh, [Shard(0)], run_check=False, shape=torch.Size((shards.items, width)), stride=(width, 1)
        )

    return part


def save(
    folder: Path,
    step: int,
    optimiser: Optimiser,
    notes: dict[str, Any],
    processes: Processes,
    best: Mapping[str, Tensor] = NOTHING,
) -> None:
    """Writes `folder/step-N`; killed at any moment, either it or the previous one is complete. `best`: parameters to keep beside the present ones."""
    part, whole = folder / f"step-{step}.part", folder / f"step-{step}"
    if processes.first:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
    processes.wait()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        write_tensors(_tensors(optimiser, best), checkpoint_id=part)
    if processes.first:
        (part / NOTES).write_text(json.dumps({**notes, "step": step, "world": processes.world}), encoding="utf-8")
        part.rename(whole)
        for other in folder.glob("step-*"):
            if other != whole:
                shutil.rmtree(other)
    processes.wait()


def load(
    folder: Path, optimiser: Optimiser, processes: Processes, any_world: bool, best: Mapping[str, Tensor] = NOTHING
) -> dict[str, Any] | None:
    """Restores the last complete checkpoint; returns its notes, or None where there is none. JobError for another number of processes."""
    known = sorted((int(path.name[5:]) for path in folder.glob("step-*") if path.name[5:].isdigit()), reverse=True)
    step = processes.agree(known[0] if known else None)
    if step is None:
        return None
    whole = folder / f"step-{step}"
    notes: dict[str, Any] = json.loads((whole / NOTES).read_text(encoding="utf-8"))
    if notes["world"] != processes.world and not any_world:
        raise JobError(
            f"{whole} was written by {notes['world']} processes, and this job has {processes.world}: its sums would be added up in another "
            f"order. Start {notes['world']} processes, or pass --any-world to continue anyway."
        )
    tensors = _tensors(optimiser, best)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        read_tensors(tensors, storage_reader=_PlainReader(whole))
    optimiser.steps = step
    return notes
