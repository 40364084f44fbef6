"""`karma.prepare` on bad input, and on rows in any order and number. tests/python compares its columns with the page's."""

import contextlib
import importlib.util
import io
import shutil
import tempfile
import unittest
import unittest.mock
from pathlib import Path
from typing import Any

import numpy as np

from karma import prepare as module
from karma.columns import Log
from karma.prepare import js_number, main

HAS_ARROW = importlib.util.find_spec("pyarrow") is not None
USERS, ITEMS, EACH = 12, 9, 6


def events() -> dict[str, list[Any]]:
    """Every user has some events, one after the other."""
    rows = [(f"u{user}", f"i{(user * step) % ITEMS}", 100 * step + user + 1) for step in range(EACH) for user in range(USERS)]
    return dict(zip(("user_id", "item_id", "timestamp"), map(list, zip(*rows, strict=True)), strict=True))


def items() -> dict[str, list[Any]]:
    """Items with titles."""
    return {"item_id": [f"i{i}" for i in range(ITEMS)], "title": [f"cup {i}" for i in range(ITEMS)]}


@unittest.skipUnless(HAS_ARROW, "pyarrow is not installed: karma.prepare is left out")
class PrepareTest(unittest.TestCase):
    """Each test has a folder of its own."""

    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="karma-prepare-"))
        self.write("items.parquet", items())

    def tearDown(self) -> None:
        shutil.rmtree(self.folder)

    def write(self, name: str, columns: dict[str, list[Any]]) -> None:
        """A Parquet file of several row groups."""
        import pyarrow as arrow
        import pyarrow.parquet as parquet

        parquet.write_table(arrow.table(columns), self.folder / name, row_group_size=20)

    def run_here(self, *options: str, out: str = "log") -> tuple[int, str]:
        """(exit code, what it complained of)."""
        errors = io.StringIO()
        arguments = ["--events", str(self.folder / "events*.parquet"), "--items", str(self.folder / "items.parquet")]
        with contextlib.redirect_stderr(errors), contextlib.redirect_stdout(io.StringIO()):
            code = main([*arguments, "--out", str(self.folder / out), *options])
        return code, errors.getvalue()

    def complain(self, *words: str, options: tuple[str, ...] = ()) -> None:
        """It must end with 2, one line that has these words, and no log."""
        code, errors = self.run_here(*options)
        self.assertEqual((code, errors.count("\n"), errors.startswith("karma.prepare: ")), (2, 1, True), errors)
        for word in words:
            self.assertIn(word, errors)
        self.assertFalse((self.folder / "log" / "columns.json").exists())
        self.assertFalse((self.folder / "log" / "scratch").exists())

    def histories(self, log: Log) -> dict[str, list[str]]:
        """Items' IDs by user."""
        ids, users = log.texts("item_id"), log.texts("user_id")
        return {users[u]: [ids[i] for i in log.items_of(u, 0, log.span(u)[1] - log.span(u)[0])] for u in range(log.users)}

    def test_files_and_rows_in_any_order_give_the_same_histories(self) -> None:
        rows = events()
        self.write("events.parquet", rows)
        self.assertEqual(self.run_here(), (0, ""))
        first = Log(self.folder / "log", verify=True)
        self.assertEqual((first.users, first.items, first.events), (USERS, ITEMS, USERS * EACH))
        order = np.random.default_rng(0).permutation(USERS * EACH)
        mixed = {name: [values[at] for at in order] for name, values in rows.items()}
        self.write("events.parquet", {name: values[:17] for name, values in mixed.items()})
        self.write("events-2.parquet", {name: values[17:] for name, values in mixed.items()})
        with unittest.mock.patch.multiple(module, USERS_TOGETHER=5, BATCH_ROWS=7):
            self.assertEqual(self.run_here("--shard-rows", "10", out="mixed"), (0, ""))
        second = Log(self.folder / "mixed", verify=True)
        self.assertGreater(len(second.column("item").parts), 5)
        self.assertEqual(self.histories(first), self.histories(second))
        self.assertEqual(first.cold.tolist(), second.cold.tolist())

    def test_it_starts_again_after_it_was_killed_and_never_overwrites_a_log(self) -> None:
        self.write("events.parquet", events())
        scratch = self.folder / "log" / "scratch"
        scratch.mkdir(parents=True)
        (scratch / "users-00000").write_bytes(b"rows of the killed run")
        self.assertEqual(self.run_here(), (0, ""))
        before = (self.folder / "log" / "columns.json").read_bytes()
        code, errors = self.run_here()
        self.assertEqual(code, 2)
        self.assertIn("already contains a log; name another --out", errors)
        self.assertEqual((self.folder / "log" / "columns.json").read_bytes(), before)

    def test_no_file(self) -> None:
        self.complain("No file matches --events")

    def test_a_file_that_is_not_parquet(self) -> None:
        (self.folder / "events.parquet").write_text("user_id,item_id\n1,2\n", encoding="utf-8")
        self.complain("events.parquet cannot be read as Parquet")

    def test_a_column_that_only_one_of_two_files_lacks(self) -> None:
        self.write("events-1.parquet", events())
        self.write("events-2.parquet", {name: values for name, values in events().items() if name != "timestamp"})
        self.complain("events-2.parquet has no column timestamp; it has user_id, item_id", "--user USER_ID")

    def test_items_without_the_named_column(self) -> None:
        self.write("events.parquet", events())
        self.complain("items.parquet has no column sku; it has item_id, title", options=("--item-id", "sku"))

    def test_times_and_ratings_that_are_text(self) -> None:
        rows = events()
        self.write("events.parquet", rows | {"timestamp": [f"2024-01-0{1 + at % 9}" for at in range(len(rows["user_id"]))]})
        self.complain("The column of times holds string")
        self.write("events.parquet", rows | {"rating": ["good"] * len(rows["user_id"])})
        self.complain("The column of ratings holds string", options=("--rating", "rating", "--least-rating", "3"))

    def test_ids_that_are_lists(self) -> None:
        rows = events()
        self.write("events.parquet", rows | {"item_id": [[item] for item in rows["item_id"]]})
        self.complain("A column of IDs holds list")

    def test_nothing_that_is_left(self) -> None:
        rows = events()
        size = len(rows["user_id"])
        self.write("events.parquet", rows | {"user_id": [None if at % 2 else "" for at in range(size)]})
        self.complain(f"No event is left of {size} (no user: {size})")
        self.write("events.parquet", rows | {"item_id": ["unknown"] * size})
        self.complain(f"item without text: {size}")
        self.write("events.parquet", rows)
        self.complain(f"time that cannot be read: {size}", options=("--time-unit", "nanoseconds"))
        self.write("events.parquet", rows | {"timestamp": [5] * size})
        self.complain("No user has an event to test on")


class NumbersTest(unittest.TestCase):
    def test_numbers_are_written_as_javascript_writes_them(self) -> None:
        written = {1.5e9: "1500000000", -3.0: "-3", 0.25: "0.25", 1e20: "100000000000000000000", 5e-5: "0.00005", 5e-7: "5e-7"}
        self.assertEqual([js_number(value) for value in written], list(written.values()))


if __name__ == "__main__":
    unittest.main()
