import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluation } from '../testing/smallRecord';
import { bootstrapMean, compareOverSeeds, compareOverUsers, pText, shareInterval } from './comparison';
import { randomisationTest } from './hypothesis';
import { bootstrapHitIntervals } from '../measures/ranking/ranking';
import { BANDS, seedBand } from './seedBand';

const bySeed = (values: readonly number[], first = 0) => new Map(values.map((value, i) => [first + i, value]));

describe('compareOverSeeds', () => {
  const baseline = bySeed([1, 2, 3, 4]);

  it('pairs by seed, tests against 0, and corrects for the number of arms', () => {
    const clear = bySeed([2, 3.1, 3.9, 5]);
    const vague = bySeed([2, 1, 4, 3]);
    const [first, second] = compareOverSeeds(baseline, [clear, vague]);
    const [alone] = compareOverSeeds(baseline, [clear]);
    // Differences 1, 1.1, 0.9, 1: t = 1/(0.0816/2) = 24.49 on 3 degrees of freedom.
    expect(alone?.p).toBeCloseTo(0.000149, 6);
    expect(alone?.adjusted).toBe(alone?.p);
    expect(first?.adjusted).toBeCloseTo(2 * first!.p!, 12);
    expect(first?.distinguishable).toBe(true);
    expect(first?.effect?.g).toBeGreaterThan(1);
    expect(second).toMatchObject({ difference: 0, distinguishable: false, n: 4 });
  });

  it('uses only seeds that both have', () => {
    expect(compareOverSeeds(baseline, [bySeed([9], 3), bySeed([9], 4)])).toMatchObject([
      { n: 1, difference: 5, low: null },
      null,
    ]);
  });

  it('finds nothing without spread, which would make luck look certain', () => {
    expect(compareOverSeeds(baseline, [bySeed([2, 3, 4, 5])])).toMatchObject([
      { difference: 1, low: null, high: null, p: null, distinguishable: false },
    ]);
    // One hit more of 100,000 in every seed: 0.50001 − 0.5 and its like, which rounding makes differ.
    const hits = (more: number): Map<number, number> => bySeed([50_000, 49_123, 60_321].map((count) => (count + more) / 100_000));
    expect(compareOverSeeds(hits(0), [hits(1)])).toMatchObject([{ n: 3, p: null, distinguishable: false }]);
  });

  it('counts arms without spread in the family', () => {
    const [one] = compareOverSeeds(baseline, [bySeed([2, 2.9, 4.2, 5]), bySeed([2, 3, 4, 5]), bySeed([1, 2, 3, 4])]);
    expect(one!.adjusted).toBeCloseTo(Math.min(1, 3 * one!.p!), 12);
  });

  it('correction never makes an arm easier to distinguish', () => {
    const values = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(values, { minLength: 1, maxLength: 5 }), (arms) => {
        for (const one of compareOverSeeds(
          baseline,
          arms.map((list) => bySeed(list)),
        )) {
          if (one?.p != null) expect(one.adjusted!).toBeGreaterThanOrEqual(one.p);
        }
      }),
    );
  });
});

describe('compareOverUsers', () => {
  const ranked = (ranks: number[]) => evaluation(1, 0.5, { ranks });

  it('counts users with a hit in only one arm', () => {
    const found = compareOverUsers(ranked([1, 1, 1, 1, 99]), ranked([99, 99, 99, 1, 99]), 10)!;
    expect(found).toMatchObject({ users: 5, difference: 3 / 5 });
    expect(found.p).toBeCloseTo(0.25, 12);
    expect(found.low).toBeLessThan(3 / 5);
    expect(compareOverUsers(ranked([1]), ranked([1, 2]), 10)).toBeNull();
  });

  it('for many users, the sign test equals counting all flips', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(-1, 0, 1), { minLength: 1, maxLength: 11 }), (differences) => {
        const n = differences.length;
        const observed = Math.abs(differences.reduce<number>((a, b) => a + b, 0));
        let hits = 0;
        for (let flips = 0; flips < 1 << n; flips++) {
          const sum = differences.reduce<number>((total, value, i) => total + (((flips >> i) & 1) === 1 ? -value : value), 0);
          if (Math.abs(sum) >= observed) hits++;
        }
        expect(randomisationTest(differences).p).toBeCloseTo(hits / 2 ** n, 12);
      }),
    );
  });
});

describe('bootstrapMean', () => {
  it('equals the interval of HR for hits, since both draw the same users', () => {
    const ranks = Array.from({ length: 40 }, (_, i) => (i * 7) % 23);
    const interval = bootstrapMean(ranks.map((rank) => Number(rank <= 5)))!;
    expect(interval[0]).toBeCloseTo(bootstrapHitIntervals(ranks, [5])['5']![0], 12);
    expect(interval[1]).toBeCloseTo(bootstrapHitIntervals(ranks, [5])['5']![1], 12);
  });
  it('is null for one value', () => {
    expect([bootstrapMean([1]), bootstrapMean([])]).toEqual([null, null]);
    expect(compareOverUsers({ ranks: [1] }, { ranks: [50] }, 10)).toBeNull();
  });
});

describe('values without spread', () => {
  it('have Clopper and Pearson’s interval, which those with spread do not', () => {
    const [low, high] = shareInterval(new Array<number>(60).fill(0))!;
    expect([low, Number(high.toFixed(4))]).toEqual([0, 0.0596]);
    const [least, most] = shareInterval([1, 1, 1])!;
    expect([Number(least.toFixed(4)), most]).toEqual([0.2924, 1]);
    expect(shareInterval([0, 1, 1])).toEqual(bootstrapMean([0, 1, 1]));
    expect(shareInterval([1])).toBeNull();
  });
  it('leave a difference possible where no user differs', () => {
    const ranks = new Array<number>(60).fill(50);
    const { difference, low, high, p } = compareOverUsers({ ranks }, { ranks }, 10)!;
    expect([difference, Number(low.toFixed(4)), Number(high.toFixed(4)), p]).toEqual([0, -0.0596, 0.0596, 1]);
  });
});

describe('seedBand', () => {
  it('is what its name says, and null with one seed', () => {
    const values = [1, 2, 3, 6];
    const sd = Math.sqrt((4 + 1 + 0 + 9) / 3);
    expect(seedBand(values, 'sd').high).toBeCloseTo(3 + sd);
    expect(seedBand(values, 'se').low).toBeCloseTo(3 - sd / 2);
    // t of 3 degrees of freedom at 0.975.
    expect(seedBand(values, 't95').high).toBeCloseTo(3 + (3.182446305 * sd) / 2, 6);
    expect(seedBand([0, 0, 0], 't95')).toEqual({ mean: 0, low: 0, high: 0, n: 3 });
    expect(seedBand(values, 'range')).toEqual({ mean: 3, low: 1, high: 6, n: 4 });
    for (const kind of BANDS) expect(seedBand([4], kind)).toEqual({ mean: 4, low: null, high: null, n: 1 });
  });
});

describe('pText', () => {
  it('formats p as in papers', () => {
    expect([0.0004, 0.0312, 0.25].map(pText)).toEqual(['p < .001', 'p = .031', 'p = .25']);
  });
});
