"""A checkpoint is data: reading one runs nothing."""

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch.distributed.checkpoint.filesystem import FileSystemReader
from torch.distributed.checkpoint.metadata import Metadata
from torch.distributed.checkpoint.state_dict_loader import load
from torch.distributed.checkpoint.state_dict_saver import save

from karma.checkpoint import _PlainReader
from karma.errors import JobError


class Runs:
    """What a hostile file asks an unpickler to call."""

    def __init__(self, call: Callable[..., object], *args: object) -> None:
        self.call, self.args = call, args

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return self.call, self.args


def test_what_was_saved_is_read(tmp_path: Path) -> None:
    saved = {"a": torch.arange(6.0).reshape(2, 3), "b": torch.tensor(3.0, dtype=torch.float64), "c": torch.tensor([1, 2])}
    save(saved, checkpoint_id=tmp_path)
    read = {name: torch.zeros_like(tensor) for name, tensor in saved.items()}
    load(read, storage_reader=_PlainReader(tmp_path))
    assert all(torch.equal(read[name], tensor) for name, tensor in saved.items())


@pytest.mark.parametrize("call", [(Path.touch,), (exec,), (FileSystemReader,), (Metadata.__init__,)])
def test_nothing_that_a_file_names_is_called(tmp_path: Path, call: tuple[Callable[..., object]]) -> None:
    (tmp_path / ".metadata").write_bytes(pickle.dumps(Runs(call[0], tmp_path / "ran")))
    with pytest.raises((JobError, TypeError, AttributeError)):
        _PlainReader(tmp_path).read_metadata()
    assert not (tmp_path / "ran").exists()


def test_the_name_is_said(tmp_path: Path) -> None:
    (tmp_path / ".metadata").write_bytes(pickle.dumps(Runs(exec, "raise SystemExit(7)")))
    with pytest.raises(JobError, match=r"names builtins\.exec, which no checkpoint of this package contains"):
        _PlainReader(tmp_path).read_metadata()
