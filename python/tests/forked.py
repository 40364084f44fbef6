"""Trains with several numbers of processes, all forked from one that has imported PyTorch and computed nothing.

    python3 -m tests.forked '[[2, ["recipe.json", "--threads", "1"], null], …]'

Every entry is a number of processes, the arguments of karma.train, and a file to delete before; ends with the largest exit code.
"""

import json
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

from karma.processes import leave
from karma.train import main


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


def train(processes: int, arguments: list[str], deleted: str | None) -> int:
    """The largest exit code of a job's processes."""
    if deleted is not None:
        Path(deleted).unlink()
    return fork(processes, lambda: main(arguments))


if __name__ == "__main__":
    sys.exit(max(train(*job) for job in json.loads(sys.argv[1])))
