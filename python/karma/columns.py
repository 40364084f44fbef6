"""A log as memory-mapped columns: `columns.json` and .npy files, each column in one file or in shards by rows.

docs/cluster.md lists the columns. Nothing is loaded before it is requested.
"""

import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import JobError
from .plain import plain

FORMAT, VERSION = "karma-columns", 1
MANIFEST = "columns.json"
VERIFIED_BYTES = 1 << 30
"""Columns up to this size in all are hashed whenever they are opened; larger ones by `--verify`."""


class Column:
    """Rows over one or more .npy files; slices may cross their boundaries."""

    def __init__(self, folder: Path, name: str, entry: Mapping[str, Any]) -> None:
        self.name = name
        self.parts: list[NDArray[Any]] = []
        starts = [0]
        for shard in entry["shards"]:
            path = folder / shard["file"]
            if not path.exists():
                raise JobError(
                    f"{path} is missing: column {name} has {len(entry['shards'])} shards. Copy it, or export the job again."
                )
            try:
                part = np.load(path, mmap_mode="r", allow_pickle=False)
            except ValueError as error:
                raise JobError(f"{path} cannot be read ({error}). Copy it again.") from error
            if len(part) != shard["rows"] or part.dtype != np.dtype(entry["dtype"]):
                found = f"{len(part)} rows of {part.dtype}"
                raise JobError(f"{path} holds {found}, {MANIFEST} says {shard['rows']} of {entry['dtype']}. Copy it again.")
            # Still mapped: only slices of NumPy's own class for it are slow to make.
            self.parts.append(np.asarray(part))
            starts.append(starts[-1] + len(part))
        self.starts = starts
        self.dtype = np.dtype(entry["dtype"])

    def __len__(self) -> int:
        return self.starts[-1]

    def __getitem__(self, index: int) -> Any:
        part = bisect_right(self.starts, index) - 1
        return self.parts[part][index - self.starts[part]]

    def rows(self, begin: int, end: int) -> NDArray[Any]:
        """Rows begin … end − 1: a view if they are in one shard."""
        first = min(bisect_right(self.starts, begin), len(self.parts)) - 1
        if begin < end <= self.starts[first + 1]:
            return self.parts[first][begin - self.starts[first] : end - self.starts[first]]
        pieces = []
        for part in range(first, len(self.parts)):
            low, high = max(begin - self.starts[part], 0), min(end - self.starts[part], len(self.parts[part]))
            if low < high:
                pieces.append(self.parts[part][low:high])
            if end <= self.starts[part + 1]:
                break
        return np.concatenate(pieces) if pieces else np.empty((0, *self.parts[0].shape[1:]), self.dtype)

    def all(self) -> NDArray[Any]:
        """The whole column: a view if it is one file."""
        return self.rows(0, len(self))


class TextColumn(Sequence[str]):
    """Texts as one run of UTF-8 bytes and where each starts."""

    def __init__(self, start: Column, data: Column) -> None:
        self.start, self.data = start, data

    def __len__(self) -> int:
        return len(self.start) - 1

    def __getitem__(self, index: Any) -> Any:
        if not 0 <= index < len(self):
            raise IndexError(index)
        begin, end = plain(self.start.rows(index, index + 2))
        return self.data.rows(begin, end).tobytes().decode()


@dataclass(frozen=True)
class Target:
    """A position to predict from what lies before it in time."""

    user: int
    position: int


