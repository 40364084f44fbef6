import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import fixtures from './fixtures/statistics.json';
import { effectSize, holm, pairedTTest, randomisationTest } from './hypothesis';
import { pairedDifferences, meanInterval } from './statistics';

const differences = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 9 });

describe('against scipy', () => {
  it.each(fixtures.paired)(
    'paired test of $treatment.length pairs',
    ({ treatment, control, t, df, p, interval, randomisation }) => {
      const d = pairedDifferences(treatment, control);
      const test = pairedTTest(d)!;
      expect(test.df).toBe(df);
      expect(test.t).toBeCloseTo(t, 9);
      expect(test.p).toBeCloseTo(p, 9);
      const { low, high } = meanInterval(d);
      expect(low).toBeCloseTo(interval[0]!, 9);
      expect(high).toBeCloseTo(interval[1]!, 9);
      if (randomisation !== undefined) expect(randomisationTest(d)).toEqual({ p: randomisation, exact: true });
    },
  );

  it.each(fixtures.holm)('Holm’s correction of $p', ({ p, adjusted }) => {
    holm(p).forEach((value, i) => {
      expect(value).toBeCloseTo(adjusted[i]!, 12);
    });
  });

  it.each(fixtures.effects)('effect size $g', ({ differences: d, g, interval }) => {
    const size = effectSize(d)!;
    expect([size.g, size.low, size.high].map((value) => value.toFixed(9))).toEqual(
      [g, ...interval].map((value) => value.toFixed(9)),
    );
  });
});

describe('randomisationTest', () => {
  it('does not depend on the sign of all differences, and never gives less than the smallest possible p', () => {
    fc.assert(
      fc.property(differences, (d) => {
        const { p } = randomisationTest(d);
        expect(randomisationTest(d.map((value) => -value)).p).toBe(p);
        expect(p).toBeGreaterThanOrEqual(d.every((value) => value === 0) ? 1 : 2 / 2 ** d.length);
        expect(p).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('samples flips for many pairs, reproducibly for a seed, near the exact answer', () => {
    const d = Array.from({ length: 13 }, (_, i) => ((i * 7) % 13) / 13 - 0.3);
    const sampled = randomisationTest(d, { seed: 5 });
    expect(sampled.exact).toBe(false);
    expect(randomisationTest(d, { seed: 5 })).toEqual(sampled);
    // All 8192 flips, computed directly.
    let hits = 0;
    const observed = Math.abs(d.reduce((a, b) => a + b)) - 1e-12;
    for (let flips = 0; flips < 8192; flips++)
      if (Math.abs(d.reduce((sum, value, i) => sum + (((flips >> i) & 1) === 1 ? -value : value), 0)) >= observed) hits++;
    expect(Math.abs(sampled.p - hits / 8192)).toBeLessThan(0.02);
  });
});

describe('without spread', () => {
  it('there is no t and no effect size, and p is 1 for equal arms', () => {
    expect(pairedTTest([0.3])).toBeNull();
    expect(pairedTTest([0.2, 0.2])).toBeNull();
    expect(effectSize([0.2, 0.2, 0.2])).toBeNull();
    expect(randomisationTest([0, 0, 0])).toEqual({ p: 1, exact: true });
  });

  it('arms of different lengths are refused', () => {
    expect(() => pairedDifferences([1, 2], [1])).toThrow('2 treatment values but 1 control values');
  });
});
