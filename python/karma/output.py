"""A job's output folder: one job at a time, always the same recipe, files replaced atomically."""

import fcntl
import hashlib
import json
import os
from pathlib import Path
from typing import IO, Any

from .errors import JobError


def write_json(path: Path, value: Any) -> None:
    """Writes a file that is complete whenever it is visible."""
    part = path.with_name(f"{path.name}.part")
    part.write_text(json.dumps(value), encoding="utf-8")
    part.replace(path)


class Output:
    """Holds the folder for this job until the process ends, however it ends; it is the job's from `claim` on."""

    def __init__(self, folder: Path, facts: dict[str, Any]) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._lock: IO[str] = open(folder / ".lock", "a+", encoding="utf-8")  # noqa: SIM115
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lock.seek(0)
            raise JobError(
                f"{folder} is in use by another job ({self._lock.read().strip()}). Wait for it, or name another --out."
            ) from error
        self._lock.truncate(0)
        self._lock.write(f"process {os.getpid()} on {os.uname().nodename}\n")
        self._lock.flush()
        self._job = {"job": hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16], "facts": facts}
        if self._known.exists():
            known = json.loads(self._known.read_text(encoding="utf-8"))
            if known["job"] != self._job["job"]:
                different = [key for key in facts if known["facts"].get(key) != facts[key]]
                raise JobError(
                    f"{folder} holds another job (its {', '.join(different)} differ). Nothing was overwritten; name another --out."
                )

    @property
    def _known(self) -> Path:
        return self.folder / "job.json"

    def claim(self) -> None:
        """Writes into the folder whose it is: no other job can use it afterwards."""
        if not self._known.exists():
            write_json(self._known, self._job)
