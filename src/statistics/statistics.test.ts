import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeDifference, mean, meanInterval, pairedDifference, standardDeviation, standardError } from './statistics';
import { studentQuantile } from './studentT';

describe('studentQuantile', () => {
  // Published tables (NIST/SEMATECH e-Handbook 1.3.6.7.2), more digits from the closed forms for df 1 and 2.
  it.each([
    [0.975, 1, 12.7062047362],
    [0.975, 2, 4.3026527297],
    [0.975, 4, 2.7764451052],
    [0.975, 9, 2.2621571628],
    [0.95, 9, 1.8331129327],
    [0.995, 4, 4.6040948713],
    [0.975, 30, 2.0422724563],
    [0.975, 100, 1.9839715185],
    [0.975, 1e6, 1.959966],
  ])('at p = %f with %i degrees of freedom is %f', (p, df, expected) => {
    expect(studentQuantile(p, df)).toBeCloseTo(expected, df > 1000 ? 5 : 9);
  });

  it('agrees with the closed forms for 1, 2 and 4 degrees of freedom', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }), (p) => {
        const a = 4 * p * (1 - p);
        const close = (actual: number, expected: number): void => {
          expect(Math.abs(actual - expected)).toBeLessThan(1e-8 * Math.max(1, Math.abs(expected)));
        };
        close(studentQuantile(p, 1), Math.tan(Math.PI * (p - 0.5)));
        close(studentQuantile(p, 2), (2 * p - 1) * Math.sqrt(2 / a));
        const q = Math.cos(Math.acos(Math.sqrt(a)) / 3) / Math.sqrt(a);
        close(studentQuantile(p, 4), Math.sign(p - 0.5) * 2 * Math.sqrt(Math.max(0, q - 1)));
      }),
    );
  });

  it('is odd around the median and rejects what has no quantile', () => {
    expect(studentQuantile(0.5, 3)).toBe(0);
    expect(studentQuantile(0.025, 7)).toBeCloseTo(-studentQuantile(0.975, 7), 10);
    for (const [p, df] of [
      [0, 3],
      [1, 3],
      [0.5, 0],
      [NaN, 3],
    ] as const) {
      expect(() => studentQuantile(p, df)).toThrow(RangeError);
    }
  });
});

describe('means and intervals', () => {
  it('match values computed by hand', () => {
    const values = [1, 2, 3];
    expect(mean(values)).toBe(2);
    expect(standardDeviation(values)).toBe(1);
    expect(standardError(values)).toBeCloseTo(1 / Math.sqrt(3), 12);
    const { mean: centre, low, high, n } = meanInterval(values);
    expect([centre, n]).toEqual([2, 3]);
    expect(low).toBeCloseTo(2 - 4.302653 / Math.sqrt(3), 5);
    expect(high).toBeCloseTo(2 + 4.302653 / Math.sqrt(3), 5);
  });

  it('have no spread for one value and no mean for none', () => {
    expect(meanInterval([5])).toEqual({ mean: 5, low: null, high: null, n: 1 });
    expect(standardError([5])).toBeNull();
    expect(() => mean([])).toThrow(RangeError);
  });
});

describe('paired differences', () => {
  it('summarise treatment − control', () => {
    const summary = pairedDifference([0.31, 0.33, 0.32], [0.3, 0.3, 0.3]);
    expect(summary.mean).toBeCloseTo(0.02, 12);
    expect(summary.sd).toBeCloseTo(0.01, 12);
    expect(summary.standardError).toBeCloseTo(0.01 / Math.sqrt(3), 12);
    expect(summary.low).toBeCloseTo(0.02 - (4.302653 * 0.01) / Math.sqrt(3), 6);
    expect(() => pairedDifference([1], [1, 2])).toThrow(RangeError);
  });

  it('are distinguishable only when the interval excludes 0', () => {
    expect(describeDifference([2, 2.1, 1.9], [1, 1, 1])).toMatchObject({ n: 3, distinguishable: true });
    expect(describeDifference([1, 1, 1], [2, 2.1, 1.9]).distinguishable).toBe(true);
    expect(describeDifference([2, -2, 1], [1, 1, 1]).distinguishable).toBe(false);
    // One seed is no evidence, and zero differences are no difference.
    expect(describeDifference([2], [1])).toEqual({ difference: 1, low: null, high: null, n: 1, distinguishable: false });
    expect(describeDifference([1, 1], [1, 1]).distinguishable).toBe(false);
  });

  it('change sign with the order of the arms', () => {
    const pairs = fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 })), { minLength: 2 });
    fc.assert(
      fc.property(pairs, (values) => {
        const a = values.map(([x]) => x);
        const b = values.map(([, y]) => y);
        const forth = describeDifference(a, b);
        const back = describeDifference(b, a);
        expect(back.difference).toBeCloseTo(-forth.difference, 9);
        expect(back.low).toBeCloseTo(-forth.high!, 9);
        expect(back.distinguishable).toBe(forth.distinguishable);
      }),
    );
  });
});
