"""The trained baseline: when it stops, which state it is ranked in, which rate is chosen (src/experiment/evaluate/sasrecTuning.test.ts)."""

import shutil
import tempfile
import unittest
from pathlib import Path
from typing import Any

from karma.sasrec import best_of, chosen_of, evaluated_after, is_over
from karma.train import main
from tests.small_job import FEW, MODEL, run_of, write_job


class StoppingTest(unittest.TestCase):
    def test_evaluations_are_twenty_or_one_after_each_step(self) -> None:
        self.assertEqual(evaluated_after(1000), list(range(50, 1001, 50)))
        self.assertEqual(evaluated_after(3), [1, 2, 3])
        self.assertEqual(evaluated_after(30), [2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18, 20, 21, 23, 24, 26, 27, 29, 30])

    def test_three_in_a_row_that_are_not_above_the_best_end_a_training(self) -> None:
        hits = [0.1, 0.3, 0.2, 0.3, 0.3, 0.9]
        self.assertEqual([is_over(hits[:n]) for n in range(6)], [False] * 5 + [True])
        self.assertFalse(is_over([0.0]))
        self.assertFalse(is_over([0.0, 0.0, 0.0, 0.1, 0.05, 0.05]))
        self.assertEqual(best_of(hits[:5]), 1)

    def test_the_rate_with_the_best_evaluation_is_chosen_and_the_earlier_in_a_tie(self) -> None:
        def tried(*pairs: tuple[int, float]) -> list[dict[str, Any]]:
            return [{"setting": {"learningRate": 1.0, "step": step}, "hr": hr} for step, hr in pairs]

        self.assertEqual(chosen_of(tried((10, 0.2), (5, 0.5), (10, 0.5))), 1)
        # One whose loss stopped being a number before it was evaluated is none.
        self.assertEqual(chosen_of(tried((0, 0.0), (5, 0.0))), 1)


@unittest.skipUnless(MODEL.exists(), "needs public/models/wordnet-1m")
class TunedTest(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="karma-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def trained(self, trials: int) -> dict[str, Any]:
        # The watched targets are those that it is tuned on.
        evaluation = FEW | {
            "sampleUsers": 30,
            "finalUsers": 30,
            "watch": "validation",
            "sasrecSteps": 40,
            "baselineTrials": trials,
        }
        recipe = write_job(self.folder, {"training": {"steps": 1, "batchSize": 8}, "evaluation": evaluation})
        self.assertEqual(main([str(recipe), "--threads", "1", "--out", str(self.folder / f"{trials}")]), 0)
        found: dict[str, Any] = run_of(self.folder / f"{trials}")["baselines"]["sasrec"]
        return found

    def test_it_is_ranked_in_its_best_state_whatever_was_trained_after_it(self) -> None:
        found = self.trained(3)
        tried, chosen = found["tuning"]["tried"], found["tuning"]["chosen"]
        self.assertEqual([one["setting"]["learningRate"] for one in tried], [1e-3, 3e-3, 3e-4])
        self.assertEqual(tried[chosen]["hr"], max(one["hr"] for one in tried))
        self.assertLess(tried[2]["hr"], tried[chosen]["hr"])
        self.assertEqual({"learningRate": found["learningRate"], "step": found["steps"]}, tried[chosen]["setting"])
        self.assertAlmostEqual(found["sample"]["values"]["hr@10"], tried[chosen]["hr"], places=12)
        # Each rate begins anew.
        self.assertEqual(self.trained(1)["tuning"]["tried"], tried[:1])


if __name__ == "__main__":
    unittest.main()
