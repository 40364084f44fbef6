"""The processes of a job: torchrun's environment, gloo or NCCL, and how they communicate."""

import os
import platform
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NoReturn, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor

from .errors import JobError
from .launch import take_any_store

T = TypeVar("T")


IDLE, READING, TRAINING = range(3)


class Passes:
    """Passes through a model that is cut over processes, which takes all of them: one that has nothing to decode joins the others' passes.

    Each process announces what it is about to do, and all see the same counts. A model that is not cut announces nothing.
    """

    def __init__(self) -> None:
        self._idle: Callable[[], object] | None = None
        self._group: Any = None

    @property
    def active(self) -> bool:
        """Whether a model is cut."""
        return self._idle is not None

    def join(self, idle: Callable[[], object]) -> None:
        """From here on passes are made together; `idle`: one without gradients, whose result nobody needs."""
        # Apart from what is sent between the passes, and not on a GPU, which it would keep waiting.
        self._group = dist.new_group(backend="gloo")
        self._idle = idle

    def _announce(self, what: int) -> list[int]:
        counts = torch.zeros(3, dtype=torch.int64)
        counts[what] = 1
        dist.all_reduce(counts, group=self._group)
        found: list[int] = counts.tolist()
        if 0 < found[TRAINING] < sum(found):
            raise RuntimeError(f"{found[TRAINING]} of {sum(found)} processes train on the model that is cut over all of them")
        return found

    def begin(self, training: bool) -> None:
        """Comes before each pass; a backward pass must be made by all."""
        if self.active:
            self._announce(TRAINING if training else READING)

    def end(self) -> None:
        """Joins the passes of the others until none has any left."""
        while self._idle is not None and self._announce(IDLE)[READING] > 0:
            self._idle()


@dataclass(frozen=True)
class Processes:
    """This process among `world`; alone, nothing is sent."""

    rank: int
    world: int
    device: torch.device
    backend: str
    passes: Passes = field(default_factory=Passes)
    """Whatever is sent by the methods below is sent when no process has any left."""

    @property
    def first(self) -> bool:
        """Whether this process writes files and prints."""
        return self.rank == 0

    def own(self, things: Sequence[T]) -> list[T]:
        """This process's share: neighbouring items, as evenly as possible."""
        begin, end = self.rank * len(things) // self.world, (self.rank + 1) * len(things) // self.world
        return list(things[begin:end])

    def gather(self, thing: T) -> list[T]:
        """The objects of all processes, in rank order."""
        if self.world == 1:
            return [thing]
        self.passes.end()
        gathered: list[Any] = [None] * self.world
        dist.all_gather_object(gathered, thing)
        return gathered

    def sum(self, values: Tensor) -> Tensor:
        """The sum over processes, in place."""
        return self._reduce(values, dist.ReduceOp.SUM)

    def largest(self, values: Tensor) -> Tensor:
        """The maximum over processes, number by number, in place."""
        return self._reduce(values, dist.ReduceOp.MAX)

    def _reduce(self, values: Tensor, kind: Any) -> Tensor:
        if self.world > 1:
            self.passes.end()
            # NCCL reduces nothing but tensors on the GPU.
            here = values.to(self.device)
            dist.all_reduce(here, kind)
            if here is not values:
                values.copy_(here)
        return values

    def stack(self, rows: Tensor, sizes: Sequence[int]) -> Tensor | None:
        """The rows of all processes in rank order on the first one's CPU, None on the others; `sizes`: of each process."""
        self.passes.end()
        if not self.first:
            if len(rows) > 0:
                dist.send(rows.contiguous(), 0)
            return None
        parts = [rows.cpu()]
        for rank, size in enumerate(sizes[1:], start=1):
            part = rows.new_empty(size, *rows.shape[1:])
            if size > 0:
                dist.recv(part, rank)
            parts.append(part.cpu())
        return torch.cat(parts)

    def all(self, own: bool) -> bool:
        """Whether it holds on every process."""
        return all(self.gather(own))

    def agree(self, thing: T) -> T:
        """The first process's object."""
        if self.world == 1:
            return thing
        self.passes.end()
        box: list[Any] = [thing]
        dist.broadcast_object_list(box, 0)
        return box[0]

    def wait(self) -> None:
        """Waits for all processes."""
        if self.world > 1:
            self.passes.end()
            dist.barrier()

    def close(self) -> None:
        """Ends the group. Groups of gloo end with the process (`leave`)."""
        if self.world > 1 and self.backend != "gloo":
            dist.destroy_process_group()


def local_world() -> int:
    """Processes on this machine, this one among them."""
    return int(os.environ.get("LOCAL_WORLD_SIZE", "1"))


def join(device: str = "auto") -> Processes:
    """Joins the group that torchrun created. `device`: auto, cpu or cuda."""
    rank, world = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
    if device == "cuda" and not torch.cuda.is_available():
        raise JobError(
            "--device cuda, but PyTorch finds no GPU here. Check nvidia-smi and that PyTorch was built for CUDA, or use --device cpu."
        )
    on_gpu = device != "cpu" and torch.cuda.is_available()
    place = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0"))) if on_gpu else torch.device("cpu")
    backend = "nccl" if on_gpu else "gloo"
    if on_gpu and world > 1 and not dist.is_nccl_available():
        raise JobError(
            "Several GPUs need NCCL, which this PyTorch was built without. Install PyTorch for CUDA, or use --device cpu."
        )
    if on_gpu:
        torch.cuda.set_device(place)
    if world > 1:
        take_any_store()
        dist.init_process_group(backend, timeout=timedelta(minutes=30))
    return Processes(rank, world, place, backend if world > 1 else "")


def leave(main: Callable[[], int]) -> NoReturn:
    """Runs `main` and ends this process with its exit code, at once if it is in a group.

    PyTorch 2.6 destroys a gloo group with the interpreter's lock held and waits for a thread that may need that lock to free a tensor: now and then
    a process that had finished waited for ever.
    """
    try:
        code = main()
    except Exception:
        if not dist.is_initialized():
            raise
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    if dist.is_initialized():
        os._exit(code)
    sys.exit(code)


def adapter_info(processes: Processes) -> dict[str, Any]:
    """The record's `adapter`: that PyTorch trained, and on which device."""
    gpu = processes.device.type == "cuda"
    device = torch.cuda.get_device_name(processes.device) if gpu else _processor()
    number = "1 process" if processes.world == 1 else f"{processes.world} processes ({processes.backend})"
    if processes.passes.active:
        number += ", the model cut over them (FSDP2)"
    return {
        "vendor": "PyTorch",
        "architecture": "cuda" if gpu else "cpu",
        "device": device,
        "description": f"PyTorch {torch.__version__} on {device}, {number}",
        "fallback": not gpu,
        "f16": False,
        "subgroups": False,
        "timestamps": False,
        "runtime": "torch",
    }


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next(line.split(":", 1)[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.machine()
