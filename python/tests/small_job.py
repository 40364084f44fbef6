"""A small job in a temporary folder: 40 items, 30 users, the shipped model."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from karma.write_columns import LogWriter

HERE = Path(__file__).parent
PACKAGE = HERE.parent
MODEL = HERE.parents[1] / "public" / "models" / "wordnet-1m"
WORDS = ["red", "green", "old", "small", "silver", "wooden", "paper", "woollen", "glass", "iron"]
THINGS = ["cup", "coat", "lamp", "chair"]


FEW = {"evaluations": 1, "sampleUsers": 6, "finalUsers": 9, "probes": 1}
"""Of `evaluation`, where measures matter little."""


def write_job(
    folder: Path,
    changes: dict[str, dict[str, Any]] | None = None,
    shard_rows: int = 37,
    karma: dict[str, Any] | None = None,
) -> Path:
    """Writes recipe, log and model; shards are small, so that slices cross their borders. Returns the recipe's path.

    `karma`: trains the arm `karma` alone, with these changes.
    """
    recipe = json.loads((HERE / "recipe.json").read_text(encoding="utf-8"))
    for part, values in (changes or {}).items():
        recipe["spec"][part].update(values)
    if karma is not None:
        recipe["spec"]["arms"] = [recipe["spec"]["arms"][1] | karma]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "recipe.json").write_text(json.dumps(recipe), encoding="utf-8")
    if not (folder / "model").exists():
        shutil.copytree(MODEL, folder / "model")
    write_log(folder / "log", shard_rows)
    return folder / "recipe.json"


def write_log(folder: Path, shard_rows: int = 37) -> None:
    """The log's columns."""
    draw = np.random.default_rng(0)
    writer = LogWriter(folder, shard_rows)
    titles = [f"{word} {thing}" for word in WORDS for thing in THINGS]
    writer.texts("item_id", (f"i{i}" for i in range(len(titles))))
    writer.texts("item_title", titles)
    writer.texts("item_category", (title.split()[1] for title in titles))
    writer.texts("item_description", (f"a {title} for the house" for title in titles))
    users, parts = (
        30,
        {
            name: []
            for name in ("train_user", "train_end", "validation_user", "validation_position", "test_user", "test_position")
        },
    )
    writer.texts("user_id", (f"u{u}" for u in range(users)))
    starts, cold = [0], np.ones(len(titles), np.uint8)
    for user in range(users):
        events = int(draw.integers(5, 10))
        items = draw.integers(len(titles) - 3, size=events)
        writer.append("item", "<i4", items)
        writer.append("time", "<f8", np.arange(events, dtype=float))
        starts.append(starts[-1] + events)
        row = (user, events - 2, user, events - 2, user, events - 1)
        for name, value in zip(parts, row, strict=True):
            parts[name].append(value)
        cold[items[:-2]] = 0
    writer.append("user_start", "<i8", starts)
    for name, values in parts.items():
        writer.append(name, "<i4", values)
    writer.append("cold", "|u1", cold)
    summary = {"id": "small", "name": "Small log", "users": users, "items": len(titles), "interactions": starts[-1]}
    writer.done({"name": "Small log", "hash": "0" * 64, "items": len(titles), "users": users, "summary": summary})


def command(recipe: Path, *options: str, processes: int = 1) -> list[str]:
    """The command line of a person."""
    launcher = [] if processes == 1 else ["karma.launch", "--standalone", "--nproc-per-node", str(processes), "-m"]
    return [sys.executable, "-m", *launcher, "karma.train", str(recipe), "--threads", "1", *options]


def environment() -> dict[str, str]:
    """Of the trainer's processes."""
    return os.environ | {
        "PYTHONPATH": str(PACKAGE),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def train(recipe: Path, *options: str, processes: int = 1) -> subprocess.CompletedProcess[str]:
    """Trains to the end, or to an error, as a person would; forked processes (tests.forked) do the same in less time."""
    line = command(recipe, *options, processes=processes)
    return subprocess.run(line, cwd=PACKAGE, env=environment(), capture_output=True, text=True, check=False)


def run_of(folder: Path) -> dict[str, Any]:
    """The run that a job wrote."""
    return json.loads((folder / "run.json").read_text(encoding="utf-8"))
