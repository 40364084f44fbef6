"""Writes columns as they come: rows are appended to .npy shards, whose headers are filled in at the end."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from .columns import FORMAT, MANIFEST, VERSION

SHARD_ROWS = 1 << 24
HEADER = 128
"""Bytes of every shard's header: room for any length."""


class ColumnWriter:
    """One column, cut into shards of `shard_rows` rows."""

    def __init__(self, folder: Path, name: str, dtype: str, shard_rows: int = SHARD_ROWS) -> None:
        self.folder, self.name, self.dtype, self.shard_rows = folder, name, np.dtype(dtype), shard_rows
        self.shards: list[dict[str, Any]] = []
        self._file: IO[bytes] | None = None
        self._rows = 0

    def append(self, values: NDArray[Any] | list[Any]) -> None:
        """Adds rows."""
        rows = np.ascontiguousarray(values, self.dtype)
        while len(rows) > 0:
            if self._file is None:
                path = self.folder / f"{self.name}-{len(self.shards):05}.npy"
                self._file, self._rows = open(path, "wb+"), 0  # noqa: SIM115
                self._file.write(b" " * HEADER)
            taken = rows[: self.shard_rows - self._rows]
            self._file.write(taken.tobytes())
            self._rows += len(taken)
            rows = rows[len(taken) :]
            if self._rows == self.shard_rows:
                self._close()

    def _close(self) -> None:
        file = self._file
        if file is None:
            return
        words = f"{{'descr': '{self.dtype.str}', 'fortran_order': False, 'shape': ({self._rows},), }}"
        file.seek(0)
        file.write(b"\x93NUMPY\x01\x00" + (HEADER - 10).to_bytes(2, "little") + words.ljust(HEADER - 11).encode() + b"\n")
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
        self.shards.append({"file": Path(file.name).name, "rows": self._rows, "sha256": digest})
        file.close()
        self._file = None

    def discard(self) -> None:
        """Deletes what was written."""
        self._close()
        for shard in self.shards:
            (self.folder / shard["file"]).unlink()

    def done(self) -> dict[str, Any]:
        """The column's entry of the manifest."""
        if self._file is None and not self.shards:
            self._file, self._rows = open(self.folder / f"{self.name}-00000.npy", "wb+"), 0  # noqa: SIM115
            self._file.write(b" " * HEADER)
        self._close()
        return {"dtype": self.dtype.str, "shards": self.shards}


class LogWriter:
    """A whole log. Columns are created when they are first named."""

    def __init__(self, folder: Path, shard_rows: int = SHARD_ROWS) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.shard_rows = folder, shard_rows
        self._columns: dict[str, ColumnWriter] = {}
        self._ends: dict[str, int] = {}

    def append(self, name: str, dtype: str, values: NDArray[Any] | list[Any]) -> None:
        """Adds rows to a column."""
        if name not in self._columns:
            self._columns[name] = ColumnWriter(self.folder, name, dtype, self.shard_rows)
        self._columns[name].append(values)

    def texts(self, name: str, texts: Iterable[str]) -> None:
        """Adds texts to a text column."""
        if name not in self._ends:
            self._ends[name] = 0
            self.append(f"{name}_start", "<i8", [0])
            self.append(f"{name}_bytes", "|u1", [])
        data = [text.encode() for text in texts]
        ends = self._ends[name] + np.cumsum([len(one) for one in data], dtype=np.int64)
        if data:
            self._ends[name] = int(ends[-1])
            self.append(f"{name}_start", "<i8", ends)
            self.append(f"{name}_bytes", "|u1", np.frombuffer(b"".join(data), np.uint8))

    def discard(self) -> None:
        """Deletes all columns."""
        for writer in self._columns.values():
            writer.discard()

    def done(self, facts: dict[str, Any]) -> None:
        """Writes the manifest: until then there is no log here."""
        columns = {name: writer.done() for name, writer in self._columns.items()}
        manifest = {"format": FORMAT, "version": VERSION, **facts, "columns": columns}
        part = self.folder / f"{MANIFEST}.part"
        part.write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        part.replace(self.folder / MANIFEST)
