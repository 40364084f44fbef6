"""`python3 -m karma.prepare --events 'events-*.parquet' --items items.parquet --out log`: Parquet to the columns that the trainer reads.

Streams: row groups are read one after the other and sorted into files by user, so that memory holds one of them at a time and the
catalogue. Rules are those of the page's reader for the same mapping and filters (docs/formats.md): events in time order, simultaneous
events in file order, users and items with fewer events than the cores removed repeatedly, the last two events of a user for
validation and test.
"""

import argparse
import glob
import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import JobError
from .plain import plain
from .write_columns import SHARD_ROWS, LogWriter

ITEM_FIELDS = ("title", "category", "description", "price", "image")
BUCKETS = 64


@dataclass(frozen=True)
class Mapping:
    """Which column holds what; None if the files have none."""

    user: str
    item: str
    time: str
    rating: str | None = None
    item_id: str = "item_id"
    title: str = "title"
    category: str | None = None
    description: str | None = None
    price: str | None = None
    image: str | None = None


@dataclass(frozen=True)
class Filters:
    """Events that are kept: those rated `least_rating` or better, of items and users with so many events."""

    least_rating: float | None = None
    item_core: int = 1
    user_core: int = 3


def batches(paths: Sequence[str], columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Columns of every row group of every file as pyarrow arrays."""
    try:
        import pyarrow.parquet as parquet
    except ImportError as error:
        raise JobError(f"Parquet is read by pyarrow, which is not installed ({error}). See requirements.lock.") from error
    for path in paths:
        file = parquet.ParquetFile(path)
        missing = [name for name in columns if name not in file.schema_arrow.names]
        if missing:
            raise JobError(
                f"{path} has no column {', '.join(missing)}; it has {', '.join(file.schema_arrow.names)}. Name yours, as --user USER_ID."
            )
        for batch in file.iter_batches(batch_size=1 << 18, columns=list(columns)):
            yield {name: batch.column(name) for name in columns}


def _texts(values: Any) -> list[str]:
    return ["" if value is None else str(value) for value in values.to_pylist()]


def prepare(
    events: Sequence[str], items: Sequence[str], out: Path, mapping: Mapping, filters: Filters, name: str, shard_rows: int
) -> None:
    """Writes the log. JobError for files that lack a column, or an output that exists."""
    if (out / "columns.json").exists():
        raise JobError(f"{out} already contains a log; name another --out.")
    if not events or not items:
        raise JobError("No file matches --events, or none --items.")
    scratch = out / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    catalogue = _read_items(items, mapping)
    users = _sort_by_user(events, mapping, filters, catalogue["index"], scratch)
    keep_user, keep_item, removed = _cores(scratch, len(users), len(catalogue["ids"]), filters)
    order = np.flatnonzero(keep_item)
    place = np.full(len(keep_item), -1, np.int64)
    place[order] = np.arange(len(order))
    writer = LogWriter(out, shard_rows)
    writer.texts("item_id", (catalogue["ids"][i] for i in order))
    for field in ITEM_FIELDS:
        writer.texts(f"item_{field}", (catalogue[field][i] for i in order))
    facts = _write_events(writer, scratch, users, keep_user, place)
    digest = _hash(catalogue, order, writer, facts)
    for path in scratch.glob("*"):
        path.unlink()
    scratch.rmdir()
    summary = {
        "id": name,
        "name": name,
        "hash": digest,
        "users": facts["users"],
        "items": len(order),
        "interactions": facts["events"],
        "coldTargets": facts["cold_targets"],
        "queries": 0,
        "exposures": 0,
        "targets": facts["targets"],
        "dropped": [{"reason": reason, "rows": rows} for reason, rows in removed.items() if rows],
    }
    known = {"mapping": asdict(mapping), "filters": asdict(filters), "files": [Path(path).name for path in [*events, *items]]}
    writer.done(
        {"name": name, "hash": digest, "items": len(order), "users": facts["users"], "summary": summary, "prepared": known}
    )


def _read_items(paths: Sequence[str], mapping: Mapping) -> dict[str, Any]:
    columns = {"ids": mapping.item_id} | {field: column for field in ITEM_FIELDS if (column := getattr(mapping, field))}
    found: dict[str, Any] = {"ids": [], **{field: [] for field in ITEM_FIELDS}, "index": {}}
    for batch in batches(paths, list(dict.fromkeys(columns.values()))):
        texts = {field: _texts(batch[column]) for field, column in columns.items()}
        for row, item in enumerate(texts["ids"]):
            if item in found["index"] or not item:
                continue
            found["index"][item] = len(found["ids"])
            found["ids"].append(item)
            for field in ITEM_FIELDS:
                found[field].append(texts[field][row] if field in texts else "")
    # The catalogue is in the order of IDs, whatever the order of its rows.
    order = sorted(range(len(found["ids"])), key=lambda i: found["ids"][i])
    for field in ("ids", *ITEM_FIELDS):
        found[field] = [found[field][i] for i in order]
    found["index"] = {item: i for i, item in enumerate(found["ids"])}
    return found


def _sort_by_user(paths: Sequence[str], mapping: Mapping, filters: Filters, index: dict[str, int], scratch: Path) -> list[str]:
    """Events as (user, item, time, row) in buckets of users; returns users' ids in order of appearance."""
    columns = [mapping.user, mapping.item, mapping.time, *([mapping.rating] if mapping.rating else [])]
    users: dict[str, int] = {}
    files = [open(scratch / f"bucket-{b:03}", "wb") for b in range(BUCKETS)]  # noqa: SIM115
    row = 0
    try:
        for batch in batches(paths, columns):
            ids = [users.setdefault(user, len(users)) for user in _texts(batch[mapping.user])]
            found = [index.get(item, -1) for item in _texts(batch[mapping.item])]
            time = _seconds(batch[mapping.time])
            table = np.stack([np.array(ids, float), np.array(found, float), time, np.arange(row, row + len(ids), dtype=float)], 1)
            row += len(ids)
            kept = table[:, 1] >= 0
            if mapping.rating and filters.least_rating is not None:
                rating = np.array([np.nan if r is None else float(r) for r in batch[mapping.rating].to_pylist()])
                kept &= ~(rating < filters.least_rating)
            table = table[kept]
            bucket = table[:, 0].astype(np.int64) % BUCKETS
            for b in plain(np.unique(bucket)):
                files[b].write(table[bucket == b].tobytes())
    finally:
        for file in files:
            file.close()
    return list(users)


def _seconds(values: Any) -> NDArray[np.float64]:
    import pyarrow as arrow

    if arrow.types.is_timestamp(values.type):
        return values.cast(arrow.timestamp("us")).cast(arrow.int64()).to_numpy(zero_copy_only=False) / 1e6
    return np.asarray(values.to_numpy(zero_copy_only=False), dtype=np.float64)


def _bucket(scratch: Path, number: int) -> NDArray[np.float64]:
    return np.fromfile(scratch / f"bucket-{number:03}").reshape(-1, 4)


def _cores(
    scratch: Path, users: int, items: int, filters: Filters
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], dict[str, int]]:
    """Users and items that remain when those with fewer events than the cores are removed until there are none."""
    keep_user: NDArray[np.bool_] = np.ones(users, bool)
    keep_item: NDArray[np.bool_] = np.ones(items, bool)
    before = -1
    while True:
        of_user, of_item = np.zeros(users, np.int64), np.zeros(items, np.int64)
        for b in range(BUCKETS):
            table = _bucket(scratch, b)
            user, item = table[:, 0].astype(np.int64), table[:, 1].astype(np.int64)
            kept = keep_user[user] & keep_item[item]
            of_user += np.bincount(user[kept], minlength=users)
            of_item += np.bincount(item[kept], minlength=items)
        if before < 0:
            before = int(of_user.sum())
        next_user, next_item = of_user >= max(1, filters.user_core), of_item >= filters.item_core
        if (next_user == keep_user).all() and (next_item == keep_item).all():
            return keep_user, keep_item, {"of users or items with too few events": before - int(of_user.sum())}
        keep_user, keep_item = keep_user & next_user, keep_item & next_item


