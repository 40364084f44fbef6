"""Throughput of a job's steps on one and on several processes of this machine, one thread each, and the share of padding; docs/cluster.md.

    python3 -m oracle.measure_steps JOB --processes 1,2

Prints one line of JSON per number of processes and arm, then one per arm with the speed-up over the first number: of wall time, which means something
only on an idle machine with as many free cores as processes, and of each process's CPU time, an upper limit of it on any machine.
"""

import argparse
import json
import os
import shutil
import tempfile
import time
from pathlib import Path

import torch

from karma.columns import Log
from karma.heap import keep_freed
from karma.loading import load_model
from karma.optimiser import Optimiser
from karma.processes import join
from karma.recipe import read_recipe
from karma.sequence import pack_histories
from karma.step import Part, Stepper
from karma.threads import bind
from karma.trainer import Options, Trainer
from tests.forked import fork

SKIPPED = 3
"""First steps, which allocate."""


def measure(job, steps, cut, out):
    """Trains every arm for some steps in this process and its likes; the first appends what it found to the file `out`. `cut`: with --shard-items."""
    bind(1)
    keep_freed()
    processes = join("cpu")
    recipe = read_recipe(job / "recipe.json")
    log = Log(job / "log")
    model = load_model(job / "model", recipe.model_id, "auto", torch.float32, processes.device)
    trainer = Trainer(recipe, log, model, None, processes, Options(quiet=True, shard_items=cut), job / "cache")
    for arm in recipe.arms:
        own = trainer.interest_model(arm)
        optimiser = Optimiser(own.parameters, arm.own_training(recipe.training), trainer.shards)
        stepper = Stepper(Part(own, arm), optimiser, processes, recipe.accumulate)
        wall = spent = drawing = 0.0
        batches = []
        for step in range(SKIPPED + steps):
            if step == SKIPPED:
                processes.wait()
                wall, spent, drawing = -time.monotonic(), -time.process_time(), 0.0
            drawing -= time.process_time()
            batches.append(trainer.data.batch(step, arm))
            drawing += time.process_time()
            stepper.step(batches[-1])
        wall, spent = wall + time.monotonic(), spent + time.process_time()
        slowest = processes.largest(torch.tensor([wall, spent, drawing]) / steps).tolist()
        if processes.first:
            found = dict(zip(("wallSeconds", "cpuSeconds", "drawingCpuSeconds"), slowest, strict=True))
            found |= shapes(batches[SKIPPED:], trainer, recipe, arm, found["wallSeconds"])
            trained = sum(p.numel() for p in own.parameters.values() if p.requires_grad)
            found |= {"gradientBytes": 4 * trained if processes.world > 1 else 0, "load": os.getloadavg()[0]}
            with open(out, "a", encoding="utf-8") as file:
                file.write(json.dumps({"processes": processes.world, "arm": arm.id, **found}) + "\n")
    return 0


def shapes(batches, trainer, recipe, arm, seconds):
    """Users, events and rows per second, and the share of padding in a padded batch; of the first pass alone."""
    config, events, rows, places, users = trainer.model.config, 0, 0, 0, 0
    for batch in batches:
        packed = pack_histories(
            batch, recipe.objective, config.vocabulary, config.bos_id, trainer.data.titles, arm.lambda_gen > 0, arm.sink_token
        )
        users += len(batch)
        events += sum(len(example.history) + 1 for example in batch)
        rows += packed.rows
        places += len(packed.lengths) * max(packed.lengths)
    each = len(batches) * seconds
    return {
        "usersPerSecond": users / each,
        "eventsPerSecond": events / each,
        "rowsPerSecond": rows / each,
        "padding": 1 - rows / places,
    }


def main():
    """Forks the processes of each measurement, which share nothing but what was imported."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("job", type=Path, help="an exported job with its model")
    parser.add_argument("--processes", default="1,2")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--shard-items", action="store_true", help="with the catalogue cut over the processes")
    args = parser.parse_args()
    found = []
    # Not a context: a forked process that ends would leave it.
    folder = Path(tempfile.mkdtemp(prefix="karma-steps-"))
    for processes in map(int, args.processes.split(",")):
        out = folder / str(processes)
        if fork(processes, lambda out=out: measure(args.job, args.steps, args.shard_items, out)) != 0:
            raise SystemExit(f"{processes} processes failed; see above")
        lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
        for line in lines:
            print(json.dumps({name: round(v, 4) if isinstance(v, float) else v for name, v in line.items()}), flush=True)
        found.append(lines)
    shutil.rmtree(folder)
    for few, *more in zip(*found, strict=True):
        for many in more:
            ratios = {
                f"of{name}": round(few[key] / many[key], 3) for name, key in (("Wall", "wallSeconds"), ("Cpu", "cpuSeconds"))
            }
            print(json.dumps({"arm": few["arm"], "processes": f"{few['processes']} to {many['processes']}", **ratios}))


if __name__ == "__main__":
    main()
