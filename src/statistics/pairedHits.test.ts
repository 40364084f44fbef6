import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareHits } from './pairedHits';

/** Targets that only one, only the other, both or neither of two rankings hit. */
function hits(only: number, other: number, both: number, neither: number): [boolean[], boolean[]] {
  const list = (...parts: readonly (readonly [number, boolean])[]): boolean[] =>
    parts.flatMap(([n, hit]) => new Array<boolean>(n).fill(hit));
  return [
    list([only, true], [other, false], [both, true], [neither, false]),
    list([only, false], [other, true], [both, true], [neither, false]),
  ];
}

describe('compareHits', () => {
  it('does not take few users who differ for a difference: its interval agrees with the exact test', () => {
    // By Student’s interval alone, +6.3 points [0.2, 12.3].
    const found = compareHits(...hits(7, 3, 0, 54))!;
    expect(found.p).toBeCloseTo(0.34375, 9);
    const single = compareHits(...hits(4, 0, 3, 57))!;
    expect(single.p).toBeCloseTo(0.125, 9);
    expect([single.difference, single.low < 0]).toEqual([4 / 64, true]);
  });

  it('finds 9 against 22 of 64 apart, whose intervals overlap', () => {
    const found = compareHits(...hits(17, 4, 5, 38))!;
    expect(found.p).toBeLessThan(0.01);
    expect(found.low).toBeGreaterThan(0);
  });

  it('has an interval that includes 0 exactly where the test finds nothing', () => {
    const counts = fc.integer({ min: 0, max: 40 });
    fc.assert(
      fc.property(counts, counts, counts, counts, fc.boolean(), (a, b, both, neither, owned) => {
        const lists = hits(a, b, both, neither);
        const owners = owned ? lists[0].map((_, target) => target % 17) : undefined;
        const found = compareHits(...lists, owners);
        if (found === null) return;
        expect(found.low).toBeLessThanOrEqual(found.difference);
        expect(found.high).toBeGreaterThanOrEqual(found.difference);
        if (found.p >= 0.05) expect(found.low <= 0 && found.high >= 0).toBe(true);
      }),
    );
  });

  it('takes the targets of a user together', () => {
    const [own, other] = hits(12, 2, 10, 76);
    const alone = compareHits(own, other)!;
    // The twelve are two users’ baskets.
    const owners = own.map((_, target) => (target < 12 ? Math.floor(target / 6) : target));
    const together = compareHits(own, other, owners)!;
    expect(alone.p).toBeLessThan(0.05);
    expect(together.p).toBeGreaterThan(0.2);
    expect([together.targets, together.users]).toEqual([100, 90]);
    expect(together.difference).toBeCloseTo(alone.difference, 12);
    expect(together.low).toBeLessThan(0);
    expect(compareHits(own, other, owners.slice(1))).toBeNull();
    expect(compareHits(own.slice(0, 6), other.slice(0, 6), owners.slice(0, 6))).toBeNull();
  });
});