def _write_events(
    writer: LogWriter, scratch: Path, users: Sequence[str], keep_user: NDArray[np.bool_], place: NDArray[np.int64]
) -> dict[str, Any]:
    """Users bucket by bucket; one bucket is in memory at a time."""
    cold = np.ones(int((place >= 0).sum()), np.uint8)
    written = events = 0
    writer.append("user_start", "<i8", [0])
    parts: dict[str, list[int]] = {
        key: [] for key in ("train_user", "train_end", "validation_user", "validation_position", "test_user", "test_position")
    }
    test_items: list[int] = []
    digest = hashlib.sha256()
    for b in range(BUCKETS):
        table = _bucket(scratch, b)
        user, item = table[:, 0].astype(np.int64), place[table[:, 1].astype(np.int64)]
        kept = keep_user[user] & (item >= 0)
        table, user, item = table[kept], user[kept], item[kept]
        order = np.lexsort((table[:, 3], table[:, 2], user))
        table, user, item = table[order], user[order], item[order]
        for begin, end in _runs(user):
            times, row = table[begin:end, 2], item[begin:end]
            writer.texts("user_id", [users[int(user[begin])]])
            writer.append("item", "<i4", row)
            writer.append("time", "<f8", times)
            digest.update(json.dumps([users[int(user[begin])], row.tolist(), times.tolist()]).encode())
            events += end - begin
            writer.append("user_start", "<i8", [events])
            trained = int(np.searchsorted(times, times[-2])) if end - begin >= 3 else 0
            if trained > 0:
                for key, value in zip(parts, (written, trained, written, end - begin - 2, written, end - begin - 1), strict=True):
                    parts[key].append(value)
                cold[row[:trained]] = 0
                test_items.append(int(row[-1]))
            written += 1
    for key, values in parts.items():
        writer.append(key, "<i4", values)
    writer.append("cold", "|u1", cold)
    return {
        "users": written,
        "events": events,
        "targets": len(test_items),
        "cold_targets": int(cold[test_items].sum()) if test_items else 0,
        "digest": digest,
    }


