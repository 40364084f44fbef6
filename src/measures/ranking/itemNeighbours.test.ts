import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Split } from '../../log/types';
import { logOf } from '../../testing/smallLogs';
import { ItemNeighbours } from './itemNeighbours';

/** Training users with these items; nothing else matters here. */
function neighboursOf(users: readonly (readonly number[])[], items: number): ItemNeighbours {
  const log = logOf(users, items);
  const split: Split = {
    train: users.map((history, user) => ({ user, end: history.length })),
    validation: [],
    test: [],
    cold: new Uint8Array(items),
  };
  return new ItemNeighbours(log, split);
}

it('gives the same scores for a history in any order, to the last bit', () => {
  const users = fc.array(fc.array(fc.nat(30), { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 60 });
  const order = fc.shuffledSubarray(
    Array.from({ length: 31 }, (_, i) => i),
    { minLength: 3 },
  );
  fc.assert(
    fc.property(users, order, (histories, history) => {
      const neighbours = neighboursOf(histories, 31);
      const sorted = neighbours.scores([...history].sort((a, b) => a - b));
      expect(new Map([...neighbours.scores(history)].sort())).toEqual(new Map([...sorted].sort()));
    }),
  );
});

it('ties sums that are equal in exact arithmetic', () => {
  // Item 0 is bought by 2 users, 3 with 0 by one of 1: 1/√2. Item 1 by 3 users, all of whom bought 4, which 6
  // did: 3/√18 = 1/√2.
  const users = [[0, 3], [0], [1, 4], [1, 4], [1, 4], [4], [4], [4]];
  const scores = neighboursOf(users, 5).scores([0, 1]);
  expect(1 / Math.sqrt(2)).not.toBe(3 / Math.sqrt(18));
  expect(scores.get(3)).toBe(scores.get(4));
});
