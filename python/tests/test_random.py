"""Random streams: numbers of the engine (src/log/random.ts), and properties of what it has no part in."""

import unittest

import numpy as np

from karma.random import fork_random, scattered


class RandomTest(unittest.TestCase):
    def test_numbers_are_the_engines(self) -> None:
        random = fork_random(0, "test")
        # The snapshot of src/log/random.test.ts.
        self.assertEqual([random.integer(1000) for _ in range(3)], [561, 535, 900])

    def test_many_at_once_are_the_same_as_one_by_one(self) -> None:
        one, many = fork_random(7, "a", 3), fork_random(7, "a", 3)
        self.assertEqual([one.uniform() for _ in range(50)], many.uniforms(50).tolist())
        singles = [one.normal() for _ in range(9)]
        np.testing.assert_allclose(np.concatenate([many.normals(3), many.normals(1), many.normals(5)]), singles, rtol=1e-15)
        self.assertEqual(one.uniform(), many.uniform())

    def test_shuffles_lists_and_arrays_alike(self) -> None:
        as_list = fork_random(1, "order", 0).shuffle(list(range(100)))
        as_array = fork_random(1, "order", 0).shuffle(np.arange(100))
        self.assertEqual(as_list, as_array.tolist())
        self.assertEqual(sorted(as_list), list(range(100)))

    def test_a_scattered_order_is_a_permutation(self) -> None:
        for size in (1, 2, 3, 17, 1000):
            order = [scattered(5, "order/0", size, place) for place in range(size)]
            self.assertEqual(sorted(order), list(range(size)))
        self.assertNotEqual(
            [scattered(5, "order/0", 1000, p) for p in range(9)], [scattered(5, "order/1", 1000, p) for p in range(9)]
        )


if __name__ == "__main__":
    unittest.main()