def _runs(values: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    edges = [0, *plain(np.flatnonzero(np.diff(values)) + 1), len(values)]
    yield from ((a, b) for a, b in pairwise(edges) if b > a)


def _hash(catalogue: dict[str, Any], order: NDArray[np.int64], writer: LogWriter, facts: dict[str, Any]) -> str:
    """SHA-256 of catalogue and histories; not the page's hash, since the page never reads logs of this size."""
    digest = facts.pop("digest")
    for i in plain(order):
        digest.update(json.dumps([catalogue[field][i] for field in ("ids", *ITEM_FIELDS)]).encode())
    return digest.hexdigest()


def main(argv: list[str] | None = None) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="karma.prepare", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--events", required=True, help="Parquet files of events, as 'events-*.parquet'")
    parser.add_argument("--items", required=True, help="Parquet files of items")
    parser.add_argument("--out", type=Path, required=True, help="folder of the columns")
    parser.add_argument("--name", default="log")
    for field, column in (("user", "user_id"), ("item", "item_id"), ("time", "timestamp")):
        parser.add_argument(f"--{field}", default=column, help=f"column of events ({column})")
    parser.add_argument("--rating", help="column of events")
    parser.add_argument("--item-id", default="item_id", help="column of items (item_id)")
    parser.add_argument("--title", default="title", help="column of items (title)")
    for field in ITEM_FIELDS[1:]:
        parser.add_argument(f"--{field}", help="column of items")
    parser.add_argument("--least-rating", type=float)
    parser.add_argument("--item-core", type=int, default=1)
    parser.add_argument("--user-core", type=int, default=3)
    parser.add_argument("--shard-rows", type=int, default=SHARD_ROWS)
    args = vars(parser.parse_args(argv))
    mapping = Mapping(**{key: args[key] for key in Mapping.__dataclass_fields__})
    filters = Filters(**{key: args[key] for key in Filters.__dataclass_fields__})
    try:
        prepare(
            sorted(glob.glob(args["events"])),
            sorted(glob.glob(args["items"])),
            args["out"],
            mapping,
            filters,
            args["name"],
            args["shard_rows"],
        )
    except JobError as error:
        print(f"karma.prepare: {error}", file=sys.stderr)
        return 2
    print(f"written to {args['out']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
