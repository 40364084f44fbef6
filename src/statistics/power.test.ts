import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import fixtures from './fixtures/statistics.json';
import { detectableDifference, pairedPower, seedsNeeded } from './power';

describe('against scipy', () => {
  it.each(fixtures.powers)('power of $n pairs for $ratio deviations at $alpha', ({ n, ratio, alpha, power }) => {
    expect(pairedPower(ratio, n, { sd: 1, alpha })).toBeCloseTo(power, 9);
    expect(pairedPower(-3 * ratio, n, { sd: 3, alpha })).toBeCloseTo(power, 9);
  });
});

describe('power', () => {
  const sds = fc.double({ min: 1e-3, max: 1e3, noNaN: true });

  it('equals the level without a difference, and grows with difference and pairs', () => {
    expect(pairedPower(0, 5, { sd: 1 })).toBeCloseTo(0.05, 9);
    fc.assert(
      fc.property(sds, fc.integer({ min: 2, max: 60 }), fc.double({ min: 0, max: 3, noNaN: true }), (sd, n, ratio) => {
        const power = pairedPower(ratio * sd, n, { sd });
        expect(power).toBeGreaterThanOrEqual(0.05 - 1e-9);
        expect(pairedPower(1.1 * ratio * sd, n, { sd })).toBeGreaterThanOrEqual(power - 1e-9);
        expect(pairedPower(ratio * sd, n + 1, { sd })).toBeGreaterThanOrEqual(power - 1e-9);
        expect(pairedPower(ratio * sd, n, { sd, alpha: 0.01 })).toBeLessThanOrEqual(power + 1e-9);
      }),
    );
    expect(pairedPower(1e6, 5, { sd: 1 })).toBe(1);
    expect(pairedPower(1, 1, { sd: 1 })).toBe(0);
  });

  it('is 0.8 at the detectable difference, and the number of seeds that a difference needs is minimal', () => {
    fc.assert(
      fc.property(sds, fc.integer({ min: 2, max: 40 }), (sd, n) => {
        const seen = detectableDifference(n, { sd })!;
        expect(pairedPower(seen, n, { sd })).toBeCloseTo(0.8, 6);
        expect(seedsNeeded(seen * (1 + 1e-9), { sd })).toBe(n);
      }),
      { numRuns: 30 },
    );
    expect(detectableDifference(1, { sd: 1 })).toBeNull();
    expect(seedsNeeded(0, { sd: 1 })).toBeNull();
    expect(seedsNeeded(1e-3, { sd: 1 })).toBeNull();
  });
});
