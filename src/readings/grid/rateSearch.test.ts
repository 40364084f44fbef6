import { expect, it } from 'vitest';
import { planGrid } from '../../experiment/grid/plan';
import type { CellResult } from '../../experiment/grid/results';
import { runSpecSchema } from '../../recipe/runSpec';
import { rateFound, rateSearch } from './rateSearch';

const spec = runSpecSchema.parse({
  model: { precision: 'f32' },
  data: { id: 'mine.csv' },
  training: { steps: 562, learningRate: 5e-4 },
});
const plan = planGrid(rateSearch(spec), 'mine');

/** As far as a search reads one. */
const result = (hr: number) => ({ summary: { watched: { 'hr@10': hr }, last: null } }) as unknown as CellResult;

it('tries half, once and twice the rate with the first arm, on a third of the steps', () => {
  expect(plan.cells.map(({ rate, variant }) => [rate, variant.arm.id])).toEqual([
    [2.5e-4, 'action'],
    [5e-4, 'action'],
    [1e-3, 'action'],
  ]);
  expect(plan.jobs.map(({ spec: { training } }) => training.steps)).toEqual([187, 187, 187]);
  expect(plan.jobs.every(({ spec: { evaluation } }) => evaluation.watch === 'validation')).toBe(true);
});

it('chooses the rate with the best HR on validation targets, once all have been tried', () => {
  const [low, same, high] = plan.cells;
  const results = new Map([
    [low!.key, result(0.2)],
    [same!.key, result(0.3)],
  ]);
  expect(rateFound(plan, results, new Set())).toBeNull();
  expect(rateFound(plan, results, new Set([high!.key]))).toEqual({
    rate: 5e-4,
    tried: [
      { rate: 2.5e-4, hr: 0.2 },
      { rate: 5e-4, hr: 0.3 },
      { rate: 1e-3, hr: null },
    ],
  });
  results.set(high!.key, result(0.4));
  expect(rateFound(plan, results, new Set())?.rate).toBe(1e-3);
});
