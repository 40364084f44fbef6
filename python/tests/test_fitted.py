"""Heads fitted before the first step. Their start, losses and gradients are compared with the engine's in src/engine/headStart/headFit.test.ts."""

import unittest

from karma.fitted import means_of


class LossesTest(unittest.TestCase):
    def test_means_of_ten_and_of_the_rest(self) -> None:
        self.assertEqual(means_of([1.0] * 10 + [5.0, 7.0]), [1.0, 6.0])
        self.assertEqual(means_of([3.0]), [3.0])