class Log:
    """An interaction log. Users' events are in time order; items are catalogue indices."""

    def __init__(self, folder: Path, verify: bool = False) -> None:
        path = folder / MANIFEST
        if not path.exists():
            raise JobError(f"{path} is missing: export the job again, or write the columns by karma.prepare.")
        self.folder = folder
        self.manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if self.manifest.get("format") != FORMAT or self.manifest.get("version") != VERSION:
            raise JobError(f"{path} is of version {self.manifest.get('version')}; this package reads {FORMAT} {VERSION}.")
        shards = [shard for entry in self.manifest["columns"].values() for shard in entry["shards"]]
        self._columns = {name: Column(folder, name, entry) for name, entry in self.manifest["columns"].items()}
        size = sum((folder / shard["file"]).stat().st_size for shard in shards)
        if verify or size <= VERIFIED_BYTES:
            self._verify(shards)
        self.hash: str = self.manifest["hash"]
        self.items: int = self.manifest["items"]
        self.users: int = self.manifest["users"]
        self.events = len(self._columns["item"])

    def _verify(self, shards: Sequence[Mapping[str, Any]]) -> None:
        for shard in shards:
            with open(self.folder / shard["file"], "rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
            if found != shard["sha256"]:
                raise JobError(
                    f"{self.folder / shard['file']} is not the file that was exported (SHA-256 {found[:12]}…). Copy it again."
                )

    def column(self, name: str) -> Column:
        """A column by its name. KeyError if the log lacks it."""
        return self._columns[name]

    def has(self, name: str) -> bool:
        """Whether the log has that column."""
        return name in self._columns

    def texts(self, name: str) -> TextColumn:
        """A text column by its name."""
        return TextColumn(self._columns[f"{name}_start"], self._columns[f"{name}_bytes"])

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """First event of each user, and the number of events [users + 1]."""
        return self._columns["user_start"].all()

    def span(self, user: int) -> tuple[int, int]:
        """First event of a user, and the one after the last."""
        return int(self.starts[user]), int(self.starts[user + 1])

    def items_of(self, user: int, begin: int, end: int) -> list[int]:
        """Items of the user's events begin … end − 1."""
        first, _ = self.span(user)
        return plain(self._columns["item"].rows(first + begin, first + end))

    def history_end(self, target: Target) -> int:
        """Where the history of a target ends (exclusive): before the first event at its own time, because such events are a basket."""
        first, _ = self.span(target.user)
        times = self._columns["time"].rows(first, first + target.position + 1)
        end = target.position
        while end > 0 and times[end - 1] == times[target.position]:
            end -= 1
        return end

    def item_at(self, target: Target) -> int:
        """The item to be predicted."""
        return int(self._columns["item"][self.span(target.user)[0] + target.position])

    def query_at(self, target: Target) -> str:
        """The search query of the target's event, empty if there is none."""
        if not self.has("query"):
            return ""
        index = int(self._columns["query"][self.span(target.user)[0] + target.position])
        return "" if index < 0 else self.texts("query_text")[index]

    def exposed_at(self, target: Target) -> list[int]:
        """Items shown with the target and not clicked."""
        if not self.has("exposed_start"):
            return []
        event = self.span(target.user)[0] + target.position
        begin, end = plain(self._columns["exposed_start"].rows(event, event + 2))
        return plain(self._columns["exposed"].rows(begin, end))

    def history_of(self, target: Target) -> list[int]:
        """Items of the whole history of a target, oldest first."""
        return self.items_of(target.user, 0, self.history_end(target))

    def targets(self, share: str) -> list[Target]:
        """Targets of `validation` or `test`, in the order of the log."""
        users, positions = self._columns[f"{share}_user"].all(), self._columns[f"{share}_position"].all()
        return [Target(user, position) for user, position in zip(plain(users), plain(positions), strict=True)]

    @cached_property
    def _candidate_sets(self) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """(user, ascending, target item or -1, first candidate) of each set."""
        return tuple(self._columns[f"candidate_{name}"].all() for name in ("user", "target", "start"))  # type: ignore[return-value]

    def candidates_of(self, target: Target) -> list[int] | None:
        """The candidate set of a target: its own, else its user's; None if the files bring none."""
        if not self.has("candidate_user"):
            return None
        users, targets, starts = self._candidate_sets
        first, last = np.searchsorted(users, [target.user, target.user + 1])
        for wanted in (self.item_at(target), -1):
            for index in range(first, last):
                if targets[index] == wanted:
                    return plain(self._columns["candidate_item"].rows(int(starts[index]), int(starts[index + 1])))
        return None

    @cached_property
    def groups(self) -> dict[Target, int] | None:
        """The groups of every target as bits (src/record/targetGroups.ts); None if the columns do not say."""
        if not self.has("test_groups"):
            return None
        return {
            target: bits
            for share in ("validation", "test")
            for target, bits in zip(self.targets(share), plain(self._columns[f"{share}_groups"].all()), strict=True)
        }

    @cached_property
    def trained(self) -> "Log":
        """The log that training users' ends are positions in: itself, or without the items of held-out categories."""
        if not self.has("trained_item"):
            return self
        log = copy(self)
        for known in ("starts", "counts"):
            log.__dict__.pop(known, None)
        prefix = "trained_"
        own = {name.removeprefix(prefix): column for name, column in self._columns.items() if name.startswith(prefix)}
        log._columns = {name: column for name, column in self._columns.items() if not name.startswith(prefix)} | own
        log.events = len(own["item"])
        return log

    def training_users(self) -> Iterator[tuple[int, int]]:
        """(user, end): events 0 … end − 1 of `trained` may be trained on."""
        yield from zip(plain(self._columns["train_user"].all()), plain(self._columns["train_end"].all()), strict=True)

    @cached_property
    def cold(self) -> NDArray[np.uint8]:
        """1 if an item occurs in no training event [items]."""
        return self._columns["cold"].all()

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """Training events of every item [items]."""
        counts = np.zeros(self.items, np.int64)
        users, ends = self._columns["train_user"].all(), self._columns["train_end"].all()
        trained = self.trained
        item = trained.column("item")
        for begin in range(0, len(users), 65536):
            pieces = [
                item.rows(int(trained.starts[u]), int(trained.starts[u]) + int(e))
                for u, e in zip(users[begin : begin + 65536], ends[begin : begin + 65536], strict=True)
            ]
            counts += np.bincount(np.concatenate(pieces), minlength=self.items)
        return counts

    def recent_counts(self, share: float) -> NDArray[np.int64]:
        """The same over the newest events alone, those of this share of the training events by time, ties with the oldest included [items]."""
        if share == 1:
            return self.counts
        trained = self.trained
        spans = [(int(trained.starts[user]), end) for user, end in self.training_users()]
        times = np.concatenate([trained.column("time").rows(begin, begin + end) for begin, end in spans])
        items = np.concatenate([trained.column("item").rows(begin, begin + end) for begin, end in spans])
        oldest = np.sort(times)[int(len(times) * (1 - share))]
        return np.bincount(items[times >= oldest], minlength=self.items)
