"""A checkpoint is data: reading one runs nothing."""

import pickle
import tempfile
import unittest
from collections.abc import Callable
from pathlib import Path

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


class CheckpointTest(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def write(self, call: Callable[..., object], *args: object) -> None:
        (self.folder / ".metadata").write_bytes(pickle.dumps(Runs(call, *args)))

    def test_what_was_saved_is_read(self) -> None:
        saved = {"a": torch.arange(6.0).reshape(2, 3), "b": torch.tensor(3.0, dtype=torch.float64), "c": torch.tensor([1, 2])}
        save(saved, checkpoint_id=self.folder)
        read = {name: torch.zeros_like(tensor) for name, tensor in saved.items()}
        load(read, storage_reader=_PlainReader(self.folder))
        for name, tensor in saved.items():
            self.assertTrue(torch.equal(read[name], tensor), name)

    def test_nothing_that_a_file_names_is_called(self) -> None:
        for call in (Path.touch, exec, FileSystemReader, Metadata.__init__):
            with self.subTest(call=call):
                self.write(call, self.folder / "ran")
                with self.assertRaises((JobError, TypeError, AttributeError)):
                    _PlainReader(self.folder).read_metadata()
                self.assertFalse((self.folder / "ran").exists())

    def test_the_name_is_said(self) -> None:
        self.write(exec, "raise SystemExit(7)")
        with self.assertRaisesRegex(JobError, r"names builtins\.exec, which no checkpoint of this package contains"):
            _PlainReader(self.folder).read_metadata()
