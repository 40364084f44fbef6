"""Throughput of a job's steps on one and on several processes of this machine, one thread each, and the share of padding; docs/scale.md.

    python3 -m oracle.measure_steps JOB --processes 1,2

Means something only on an idle machine with as many free cores as processes. Prints one line of JSON per number of processes and arm.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import torch

from karma.columns import Log
from karma.data import prepare
from karma.loading import load_model
from karma.recipe import read_recipe
from karma.sequence import pack_histories
from karma.texts import open_tokenizer

SKIPPED = 3
"""First steps, which allocate."""
PACKED = 20
"""Batches whose padding is counted."""


def shapes(job, recipe):
    """Per arm (events, rows, share of padding in a padded batch) of a batch, on average; the first pass alone."""
    log = Log(job / "log")
    model = load_model(job / "model", recipe.model_id, "own", torch.float32, torch.device("cpu"))
    config = model.config
    data = prepare(log, recipe, config, *open_tokenizer(model.folder))
    found = {}
    for arm in recipe.arms:
        events = rows = places = 0
        for step in range(PACKED):
            batch = data.batch(step, arm)
            packed = pack_histories(batch, recipe.objective, config.vocabulary, config.bos_id, data.titles, arm.lambda_gen > 0)
            events += sum(len(example.history) + 1 for example in batch)
            rows += packed.rows
            places += len(packed.lengths) * max(packed.lengths)
        found[arm.id] = (events / PACKED, rows / PACKED, 1 - rows / places)
    return found


def main():
    """Trains the job once per number of processes, in temporary folders."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("job", type=Path)
    parser.add_argument("--processes", default="1,2")
    args = parser.parse_args()
    recipe = read_recipe(args.job / "recipe.json")
    of_batch = shapes(args.job, recipe)
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    for processes in map(int, args.processes.split(",")):
        with tempfile.TemporaryDirectory() as out:
            launcher = ["-m", "karma.launch", "--standalone", "--nproc-per-node", str(processes)] if processes > 1 else []
            command = [sys.executable, *launcher, "train.py", "--threads", "1", "--device", "cpu", "--out", out]
            subprocess.run(command, cwd=args.job, env=environment, check=True, stdout=subprocess.DEVNULL)
            run = json.loads((Path(out) / "run.json").read_text(encoding="utf-8"))
        for arm in run["arms"]:
            seconds = arm["steps"]["seconds"]
            step = (seconds[-1] - seconds[SKIPPED - 1]) / (len(seconds) - SKIPPED)
            events, rows, padding = of_batch[arm["id"]]
            print(
                json.dumps(
                    {
                        "processes": processes,
                        "arm": arm["id"],
                        "secondsPerStep": round(step, 4),
                        "eventsPerSecond": round(events / step, 1),
                        "rowsPerSecond": round(rows / step, 1),
                        "padding": round(padding, 3),
                        "load": os.getloadavg()[0],
                    }
                ),
                flush=True,
            )


if __name__ == "__main__":
    main()
