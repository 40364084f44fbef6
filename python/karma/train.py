"""`torchrun --nproc-per-node N -m karma.train recipe.json`: trains all arms of a recipe on the columns next to it.

Writes run.json, which the page opens, and every arm's adapter. Killed and restarted, it continues from the last checkpoint.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import torch

from .columns import Log
from .errors import JobError
from .heap import keep_freed
from .loading import find_model, load_model
from .memory import available, is_cut, needed
from .output import Output, write_json
from .processes import Processes, join, leave, local_world
from .recipe import Recipe, read_recipe, recipe_of
from .spec import DecoderConfig
from .threads import bind, free_cores
from .trainer import Options, Trainer, only

DTYPES = {"f32": torch.float32, "f64": torch.float64, "bf16": torch.bfloat16}


def arguments(argv: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="karma.train", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("recipe", type=Path, help="recipe.json of an exported job; log and model are expected next to it")
    parser.add_argument("--out", type=Path, help="output folder (run next to the recipe; for a cell: runs/ID)")
    parser.add_argument(
        "--cell", type=int, help="train run K of the job's cells.json instead of the recipe, unless it is finished"
    )
    parser.add_argument("--arms", help="only these, as action,karma")
    parser.add_argument("--log", type=Path, help="folder of columns (log next to the recipe)")
    parser.add_argument("--model", type=Path, help="folder of the model (model next to the recipe, else the hub)")
    parser.add_argument("--start", type=Path, help="folder of the adapter that lora.start names (start next to the recipe)")
    parser.add_argument(
        "--decoder", choices=("auto", "own", "transformers"), default="auto", help="auto: by the size of the model"
    )
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument(
        "--dtype", choices=tuple(DTYPES), default="f32", help="bf16: frozen weights and products; trained numbers stay f32"
    )
    parser.add_argument("--threads", type=int, help="of each process on CPU (its share of the cores)")
    parser.add_argument("--checkpoint-minutes", type=float, default=5.0)
    parser.add_argument("--checkpoint-steps", type=int, default=0, help="also after this many steps")
    parser.add_argument("--any-world", action="store_true", help="continue from a checkpoint of another number of processes")
    parser.add_argument(
        "--shard-items",
        action="store_true",
        help="cut items' features and free embeddings over the processes, for large catalogues",
    )
    parser.add_argument(
        "--shard-model",
        choices=("auto", "on", "off"),
        default="auto",
        help="cut the model's frozen weights over the processes by FSDP2 (auto: if they do not fit otherwise)",
    )
    parser.add_argument("--padded", action="store_true", help="decode batches as padded tensors, not as one run of rows")
    parser.add_argument("--verify", action="store_true", help="hash all columns, however large")
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Returns the exit code."""
    args = arguments(argv)
    processes: Processes | None = None
    try:
        processes = join(args.device)
        run(args, processes)
        return 0
    except JobError as error:
        if processes is None or processes.first:
            print(f"karma.train: {error}", file=sys.stderr, flush=True)
        return 2
    finally:
        if processes is not None:
            processes.close()


def run(args: argparse.Namespace, processes: Processes) -> None:
    """Trains, and writes the run."""
    job = args.recipe.parent
    bind(args.threads or max(1, free_cores() // local_world()))
    keep_freed()
    recipe = read_recipe(args.recipe)
    out, finished, grid = args.out or job / "run", None, None
    if args.cell is not None:
        recipe, name, grid = cell(job, args.cell)
        out, finished = args.out or job / "runs" / name, job / "runs" / f"{name}.run.json"
        if processes.agree(finished.exists()):
            if processes.first:
                print(f"run {args.cell} ({name}): finished before", flush=True)
            return
    if args.arms:
        recipe = only(recipe, args.arms.split(","))
    log = Log(args.log or job / "log", args.verify)

    def over(config: DecoderConfig, own: bool) -> Processes | None:
        items = -(-log.items // processes.world) if args.shard_items else log.items
        memory = needed(config, recipe, items, DTYPES[args.dtype], processes.world)
        # The same on all: machines may differ.
        least = min(processes.gather(available(processes.device)))
        return processes if is_cut(args.shard_model, processes, own, memory, least) else None

    model = load_model(
        find_model(job, args.model, recipe.model_id, recipe.revision),
        recipe.model_id,
        args.decoder,
        DTYPES[args.dtype],
        processes.device,
        over,
    )
    if args.dtype == "f64":
        torch.set_default_dtype(torch.float64)
    facts = {"recipe": recipe.spec, "log": log.hash, "model": model.hash}
    if grid and grid["predictionsHash"]:
        # A run that was begun with other predictions is not continued with these.
        facts["predictions"] = grid["predictionsHash"]
    held: Output | None = None
    problem: str | None = None
    if processes.first:
        try:
            held = Output(out, facts)
        except JobError as error:
            problem = str(error)
    problem = processes.agree(problem)
    if problem is not None:
        raise JobError(problem)
    output = held or Shared(out)
    options = Options(
        checkpoint_seconds=60 * args.checkpoint_minutes,
        checkpoint_steps=args.checkpoint_steps,
        any_world=args.any_world,
        unpadded=not args.padded,
        autocast=args.dtype == "bf16",
        shard_items=args.shard_items,
        start=args.start or job / "start",
        domain=job / "domain.json",
        app_version=app_version(args.recipe),
        grid=grid,
    )
    trainer = Trainer(recipe, log, model, output, processes, options, job / "cache")
    # Whatever is wrong with the job's files has been said.
    output.claim()
    record = trainer.run()
    if finished is not None and processes.first:
        write_json(finished, record)
    if processes.first:
        print(f"written to {finished or out / 'run.json'}", flush=True)


class Shared(Output):
    """The folder as the other processes see it; the first one locks it for all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def claim(self) -> None:
        """The first process does."""


def cell(job: Path, number: int) -> tuple[Recipe, str, dict[str, Any] | None]:
    """(recipe, name, what the record says of the grid) of a run of a grid."""
    path = job / "cells.json"
    if not path.exists():
        raise JobError(f"{path} is missing: this job is one run, not a grid. Leave --cell out.")
    cells = json.loads(path.read_text(encoding="utf-8"))
    if not 0 <= number < len(cells):
        raise JobError(f"{path} has runs 0 to {len(cells) - 1}; there is no {number}.")
    one = cells[number]
    return recipe_of(one["spec"], f"run {number} of {path}"), one["id"], one.get("grid")


def app_version(path: Path) -> str:
    """The version of the app that wrote the recipe: its cells are those of that version."""
    return json.loads(path.read_text(encoding="utf-8")).get("appVersion", "0.1.0")


if __name__ == "__main__":
    leave(main)
