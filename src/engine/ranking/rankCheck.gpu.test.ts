import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { floats, integers } from '../../testing/kernelBench';
import { checkRanks, ImpossibleRanksError } from './rankCheck';

const E = 8;

function ranked(users: number, items: number, seed: number) {
  const interest = floats(users * E, seed);
  const table = floats(items * E, seed + 1);
  const targets = integers(users, seed + 2, items);
  const masked = Array.from({ length: users }, (_, user) => [...integers(3, seed + 3 + user, items)]);
  const score = (user: number, item: number): number => {
    let sum = 0;
    for (let c = 0; c < E; c++) sum = Math.fround(sum + Math.fround(interest[user * E + c]! * table[item * E + c]!));
    return sum;
  };
  const above = new Uint32Array(users);
  const equal = new Uint32Array(users);
  for (let user = 0; user < users; user++) {
    for (let item = 0; item < items; item++) {
      if (item === targets[user] || masked[user]!.includes(item)) continue;
      above[user]! += Number(score(user, item) > score(user, targets[user]!));
      equal[user]! += Number(score(user, item) === score(user, targets[user]!));
    }
  }
  return { counts: { above, equal }, users: { interest, targets, masked }, table };
}

describe('checkRanks', () => {
  it('accepts whatever float32 scores give', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 200 }), fc.nat(), (users, items, seed) => {
        const { counts, users: of, table } = ranked(users, items, seed);
        checkRanks(counts, of, table);
      }),
    );
  });

  it('accepts correct ties', () => {
    const { users, table } = ranked(3, 50, 1);
    table.fill(0.5);
    const equal = Uint32Array.from(users.masked, (masked, user) => {
      const left = new Set(masked);
      left.delete(users.targets[user]!);
      return 49 - left.size;
    });
    checkRanks({ above: new Uint32Array(3), equal }, users, table);
  });

  it('refuses the ranks of a kernel that did nothing, and counts beyond the catalogue', () => {
    const { counts, users, table } = ranked(5, 100, 7);
    const nothing = { above: new Uint32Array(5), equal: new Uint32Array(5) };
    expect(() => {
      checkRanks(nothing, users, table);
    }).toThrow(ImpossibleRanksError);
    expect(() => {
      checkRanks({ ...counts, above: counts.above.map((count) => count + 200) }, users, table, null, () => 0);
    }).toThrow('user 1');
  });

  it('finds a wrong rank of any user, by chance', () => {
    const { counts, users, table } = ranked(5, 100, 7);
    for (let wrong = 0; wrong < 5; wrong++) {
      const above = counts.above.map((count, user) => (user === wrong ? count + 200 : count));
      const drawn = (user: number) => (): void => {
        checkRanks({ ...counts, above }, users, table, null, () => user / 5);
      };
      expect(drawn(wrong)).toThrow(`user ${wrong + 1}`);
      expect(drawn((wrong + 1) % 5)).not.toThrow();
    }
  });
});
