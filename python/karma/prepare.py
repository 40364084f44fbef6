"""`python3 -m karma.prepare --events 'events-*.parquet' --items items.parquet --out log`: Parquet to the columns that the trainer reads.

The page reads the same files, with the same mapping and filters, to the same log, hash included (docs/formats.md has the rules). Here row
groups are read one after the other and sorted into files by user: memory holds one of them at a time, the catalogue and the users' IDs.
"""

import argparse
import glob
import hashlib
import json
import math
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import JobError
from .plain import plain
from .random import fork_random, hash_texts
from .write_columns import SHARD_ROWS, LogWriter

ITEM_FIELDS = ("title", "category", "description", "price", "image")
BATCH_ROWS = 1 << 18
USERS_TOGETHER = 1 << 16
"""Users of one file on disk, which is the part of the log that is in memory."""
MOST_CHARACTERS = 2000
MISSING = frozenset(("NA", "<NA>", "NaN", "nan", "None", "null", "NULL", "\\N"))
"""What tables write for a missing ID."""
UNITS = {"seconds": 1.0, "milliseconds": 1e3, "microseconds": 1e6, "nanoseconds": 1e9}
MOST_SECONDS = 1e11
LEAST_EVENTS = 3
"""Training, validation and test need one each."""
FIRST_SEEN, LEAST_ITEMS = 0.95, 20
HEAD, MEDIUM_HISTORY, LONG_HISTORY = 0.1, 5, 20
BITS = {"one-hop": 1, "multi-hop": 2, "head": 4, "tail": 8, "short": 16, "medium": 32, "long": 64}
"""Of a target's groups."""

USED, REPEATED, NO_TEXT, LOW_RATING, RARE_ITEM, SHORT_USER = range(6)
REASONS = (
    "used",
    "same user, item and time as an earlier row",
    "item without text",
    "rating below the minimum",
    "item with too few events",
    "user with too few events",
)
NO_USER, NO_ITEM, NO_TIME, BAD_TIME = "no user", "no item", "no time", "time that cannot be read"

EVENT = np.dtype([("user", "<i4"), ("item", "<i4"), ("time", "<f8"), ("row", "<i8"), ("fate", "u1")])
"""A row of a file of users; `fate` is one of the codes above."""

Integers = NDArray[np.int64]
Rows = NDArray[Any]


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
    time_unit: str = "seconds"
    """Of a column of numbers; Parquet's own times need none."""


@dataclass(frozen=True)
class Filters:
    """Events that are kept: those rated `least_rating` or better, of items and users with so many events."""

    least_rating: float | None = None
    item_core: int = 0
    user_core: int = 3


class Names:
    """Numbers of names, in the order in which they come."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.numbers)

    def of(self, names: Sequence[str]) -> Integers:
        """Their numbers; new names get the next ones."""
        numbers = self.numbers
        return np.array([numbers.setdefault(name, len(numbers)) for name in names], np.int64)


@dataclass
class Catalogue:
    """Items by number: those of the items files in their order, then those that only events name, which have no texts."""

    ids: Names
    texts: dict[str, list[str]]
    """By field; items beyond the end of a list have none."""
    tells_time: bool = False
    """Whether an item's ID reveals when it appeared."""

    def text(self, field: str, item: int) -> str:
        """A text of an item; empty if it has none."""
        texts = self.texts[field]
        return texts[item] if item < len(texts) else ""

    @property
    def titled(self) -> NDArray[np.bool_]:
        """[items] whether an item has a title, without which the model cannot read it."""
        found: NDArray[np.bool_] = np.zeros(len(self.ids), bool)
        found[: len(self.texts["title"])] = [bool(title) for title in self.texts["title"]]
        return found


def batches(paths: Sequence[str], columns: Sequence[str], option: str) -> Iterator[dict[str, Any]]:
    """Columns of some rows at a time, of every file, as pyarrow arrays. `option`: what names the columns."""
    try:
        import pyarrow as arrow
        import pyarrow.parquet as parquet
    except ImportError as error:
        raise JobError(f"Parquet is read by pyarrow, which is not installed ({error}). See requirements.lock.") from error
    for path in paths:
        try:
            file = parquet.ParquetFile(path)
            names = file.schema_arrow.names
            missing = [name for name in columns if name not in names]
            if missing:
                raise JobError(f"{path} has no column {', '.join(missing)}; it has {', '.join(names)}. Name yours, as {option}.")
            for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=list(columns)):
                yield {name: batch.column(name) for name in columns}
        except (arrow.ArrowException, OSError) as error:
            raise JobError(f"{path} cannot be read as Parquet ({error}). Copy it again, or convert it to Parquet.") from error


