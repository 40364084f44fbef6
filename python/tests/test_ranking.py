"""Metrics of ranks: intervals where resampling has nothing to resample, as in src/measures/ranking/ranking.test.ts."""

import unittest

import numpy as np

from karma.ranking import metrics


class Intervals(unittest.TestCase):
    """HR@K."""

    def test_without_spread(self) -> None:
        """No hits of 60, and nothing but hits: Clopper and Pearson's interval."""
        found = metrics(np.full(60, 11.0), [10, 20], 0)["intervals"]
        self.assertEqual(found["hr@10"][0], 0)
        self.assertAlmostEqual(found["hr@10"][1], 0.0596, 4)
        self.assertEqual(found["hr@20"][1], 1)
        self.assertAlmostEqual(found["hr@20"][0], 1 - 0.0596, 4)

    def test_too_few(self) -> None:
        """Fewer than two users have no interval."""
        self.assertEqual(metrics(np.empty(0), [10], 0)["intervals"], {})
        self.assertEqual(metrics(np.ones(1), [10], 0)["intervals"], {})
