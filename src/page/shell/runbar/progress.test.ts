import { describe, expect, it } from 'vitest';
import { byTerm } from '../../../recipe/terms';
import type { StepColumns } from '../../../record/runRecord';
import { armProgress } from './progress';

function columns(seconds: readonly number[]): StepColumns {
  const fill = seconds.map(() => 1);
  return {
    step: seconds.map((_, i) => i + 1),
    seconds: [...seconds],
    examples: seconds.map((_, i) => 12 * (i + 1)),
    total: fill,
    action: fill,
    ...byTerm(() => fill),
    gradNorm: fill,
    learningRate: fill,
  };
}

describe('armProgress', () => {
  it('is empty before the first step', () => {
    expect(armProgress(columns([]))).toEqual({ step: 0, seconds: 0, examples: 0, rate: null });
  });

  it('computes the rate from the last steps', () => {
    const slowStart = [10, ...Array.from({ length: 30 }, (_, i) => 10 + 0.5 * (i + 1))];
    const progress = armProgress(columns(slowStart));
    expect(progress.step).toBe(31);
    expect(progress.rate).toBeCloseTo(2);
  });
});
