"""Time and peak memory of `karma.prepare` on a generated log; docs/cluster.md has what was found.

python3 -m oracle.measure_prepare --events 5000000 --users 500000 --items 100000
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as arrow
import pyarrow.parquet as parquet

PART = 1 << 20


def write(folder, events, users, items):
    """Users drawn evenly, items by Zipf's law, times in order."""
    draw = np.random.default_rng(0)
    for part, begin in enumerate(range(0, events, PART)):
        size = min(PART, events - begin)
        item = (items * draw.random(size) ** 3).astype(np.int64)
        table = {
            "user_id": arrow.array([f"user-{u:09}" for u in draw.integers(users, size=size).tolist()]),
            "item_id": arrow.array([f"item-{i:09}" for i in item.tolist()]),
            "timestamp": arrow.array(1_500_000_000 + np.arange(begin, begin + size)),
        }
        parquet.write_table(arrow.table(table), folder / f"events-{part:04}.parquet")
    titles = [f"a thing with a title of usual length, number {i}" for i in range(items)]
    table = {"item_id": [f"item-{i:09}" for i in range(items)], "title": titles}
    parquet.write_table(arrow.table(table), folder / "items.parquet")


def main():
    """Writes the log in a temporary folder, prepares it in a process of its own, and prints one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("events", "users", "items"):
        parser.add_argument(f"--{name}", type=int, required=True)
    sizes = vars(parser.parse_args())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, **sizes)
        began = time.monotonic()
        inputs = ["--events", str(folder / "events-*.parquet"), "--items", str(folder / "items.parquet")]
        subprocess.run([sys.executable, "-m", "karma.prepare", *inputs, "--out", str(folder / "log")], check=True)
        seconds = time.monotonic() - began
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        manifest = json.loads((folder / "log" / "columns.json").read_text(encoding="utf-8"))
        found = {"seconds": round(seconds, 1), "cpu": round(used.ru_utime + used.ru_stime, 1), "peakMB": used.ru_maxrss // 1024}
        size = sum(path.stat().st_size for path in folder.glob("*.parquet")) // 2**20
        print(json.dumps(sizes | found | {"parquetMB": size, "interactions": manifest["summary"]["interactions"]}))


if __name__ == "__main__":
    main()
