"""Items' tables cut over processes: the numbers are those of whole tables."""

import os
import shutil
import tempfile
import unittest
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file

from karma.processes import Processes
from karma.shards import Shards
from tests.forked import done, train_all
from tests.small_job import FEW, MODEL, run_of, write_job
from tests.test_trainer import counted, furthest

PROCESSES = int(os.environ.get("KARMA_PROCESSES", "2"))
OBJECTIVE = {"itemOutput": "content+id", "itemInput": "title+hidden+id"}


class Parts(Processes):
    """One of several processes that are asked one after the other: `gather` returns what it was given beforehand."""

    def gather(self, thing: Any) -> list[Any]:
        """The parts of all."""
        return self.known

    known: list[Any]


@unittest.skipUnless(MODEL.exists(), "needs public/models/wordnet-1m")
class ShardsTest(unittest.TestCase):
    def test_training_and_measures_are_those_of_whole_tables(self) -> None:
        self.compare("infonce", {}, {})

    def test_a_softmax_over_the_catalogue_is_that_of_whole_tables(self) -> None:
        # Two pieces of a batch on each process, and a trained baseline whose item embeddings are its input rows.
        self.compare("full", {"accumulate": 2}, {"sasrecSteps": 3})

    def compare(self, loss: str, training: dict[str, Any], evaluation: dict[str, Any]) -> None:
        """Trains with whole tables and with tables that are cut, first over `PROCESSES`, then over half as many."""
        folder = Path(tempfile.mkdtemp(prefix="karma-"))
        self.addCleanup(shutil.rmtree, folder)
        changes = {
            "objective": OBJECTIVE | {"actionLoss": loss},
            "training": {"steps": 4, "batchSize": 7} | training,
            "evaluation": FEW | evaluation,
        }
        recipe = write_job(folder, changes, karma={"lambdaItem": 0.3})
        common = [str(recipe), "--threads", "1", "--device", "cpu"]
        cut = [*common, "--shard-items", "--out", str(folder / "cut")]
        jobs = [
            (1, [*common, "--out", str(folder / "whole")], None),
            (PROCESSES, [*cut, "--checkpoint-steps", "3"], None),
            # As if killed: half as many processes read the rows that were written, and go on.
            (PROCESSES // 2, [*cut, "--any-world"], str(folder / "cut" / "arms" / "karma" / "arm.json")),
        ]
        code, printed = done(train_all, jobs)
        self.assertEqual(code, 0, printed)
        expected = run_of(folder / "whole")
        heads = load_file(folder / "whole" / "arms" / "karma" / "adapter" / "karma_heads.safetensors")
        # There must be something to cut.
        self.assertEqual({name: heads[name].shape[0] for name in "zu"}, {"z": 40, "u": 40})
        self.assertGreater(float(heads["z"].abs().max()), 1e-4)
        self.assertIn("continues after step 3", printed)
        found = run_of(folder / "cut")
        self.assertLess(furthest(expected, found), 1e-5)
        sasrec = [run["baselines"].pop("sasrec", None) for run in (expected, found)]
        self.assertEqual(found["baselines"], expected["baselines"])
        if sasrec[0] is not None:
            self.assertAlmostEqual(sasrec[0]["all"]["values"]["mrr"], sasrec[1]["all"]["values"]["mrr"], places=5)
        for whole, other in zip(expected["arms"][0]["evaluations"], found["arms"][0]["evaluations"], strict=True):
            self.assertEqual(whole["ranks"], other["ranks"])
            self.assertEqual(whole["targets"], other["targets"])
            self.assertEqual(whole["intervals"], other["intervals"])
            self.assertEqual(counted(whole), counted(other))
            self.assertEqual(
                [[top["title"] for top in reading["top"]] for reading in whole["readings"]],
                [[top["title"] for top in reading["top"]] for reading in other["readings"]],
            )
            for side in ("interest", "item"):
                np.testing.assert_allclose(other["spectra"][side], whole["spectra"][side], atol=1e-4)
            for measure in ("participation", "uniformity", "meanCosine", "rankMe"):
                for name in (f"{measure}Interest", f"{measure}Item"):
                    self.assertAlmostEqual(whole["values"][name], other["values"][name], delta=1e-4, msg=name)
        own = load_file(folder / "cut" / "arms" / "karma" / "adapter" / "karma_heads.safetensors")
        for matrix, values in heads.items():
            torch.testing.assert_close(own[matrix], values, rtol=1e-4, atol=1e-5)

    def test_equal_rows_are_scored_by_one_process(self) -> None:
        rows = torch.tensor([[1.0, 2.0], [0.0, 3.0], [1.0, 2.0], [5.0, 6.0], [-0.0, 3.0], [1.0, 2.0], [7.0, 8.0]])
        shards = [Shards(Parts(rank, 3, torch.device("cpu"), "gloo"), 7, active=True) for rank in range(3)]
        self.assertEqual([(one.begin, one.end) for one in shards], [(0, 3), (3, 6), (6, 7)])
        from karma.shards import _keys

        parts = [rows[one.begin : one.end] for one in shards]
        found = []
        for one, part in zip(shards, parts, strict=True):
            object.__setattr__(one.processes, "known", [_keys(other) for other in parts])
            different, items, place = one.distinct(part)
            assert items is not None
            torch.testing.assert_close(rows[items], different if place is None else different[place])
            found.append(items.tolist())
        self.assertEqual(found, [[0, 1, 2, 4, 5], [3], [6]])


if __name__ == "__main__":
    unittest.main()