def _id(value: Any) -> str:
    """A user's or an item's ID, empty if it is missing: `17850.0`, written for an integer in a table with gaps, is `17850`."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    text = str(value).strip()
    if text.endswith(".0") and text[:-2].isascii() and text[:-2].isdigit():
        text = text[:-2]
    return "" if text in MISSING else text


def _ids(column: Any) -> tuple[list[str], Integers]:
    """(different IDs in order of appearance, which of them each row has, −1 for none)."""
    import pyarrow as arrow

    kind = column.type
    if arrow.types.is_dictionary(kind):
        column = column.dictionary_decode()
    elif not (
        arrow.types.is_integer(kind)
        or arrow.types.is_floating(kind)
        or arrow.types.is_string(kind)
        or arrow.types.is_large_string(kind)
    ):
        raise JobError(f"A column of IDs holds {kind}, not text or numbers. Name another column.")
    encoded = column.dictionary_encode()
    names: dict[str, int] = {}
    # Several values may be the same ID: 1 and 1.0 in two files, a text with spaces around it.
    place = np.array(
        [names.setdefault(name, len(names)) if (name := _id(v)) else -1 for v in encoded.dictionary.to_pylist()] + [-1]
    )
    return list(names), place[encoded.indices.fill_null(len(place) - 1).to_numpy(zero_copy_only=False)]


def _joined(value: Any, separator: str) -> str:
    if isinstance(value, list):
        return separator.join(part for part in (_joined(one, separator) for one in value) if part)
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return js_number(value) if isinstance(value, float) else str(value).strip()


def _text(field: str, value: Any) -> str:
    """An item's text; of several paths of categories, the longest."""
    if field == "category" and isinstance(value, list):
        paths = [part for part in value if isinstance(part, list)]
        value = max(paths, key=len) if paths else value
    text = _joined(value, " > " if field == "category" else " ")
    return text[:MOST_CHARACTERS]


def _seconds(column: Any, unit: str) -> NDArray[np.float64]:
    """Unix seconds, NaN where there are none, ±∞ where they cannot be read; Parquet's own times to the millisecond, as the page has them."""
    import pyarrow as arrow

    kind = column.type
    if arrow.types.is_timestamp(kind) or arrow.types.is_date(kind):
        whole = column.cast(arrow.timestamp("ms", getattr(kind, "tz", None)), safe=False).cast(arrow.int64())
        return whole.to_numpy(zero_copy_only=False).astype(np.float64) / 1e3
    if not (arrow.types.is_integer(kind) or arrow.types.is_floating(kind)):
        raise JobError(
            f"The column of times holds {kind}, not numbers or Parquet's own times. Convert it, or name another with --time."
        )
    empty = column.is_null().to_numpy(zero_copy_only=False)
    seconds = column.cast(arrow.float64(), safe=False).to_numpy(zero_copy_only=False) / UNITS[unit]
    bad = (np.abs(seconds) >= MOST_SECONDS) | ((unit != "seconds") & (seconds != 0) & (np.abs(seconds) < 1e8))
    return np.where(empty, np.nan, np.where(bad | np.isnan(seconds), np.inf, seconds))


