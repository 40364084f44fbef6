"""Peak memory of each process by the size of the catalogue: features, free embeddings with their moments, steps and ranking; docs/cluster.md has
what was found.

    python3 -m oracle.measure_table --items 1000000 --processes 2 --width 64 --size 64 [--whole]

The decoder is a tiny one of the fixtures, so that the tables are what is measured; rows are random. `--whole`: every process has all rows.
"""

import argparse
import json
import resource
import time
from pathlib import Path

import torch
from torch import nn

from karma.heap import keep_freed
from karma.model import InterestModel, parameter_shapes
from karma.optimiser import Optimiser
from karma.processes import join
from karma.ranking import rank_block, ranked_together
from karma.sequence import Example
from karma.shards import Shards, expanded
from karma.spec import Arm, Lora, Objective, Training
from karma.step import Part, Stepper
from karma.storage import read_model
from karma.threads import bind
from tests.forked import fork

MODEL = Path(__file__).parents[1] / "fixtures" / "models" / "even"
BATCH, HISTORY, STEPS, USERS, LISTED = 32, 16, 3, 64, 200


def measure(items, width, size, whole):
    """One process's part; the first one prints what all found."""
    bind(1)
    keep_freed()
    processes = join("cpu")
    base = read_model(MODEL, torch.float32)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    shards = Shards(processes, items, active=not whole)
    own = shards.end - shards.begin
    objective = Objective(action_loss="infonce", item_output="content+id", embedding_size=size)
    lora = Lora(rank=4)
    generator = torch.Generator().manual_seed(0)
    shapes = parameter_shapes(base.config, lora, objective, width, own)
    parameters = {name: nn.Parameter(0.02 * torch.randn(shape, generator=generator)) for name, shape in shapes.items()}
    features = torch.randn(own, width, generator=torch.Generator().manual_seed(1 + processes.rank))
    # Title features are as wide as the decoder.
    titles = torch.randn(own, base.config.hidden, generator=generator)
    model = InterestModel(base, features, titles, (), lora, objective, parameters, unpadded=True, shards=shards)
    optimiser = Optimiser(parameters, Training(batch_size=BATCH), shards)
    stepper = Stepper(Part(model, Arm("action", "Action")), optimiser, processes)
    draw = torch.Generator().manual_seed(2)
    seconds = 0.0
    for _ in range(STEPS):
        histories = torch.randint(items, (BATCH, HISTORY + 1), generator=draw).tolist()
        began = time.monotonic()
        stepper.step([Example(row[:-1], row[-1], (), (1,), ()) for row in histories])
        seconds += time.monotonic() - began
    trained = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with torch.no_grad():
        e = torch.cat([model.item_embeddings(slice(at, min(own, at + 65536))) for at in range(0, own, 65536)])
        began = time.monotonic()
        rows, scored, inverse = shards.distinct(e)
        distinct = time.monotonic() - began
        h = torch.ones(USERS, size)
        began = time.monotonic()
        together = ranked_together(items)
        for first in range(0, USERS, together):
            targets = list(range(first, min(USERS, first + together)))
            scores = expanded(h[first : first + together] @ rows.T, inverse)
            rank_block(scores, targets, [[]] * len(targets), LISTED, processes, scored)
        ranked = time.monotonic() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = processes.gather({"base": before // 1024, "trained": trained // 1024, "ranked": peak // 1024})
    if processes.first:
        largest = {name: max(one[name] for one in found) for name in found[0]}
        tables = own * (width + base.config.hidden + 3 * size) * 4 // 2**20
        times = {"step": round(seconds / STEPS, 3), "distinct": round(distinct, 2), "rank": round(ranked, 2)}
        print(
            json.dumps(
                {"items": items, "processes": processes.world, "whole": whole, "tablesMB": tables, "peakMB": largest} | times
            ),
            flush=True,
        )
    return 0


def main():
    """Forks the processes, which share nothing but what was imported."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("items", "processes", "width", "size"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--whole", action="store_true")
    args = parser.parse_args()
    raise SystemExit(fork(args.processes, lambda: measure(args.items, args.width, args.size, args.whole)))


if __name__ == "__main__":
    main()
