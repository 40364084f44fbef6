"""How many threads this process computes with, in PyTorch and in the OpenBLAS that PyTorch or NumPy loaded.

`torch.set_num_threads` sets OpenMP's, and MKL's. An OpenBLAS with threads of its own, as Debian's, takes all cores whatever that says.
"""

import ctypes
import math
import os
from contextlib import suppress
from pathlib import Path

import torch

from .groups import MOUNTED, OWN, own_groups

SETTERS = tuple(f"{prefix}openblas_set_num_threads{suffix}" for prefix in ("", "scipy_") for suffix in ("", "64_"))
"""Plain builds have the first; wheels of NumPy and SciPy rename theirs."""


def bind(count: int) -> None:
    """Computes with that many threads from here on. Libraries that are loaded later are not bound."""
    torch.set_num_threads(count)
    for path in _loaded("openblas"):
        library = ctypes.CDLL(path)
        for name in SETTERS:
            if hasattr(library, name):
                getattr(library, name)(ctypes.c_int(count))


def free_cores(groups: Path = MOUNTED, own: Path = OWN) -> int:
    """Cores that this process may use, at least one: as many as it is bound to (`taskset`, Slurm), or as its control groups grant if that is less.

    Arguments: `own_groups`.
    """
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    granted = []
    for version, group in own_groups("cpu", groups, own):
        with suppress(OSError):
            if version == 2:
                quota, period = (group / "cpu.max").read_text(encoding="utf-8").split()
            else:
                quota, period = (
                    (group / f"cpu.cfs_{name}_us").read_text(encoding="utf-8").strip() for name in ("quota", "period")
                )
            if quota not in ("max", "-1"):
                granted.append(math.ceil(int(quota) / int(period)))
    return max(1, min([bound, *granted]))


def _loaded(name: str) -> list[str]:
    """Paths of loaded libraries with this in them; none where the system does not list them."""
    try:
        maps = Path("/proc/self/maps").read_text(encoding="utf-8")
    except OSError:
        return []
    # Address, permissions, offset, device, inode, path.
    paths = {fields[5] for line in maps.splitlines() if len(fields := line.split(maxsplit=5)) == 6}
    return sorted(path for path in paths if name in path and ".so" in path and Path(path).is_file())
