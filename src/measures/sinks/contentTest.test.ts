import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentTable, mapCorrelation, meanOfTables, permutation } from './contentTest';

describe('permutation', () => {
  it('has every item once and is never the original order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 20 }), fc.nat(), fc.nat(9), (size, seed, probe) => {
        const order = permutation(size, seed, probe, 1)!;
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, place) => place));
        expect(order.some((item, place) => item !== place)).toBe(true);
        expect(permutation(size, seed, probe, 1)).toEqual(order);
      }),
    );
    expect(permutation(1, 0, 0, 0)).toBeNull();
  });
});

/** [BOS] a b [EMB], from the weights among items: a on a, b on a, b on b. */
const map = (aa: number, ba: number, bb: number): Float32Array =>
  Float32Array.of(1, 0, 0, 0, 1 - aa, aa, 0, 0, 1 - ba - bb, ba, bb, 0, 0.7, 0.1, 0.1, 0.1);
const placed = (weights: Float32Array) => ({ map: weights, itemPositions: [1, 2] });

describe('mapCorrelation', () => {
  it('uses pairs of items only', () => {
    const first = map(0.5, 0.2, 0.2);
    const other = map(0.8, 0.2, 0.2);
    other[0] = 0.3;
    other[13] = 0.9;
    expect(mapCorrelation(placed(first), placed(other), 4)).toBeCloseTo(1, 6);
    expect(mapCorrelation(placed(map(0.5, 0.1, 0.3)), placed(map(0.1, 0.5, 0.3)), 4)).toBeCloseTo(-1, 6);
  });

  it('is 1 for two maps without variance, 0 with one', () => {
    expect(mapCorrelation(placed(map(0.2, 0.2, 0.2)), placed(map(0.4, 0.4, 0.4)), 4)).toBe(1);
    expect(mapCorrelation(placed(map(0.2, 0.2, 0.2)), placed(map(0.4, 0.1, 0.4)), 4)).toBe(0);
    expect(() => mapCorrelation(placed(map(0.2, 0.2, 0.2)), { map: map(0.2, 0.2, 0.2), itemPositions: [1] }, 4)).toThrow(
      RangeError,
    );
  });
});

describe('contentTable', () => {
  it('leaves out histories of one item', () => {
    const shape = { probes: 2, layers: 1, heads: 1, length: 4 };
    const attention = Float32Array.of(...map(0.5, 0.1, 0.3), ...map(0.5, 0.1, 0.3));
    const other = Float32Array.of(...map(0.1, 0.5, 0.3), ...map(0.5, 0.1, 0.3));
    const at = (itemPositions: number[][]) => ({ attention, itemPositions });
    const both = [[1, 2], [1]];
    expect(contentTable(at(both), { attention: other, itemPositions: both }, shape)?.[0]?.[0]).toBeCloseTo(-1, 6);
    expect(contentTable(at([[1], [1]]), at([[1], [1]]), shape)).toBeNull();
    expect(() => contentTable(at(both), at(both), { ...shape, layers: 2 })).toThrow(RangeError);
  });
});

describe('meanOfTables', () => {
  it('averages entry by entry', () => {
    expect(meanOfTables([[[0, 1]], [[1, 1]]])).toEqual([[0.5, 1]]);
    expect(meanOfTables([])).toBeNull();
  });
});