def prepare(
    events: Sequence[str],
    items: Sequence[str],
    out: Path,
    mapping: Mapping,
    filters: Filters,
    name: str = "log",
    split: str = "leave-last-out",
    shard_rows: int = SHARD_ROWS,
) -> None:
    """Writes the log. JobError for files that lack a column or leave nothing to train on, and for an output that exists."""
    if (out / "columns.json").exists():
        raise JobError(f"{out} already contains a log; name another --out.")
    if not events or not items:
        raise JobError(f"No file matches {'--events' if not events else '--items'}.")
    with _scratch_in(out) as scratch:
        catalogue = _read_items(items, mapping)
        sorter = _Sorter(catalogue, mapping, filters, scratch)
        sorter.read(events)
        counts = _sort(sorter)
        keep_user, keep_item = _cores(sorter, filters, counts)
        named = dict(zip(REASONS[1:], plain(counts[1:]), strict=True))
        dropped = {reason: rows for reason, rows in (sorter.rejected | named).items() if rows}
        if not keep_user.any():
            left = "; ".join(f"{reason}: {rows}" for reason, rows in dropped.items())
            raise JobError(f"No event is left of {sorter.rows} ({left}). Keep more of them, or name other columns.")
        order = np.flatnonzero(keep_item)
        if catalogue.tells_time:
            order = fork_random(0, "item-order").shuffle(order)
            print("Items' IDs are in the order in which they first appear: the catalogue is shuffled.")
        writer = LogWriter(out, shard_rows)
        written = _Written(writer, sorter, keep_user, order, split)
        written.items()
        written.events()
        if not written.parts["test_user"]:
            writer.discard()
            raise JobError(
                "No user has an event to test on and earlier ones to train on. Name other columns, or another --split."
            )
        written.groups()
        summary = {
            "id": name,
            "name": name,
            "hash": written.digest.hexdigest(),
            "users": written.users,
            "items": len(order),
            "interactions": written.written,
            "coldTargets": written.cold_targets,
            "queries": 0,
            "exposures": 0,
            "targets": len(written.parts["test_user"]),
            "dropped": [{"reason": reason, "rows": rows} for reason, rows in dropped.items()],
        }
        known = {
            "mapping": asdict(mapping),
            "filters": asdict(filters),
            "split": split,
            "files": [Path(path).name for path in [*events, *items]],
        }
        facts = {"name": name, "hash": summary["hash"], "items": len(order), "users": written.users}
        writer.done({**facts, "summary": summary, "prepared": known})


@contextmanager
def _scratch_in(out: Path) -> Iterator[Path]:
    """A folder for the time that it is needed."""
    scratch = out / "scratch"
    # Of a run that was killed.
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch)


def _read_items(paths: Sequence[str], mapping: Mapping) -> Catalogue:
    columns = {field: column for field in ITEM_FIELDS if (column := getattr(mapping, field))}
    catalogue = Catalogue(Names(), {field: [] for field in ITEM_FIELDS})
    numbers, texts = catalogue.ids.numbers, catalogue.texts
    for batch in batches(paths, list(dict.fromkeys([mapping.item_id, *columns.values()])), "--item-id SKU"):
        names, place = _ids(batch[mapping.item_id])
        rows = {field: batch[column].to_pylist() for field, column in columns.items()}
        for row, at in enumerate(plain(place)):
            # The first row of an item counts.
            if at < 0 or names[at] in numbers:
                continue
            numbers[names[at]] = len(numbers)
            for field in ITEM_FIELDS:
                texts[field].append(_text(field, rows[field][row]) if field in rows else "")
    return catalogue


