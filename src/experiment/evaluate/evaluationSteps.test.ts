import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runSpecSchema } from '../../recipe/runSpec';
import { evaluationSteps } from './evaluationSteps';

describe('evaluationSteps', () => {
  const at = (steps: number, evaluations: number, spacing: 'even' | 'early', cut?: number): number[] => {
    const spec = runSpecSchema.parse({ training: { steps }, evaluation: { evaluations, spacing } });
    return [...evaluationSteps({ spec, ...(cut !== undefined && { cut: { evaluations: cut } as never }) })];
  };

  it('spreads evaluations evenly and ends on the last step', () => {
    expect(at(100, 4, 'even')).toEqual([25, 50, 75, 100]);
    expect(at(7, 3, 'even')).toEqual([2, 5, 7]);
    expect(at(2, 10, 'even')).toEqual([1, 2]);
  });

  it('puts them closer at first on request', () => {
    expect(at(100, 3, 'early')).toEqual([19, 54, 100]);
    expect(at(400, 5, 'early')).toEqual([36, 101, 186, 286, 400]);
    expect(at(5, 5, 'early')).toEqual([1, 2, 3, 4, 5]);
    expect(at(10, 10, 'early', 2)).toEqual([4, 10]);
  });

  it('makes as many as it can, each after a step of its own, whatever their number and spacing', () => {
    const inputs = [
      fc.integer({ min: 1, max: 500 }),
      fc.integer({ min: 1, max: 200 }),
      fc.constantFrom('even', 'early'),
    ] as const;
    fc.assert(
      fc.property(...inputs, (steps, evaluations, spacing) => {
        const found = at(steps, evaluations, spacing);
        expect(found).toHaveLength(Math.min(steps, evaluations));
        expect(found).toEqual([...found].sort((a, b) => a - b));
        expect(found[0]).toBeGreaterThan(0);
        expect(found.at(-1)).toBe(steps);
      }),
    );
  });
});
