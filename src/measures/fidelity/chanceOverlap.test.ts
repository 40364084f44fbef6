import { expect, it } from 'vitest';
import { canDiffer, chanceOverlap, jaccard, OVERLAP_K } from './semanticOverlap';

it('is about what two random lists share', () => {
  const draw = (count: number): Set<number> => {
    const chosen = new Set<number>();
    while (chosen.size < OVERLAP_K) chosen.add(Math.floor(count * Math.random()));
    return chosen;
  };
  for (const count of [60, 200, 1000]) {
    const found = Array.from({ length: 300 }, () => jaccard(draw(count), draw(count)));
    expect(found.reduce((sum, one) => sum + one, 0) / found.length).toBeCloseTo(chanceOverlap(count), 1.5);
  }
  expect(chanceOverlap(50)).toBe(1);
  expect([canDiffer(50), canDiffer(51)]).toEqual([false, true]);
});
