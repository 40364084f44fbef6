import { expect, it } from 'vitest';
import { mostDifferentHead } from './headContrast';

it('finds the head that differs most, whichever of the two is larger', () => {
  expect(
    mostDifferentHead(
      [
        [0.1, 0.9],
        [0.2, 0.0],
      ],
      [
        [0.2, 0.8],
        [0.2, 0.7],
      ],
    ),
  ).toEqual([1, 1]);
});

it('takes the first in a tie, and none from an empty table', () => {
  expect(mostDifferentHead([[0.5, 0.5]], [[0.5, 0.5]])).toEqual([0, 0]);
  expect(mostDifferentHead([], [])).toBeNull();
});