class _Sorter:
    """Events in files of neighbouring users on disk."""

    def __init__(self, catalogue: Catalogue, mapping: Mapping, filters: Filters, scratch: Path) -> None:
        self.catalogue, self.mapping, self.filters, self.scratch = catalogue, mapping, filters, scratch
        self.users = Names()
        self.rows = 0
        self.rejected = dict.fromkeys((NO_USER, NO_ITEM, NO_TIME, BAD_TIME), 0)

    def read(self, paths: Sequence[str]) -> None:
        """Reads all events, and notes whether IDs tell when items first appeared."""
        mapping = self.mapping
        columns = list(dict.fromkeys([mapping.user, mapping.item, mapping.time, *([mapping.rating] if mapping.rating else [])]))
        seen, first_seen = np.zeros(0, bool), _FirstSeen()
        for batch in batches(paths, columns, "--user USER_ID"):
            users, user = _ids(batch[mapping.user])
            items, item = _ids(batch[mapping.item])
            time = _seconds(batch[mapping.time], mapping.time_unit)
            fate = self._rated(batch)
            rows = np.arange(self.rows, self.rows + len(time))
            self.rows += len(time)
            good = np.ones(len(time), bool)
            for reason, bad in ((NO_USER, user < 0), (NO_ITEM, item < 0), (NO_TIME, np.isnan(time)), (BAD_TIME, np.isinf(time))):
                self.rejected[reason] += int((good & bad).sum())
                good &= ~bad
            user, item, time, rows, fate = (column[good] for column in (user, item, time, rows, fate))
            table = np.empty(len(time), EVENT)
            table["user"], _, _ = _numbered(self.users, users, user)
            table["item"], named, numbers = _numbered(self.catalogue.ids, items, item)
            table["time"], table["row"], table["fate"] = time, rows, fate
            if len(self.catalogue.ids) > len(seen):
                seen = np.concatenate([seen, np.zeros(len(self.catalogue.ids), bool)])
            first_seen.add([text for text, known in zip(named, plain(seen[numbers]), strict=True) if not known])
            seen[numbers] = True
            self._store(table)
        self.catalogue.tells_time = first_seen.tell_time

    def _rated(self, batch: dict[str, Any]) -> NDArray[np.uint8]:
        """Fates by rating."""
        import pyarrow as arrow

        column = batch[self.mapping.rating or self.mapping.user]
        fate = np.full(len(column), USED, np.uint8)
        if self.mapping.rating is None or self.filters.least_rating is None:
            return fate
        if not (arrow.types.is_integer(column.type) or arrow.types.is_floating(column.type)):
            raise JobError(f"The column of ratings holds {column.type}, not numbers. Convert it, or name another with --rating.")
        rating = column.cast(arrow.float32(), safe=False).to_numpy(zero_copy_only=False).astype(np.float64)
        # A row without a rating is kept.
        fate[rating < self.filters.least_rating] = LOW_RATING
        return fate

    def _store(self, table: Rows) -> None:
        """Appends rows to the files of their users."""
        place = table["user"] // USERS_TOGETHER
        for part in plain(np.unique(place)):
            with open(self.scratch / f"users-{part:05}", "ab") as file:
                file.write(table[place == part].tobytes())

    def parts(self) -> Iterator[tuple[Path, Rows]]:
        """The files in the order of users, each with its rows."""
        for path in sorted(self.scratch.glob("users-*")):
            yield path, np.fromfile(path, EVENT)


def _numbered(names: Names, texts: Sequence[str], place: Integers) -> tuple[Integers, list[str], Integers]:
    """(numbers of the rows' names, the names among `texts` that rows have in order of appearance, their numbers). `place`: which of them a row has."""
    used, first = np.unique(place, return_index=True)
    used = used[np.argsort(first)]
    named = [texts[at] for at in plain(used)]
    number = np.full(len(texts), -1)
    number[used] = names.of(named)
    return number[place], named, number[used]


class _FirstSeen:
    """Whether nearly every new item has the largest integer ID so far: an ID then tells when its item appeared (src/log/intake/traps.ts)."""

    def __init__(self) -> None:
        self.items = self.maxima = 0
        self.largest, self.whole = -1, True

    def add(self, ids: Sequence[str]) -> None:
        """More IDs, in the order in which events first name them."""
        for text in ids:
            self.items += 1
            self.whole = self.whole and len(text) <= 15 and text.isascii() and text.isdigit()
            if self.whole and int(text) > self.largest:
                self.largest, self.maxima = int(text), self.maxima + 1

    @property
    def tell_time(self) -> bool:
        """The verdict."""
        return self.whole and self.items >= LEAST_ITEMS and self.maxima / self.items >= FIRST_SEEN


def _sort(sorter: _Sorter) -> Integers:
    """Orders each file by user and time, and removes what is left out whatever the cores; returns rows by fate.

    Of events at one time, that whose item's ID has the smaller hash comes first: files are often sorted by item, and that order would leak into
    what is predicted.
    """
    titled = sorter.catalogue.titled
    tie = hash_texts(list(sorter.catalogue.ids.numbers))
    counts = np.zeros(len(REASONS), np.int64)
    for path, rows in sorter.parts():
        # By item last but one, so that repeated events are neighbours.
        table = rows[np.lexsort((rows["row"], rows["item"], tie[rows["item"]], rows["time"], rows["user"]))]
        fate = np.where(titled[table["item"]], table["fate"], NO_TEXT)
        again = np.zeros(len(table), bool)
        again[1:] = np.logical_and.reduce([table[name][1:] == table[name][:-1] for name in ("user", "time", "item")])
        fate[again] = REPEATED
        counts += np.bincount(fate, minlength=len(REASONS))
        with open(path, "wb") as file:
            file.write(table[fate == USED].tobytes())
    return counts


