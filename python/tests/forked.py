"""Work in processes that are forked from one which has imported the trainer and computed nothing: it is imported once for all of them."""

import multiprocessing
import os
import socket
import sys
import tempfile
import unittest.mock
from collections.abc import Callable, Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from karma.processes import leave
from karma.train import main

Job = tuple[int, Sequence[str], str | None]
"""A number of processes, the arguments of karma.train, and a file to delete before."""

_server = multiprocessing.get_context("forkserver")
_server.set_forkserver_preload(["tests.forked"])


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as some:
        some.bind(("127.0.0.1", 0))
        return int(some.getsockname()[1])


def fork(processes: int, work: Callable[[], int]) -> int:
    """Does the work in that many processes, which find one another as torchrun's do; returns their largest exit code."""
    port, children = free_port(), []
    for rank in range(processes):
        child = os.fork()
        if child == 0:
            place = {
                "RANK": rank,
                "LOCAL_RANK": rank,
                "WORLD_SIZE": processes,
                "LOCAL_WORLD_SIZE": processes,
                "MASTER_PORT": port,
            }
            os.environ.update({name: str(value) for name, value in place.items()} | {"MASTER_ADDR": "127.0.0.1"})
            leave(work)
        children.append(child)
    return max(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children)


def train(processes: int, arguments: Sequence[str], deleted: str | None) -> int:
    """The largest exit code of a job's processes."""
    if deleted is not None:
        Path(deleted).unlink()
    return fork(processes, lambda: main(arguments))


def train_all(jobs: Sequence[Job]) -> int:
    """Trains one job after the other; the largest exit code."""
    return max(train(*job) for job in jobs)


def _led(work: Callable[..., int], arguments: tuple[object, ...], printed: str) -> None:
    """Work in a process that leads a group of its own, with what is printed in a file."""
    os.setsid()
    file = os.open(printed, os.O_WRONLY | os.O_APPEND)
    os.dup2(file, 1)
    os.dup2(file, 2)
    sys.exit(work(*arguments))


def begin(work: Callable[..., int], *arguments: object, printed: str = os.devnull) -> ForkServerProcess:
    """Begins work, which returns its exit code, in a new process: the leader of a group of its own. `printed`: a file for what it prints."""
    with unittest.mock.patch.dict(os.environ, {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}):
        child = _server.Process(target=_led, args=(work, arguments, printed))
        child.start()
    return child


def done(work: Callable[..., int], *arguments: object) -> tuple[int, str]:
    """The exit code of work in a new process, and what it printed."""
    with tempfile.NamedTemporaryFile() as file:
        child = begin(work, *arguments, printed=file.name)
        child.join()
        return child.exitcode or 0, file.read().decode()
