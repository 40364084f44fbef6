import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jaccard, overlaps, summariseOverlap } from './semanticOverlap';

it('overlaps computed by hand: two targets, three items retrieved for each', () => {
  // Texts: 0 {a b}, 1 {a c}, 2 {d}, 3 {a b c}, 4 {} (only EOS).
  const tokens = [new Set([1, 2]), new Set([1, 3]), new Set([4]), new Set([1, 2, 3]), new Set<number>()];
  const targets = [
    { item: 0, nearest: new Set([0, 1, 3]) },
    { item: 4, nearest: new Set([4, 2]) },
  ];
  const retrieved = [
    [0, 3, 2],
    [4, 0, 1],
  ];
  const found = overlaps(retrieved, targets, tokens);
  // {0 3 2} and {0 1 3}: 2 of 4. {4 0 1} and {4 2}: 1 of 4.
  expect([...found.space]).toEqual([0.5, 0.25]);
  // With {a b}: 1, 2/3, 0. With {}: 1, 0, 0.
  expect(found.tokens[0]).toBeCloseTo((1 + 2 / 3 + 0) / 3, 12);
  expect(found.tokens[1]).toBeCloseTo(1 / 3, 12);
  const summary = summariseOverlap(found, 1);
  expect(summary).toMatchObject({
    overlapTargets: 2,
    values: { 'js50-space': 0.375 },
    intervals: { 'js50-space': [0.25, 0.5] },
  });
  expect(summary.values['js50-tokens']).toBeCloseTo((5 / 9 + 1 / 3) / 2, 12);
});

it('is symmetric, 1 with itself, and 0 with nothing in common', () => {
  const sets = fc.array(fc.nat(9)).map((values) => new Set(values));
  fc.assert(
    fc.property(sets, sets, (a, b) => {
      expect(jaccard(a, b)).toBe(jaccard(b, a));
      expect(jaccard(a, a)).toBe(1);
      const union = new Set([...a, ...b]).size;
      if (union > 0) expect(jaccard(a, b)).toBeCloseTo([...a].filter((one) => b.has(one)).length / union, 12);
    }),
  );
});