def _cores(sorter: _Sorter, filters: Filters, counts: Integers) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Users and items that remain when those with fewer events than the cores are removed until there are none; adds to `counts`."""
    users, items = len(sorter.users), len(sorter.catalogue.ids)
    gone_user: NDArray[np.bool_] = np.zeros(users, bool)
    gone_item: NDArray[np.bool_] = np.zeros(items, bool)
    rare, short = gone_item, gone_user
    while True:
        of_user, of_item = np.zeros(users, np.int64), np.zeros(items, np.int64)
        for _, table in sorter.parts():
            user, item = table["user"], table["item"]
            there = ~(gone_user[user] | gone_item[item])
            is_rare = there & rare[item]
            is_short = there & ~rare[item] & short[user]
            counts[RARE_ITEM] += is_rare.sum()
            counts[SHORT_USER] += is_short.sum()
            there &= ~(is_rare | is_short)
            of_user += np.bincount(user[there], minlength=users)
            of_item += np.bincount(item[there], minlength=items)
        gone_user, gone_item = gone_user | short, gone_item | rare
        rare = ~gone_item & (of_item < filters.item_core)
        short = ~gone_user & (of_user < filters.user_core)
        if not (rare & (of_item > 0)).any() and not (short & (of_user > 0)).any():
            return of_user > 0, (of_item >= filters.item_core) & sorter.catalogue.titled


class _Written:
    """Columns, split, hash and groups of targets, one file of users after the other."""

    def __init__(self, writer: LogWriter, sorter: _Sorter, keep_user: NDArray[np.bool_], order: Integers, split: str) -> None:
        self.writer, self.sorter, self.keep_user, self.order = writer, sorter, keep_user, order
        self.split_of = SPLITS[split]
        self.place = np.full(len(sorter.catalogue.ids), -1, np.int32)
        self.place[order] = np.arange(len(order))
        self.cold = np.ones(len(order), np.uint8)
        self.trained = np.zeros(len(order), np.int64)
        self.users = self.written = self.cold_targets = 0
        names = ("train_user", "train_end", "validation_user", "validation_position", "test_user", "test_position")
        self.parts: dict[str, list[int]] = {name: [] for name in names}
        self.targets = {share: _Targets(len(order)) for share in ("validation", "test")}
        self.digest = hashlib.sha256(b"karma-log 1\n")

    def items(self) -> None:
        """The catalogue."""
        catalogue, ids = self.sorter.catalogue, list(self.sorter.catalogue.ids.numbers)
        kept = plain(self.order)
        self.writer.texts("item_id", (ids[item] for item in kept))
        for field in ITEM_FIELDS:
            self.writer.texts(f"item_{field}", (catalogue.text(field, item) for item in kept))
        for item in kept:
            *texts, price, image = (catalogue.text(field, item) for field in ITEM_FIELDS)
            self._line([ids[item], *texts, *([price, image] if price or image else [])])

    def _line(self, values: Any) -> None:
        self.digest.update(f"{json.dumps(values, ensure_ascii=False, separators=(',', ':'))}\n".encode())

    def _histories(self) -> Iterator[tuple[Integers, "_Histories"]]:
        """(users' numbers, their events) of each file."""
        for _, table in self.sorter.parts():
            item = self.place[table["item"]]
            kept = self.keep_user[table["user"]] & (item >= 0)
            user = table["user"][kept].astype(np.int64)
            if len(user) > 0:
                start = np.flatnonzero(np.diff(user, prepend=-1))
                yield user[start], _Histories(start, item[kept], table["time"][kept])

    def events(self) -> None:
        """Events and split."""
        writer = self.writer
        names = list(self.sorter.users.numbers)
        writer.append("user_start", "<i8", [0])
        for users, log in self._histories():
            ids = [names[user] for user in plain(users)]
            writer.texts("user_id", ids)
            writer.append("item", "<i4", log.item)
            writer.append("time", "<f8", log.time)
            writer.append("user_start", "<i8", self.written + log.end)
            self._hash(ids, log)
            ends, targets = self.split_of(log)
            trained = np.flatnonzero(ends > log.start)
            self.parts["train_user"] += plain(self.users + trained)
            self.parts["train_end"] += plain((ends - log.start)[trained])
            of_training = log.item[log.before(ends)]
            self.cold[of_training] = 0
            self.trained += np.bincount(of_training, minlength=len(self.order))
            for share, at in targets.items():
                self.parts[f"{share}_user"] += plain(self.users + log.user[at])
                self.parts[f"{share}_position"] += plain(at - log.start[log.user[at]])
                self.targets[share].add(log, at)
            self.users += len(users)
            self.written += len(log.item)
        for name, values in self.parts.items():
            writer.append(name, "<i4", values)
        writer.append("cold", "|u1", self.cold)
        self.cold_targets = int(self.cold[self.targets["test"].items()].sum())

    def _hash(self, ids: Sequence[str], log: "_Histories") -> None:
        events = [f'[{item},{js_number(time)},"",[]]' for item, time in zip(plain(log.item), plain(log.time), strict=True)]
        lines = (
            f"[{json.dumps(name, ensure_ascii=False)},[{','.join(events[begin:end])}]]\n"
            for name, begin, end in zip(ids, plain(log.start), plain(log.end), strict=True)
        )
        self.digest.update("".join(lines).encode())

    def groups(self) -> None:
        """Which groups each target is in (src/log/targetGroups.ts)."""
        wanted = np.unique(np.concatenate([pairs for targets in self.targets.values() for pairs in targets.pairs]))
        followed = np.zeros(len(self.order), bool)
        followed[wanted % len(self.order)] = True
        found = np.zeros(len(wanted), bool)
        for _, log in self._histories():
            ends, _ = self.split_of(log)
            later = np.flatnonzero(log.before(ends) & followed[log.item] & (log.basket > log.start[log.user]))
            pairs, _ = log.pairs(later, len(self.order))
            at = np.minimum(np.searchsorted(wanted, pairs), len(wanted) - 1)
            found[at[wanted[at] == pairs]] = True
        head = np.zeros(len(self.order), bool)
        # Ties in the order of the catalogue.
        head[np.argsort(-self.trained, kind="stable")[: math.ceil(HEAD * len(self.order))]] = True
        for share, targets in self.targets.items():
            self.writer.append(f"{share}_groups", "|u1", targets.groups(wanted, found, head))


class _Histories:
    """Neighbouring users' events, each in time order. Every index counts from the first event."""

    def __init__(self, start: Integers, item: NDArray[np.int32], time: NDArray[np.float64]) -> None:
        self.start, self.item, self.time = start, item, time
        self.end = np.append(start[1:], len(item))
        self.user = np.repeat(np.arange(len(start)), self.end - start)
        """[events] which of these users."""
        first = np.diff(time, prepend=np.nan) != 0
        first[start] = True
        self.basket = np.maximum.accumulate(np.where(first, np.arange(len(item)), 0))
        """[events] the first event of the user at the same time."""

    def before(self, ends: Integers) -> NDArray[np.bool_]:
        """[events] whether an event comes before `ends` [users]."""
        return np.arange(len(self.item)) < ends[self.user]

    def pairs(self, at: Integers, items: int) -> tuple[Integers, Integers]:
        """(codes of the pairs of an item of the basket before and the event's own, how many each event has). Events need a basket before theirs."""
        last = self.basket[at]
        first = self.basket[last - 1]
        sizes = last - first
        skipped = np.cumsum(sizes) - sizes
        before = np.repeat(first - skipped, sizes) + np.arange(int(sizes.sum()))
        return self.item[before].astype(np.int64) * items + np.repeat(self.item[at], sizes), sizes


Split = tuple[Integers, dict[str, Integers]]
"""(where each user's training ends, the events that are targets of validation and test); a user in no part ends at the start."""


def leave_last_out(log: _Histories) -> Split:
    """The last event of a user is for test, the one before it for validation."""
    many = log.end - log.start >= LEAST_EVENTS
    end = np.where(many, log.basket[np.where(many, log.end - 2, 0)], log.start)
    last = log.end[end > log.start]
    return end, {"validation": last - 2, "test": last - 1}


def last_basket(log: _Histories) -> Split:
    """All events of a user's last time are for test, those of the time before for validation; users need three times."""
    last = log.basket[log.end - 1]
    second = np.where(last > log.start, log.basket[np.maximum(last - 1, 0)], log.start)
    used = (second > log.start)[log.user]
    at = np.arange(len(log.item))
    return second, {
        "validation": np.flatnonzero(used & (at >= second[log.user]) & (at < last[log.user])),
        "test": np.flatnonzero(used & (at >= last[log.user])),
    }


SPLITS: dict[str, Callable[[_Histories], Split]] = {"leave-last-out": leave_last_out, "last-basket": last_basket}


class _Targets:
    """What groups of targets need to know, target by target."""

    def __init__(self, items: int) -> None:
        self.catalogue = items
        self.pairs: list[Integers] = [np.empty(0, np.int64)]
        self._sizes: list[Integers] = []
        self._items: list[NDArray[np.int32]] = [np.empty(0, np.int32)]
        self._lengths: list[Integers] = []

    def add(self, log: _Histories, at: Integers) -> None:
        """More targets, as events of `log`."""
        pairs, sizes = log.pairs(at, self.catalogue)
        self.pairs.append(pairs)
        self._sizes.append(sizes)
        self._items.append(log.item[at])
        self._lengths.append(log.basket[at] - log.start[log.user[at]])

    def items(self) -> NDArray[np.int32]:
        """The items to be predicted."""
        return np.concatenate(self._items)

    def groups(self, wanted: Integers, found: NDArray[np.bool_], head: NDArray[np.bool_]) -> NDArray[np.uint8]:
        """Bits of each target; `wanted`: all targets' pairs in order, `found`: those that occur in training."""
        hits = found[np.searchsorted(wanted, np.concatenate(self.pairs))]
        sizes = np.concatenate(self._sizes)
        one_hop = np.logical_or.reduceat(hits, np.cumsum(sizes) - sizes)
        length = np.concatenate(self._lengths)
        bits = np.where(one_hop, BITS["one-hop"], BITS["multi-hop"])
        bits |= np.where(head[self.items()], BITS["head"], BITS["tail"])
        bits |= np.select([length >= LONG_HISTORY, length >= MEDIUM_HISTORY], [BITS["long"], BITS["medium"]], BITS["short"])
        return bits.astype(np.uint8)


def js_number(value: float) -> str:
    """A finite number as JavaScript writes it."""
    if value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    text = repr(value)
    if "e" not in text:
        return text
    # Python writes exponents below 1e-4, JavaScript below 1e-6.
    if abs(value) >= 1e-6:
        return format(Decimal(text), "f")
    digits, _, exponent = text.partition("e")
    return f"{digits}e{int(exponent):+d}"


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
    parser.add_argument("--time-unit", choices=tuple(UNITS), default="seconds", help="of times that are numbers (seconds)")
    parser.add_argument("--item-id", default="item_id", help="column of items (item_id)")
    parser.add_argument("--title", default="title", help="column of items (title)")
    for field in ITEM_FIELDS[1:]:
        parser.add_argument(f"--{field}", help="column of items")
    parser.add_argument("--least-rating", type=float, help="events that are rated lower are left out")
    parser.add_argument("--item-core", type=int, default=0, help="items with fewer events are left out (0)")
    parser.add_argument("--user-core", type=int, default=3, help="users with fewer events are left out (3)")
    parser.add_argument("--split", choices=tuple(SPLITS), default="leave-last-out")
    parser.add_argument("--shard-rows", type=int, default=SHARD_ROWS)
    args = vars(parser.parse_args(argv))
    mapping = Mapping(**{key: args[key] for key in Mapping.__dataclass_fields__})
    filters = Filters(**{key: args[key] for key in Filters.__dataclass_fields__})
    events, items = sorted(glob.glob(args["events"])), sorted(glob.glob(args["items"]))
    try:
        prepare(events, items, args["out"], mapping, filters, args["name"], args["split"], args["shard_rows"])
    except JobError as error:
        print(f"karma.prepare: {error}", file=sys.stderr)
        return 2
    print(f"written to {args['out']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
