import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import packageJson from '../../../package.json';
import { ratesSvg } from '../../cli/ratesSvg';
import { mainMeasures } from '../../measures/measures';
import { gridSchema } from '../../experiment/grid/gridSpec';
import { planGrid, type GridPlan } from '../../experiment/grid/plan';
import { OVER_RATES, rateLines } from './rateLines';
import { finishedCells, type CellResult } from '../../experiment/grid/results';

const axis = { path: 'training.learningRate', values: [0.01, 0.001] };
const [hr] = mainMeasures([10]).filter(({ id }) => id === 'hr@10');

/** Results of the first `count` jobs; an arm ends at its rate, plus a hundredth a seed. */
function resultsOf(plan: GridPlan, count: number): Map<string, CellResult> {
  return finishedCells(
    plan.jobs.slice(0, count).map(({ id, spec }) => ({
      ...{ id, spec, appVersion: packageJson.version, data: { hash: 'h' }, complete: true, adapter: 'gpu', wallSeconds: 1 },
      arms: spec.arms.map((arm) => ({
        ...{ id: arm.id, steps: 10, seconds: 1, best: {}, watched: {} },
        last: {
          ...{ step: 10, population: 'all' as const, users: 9 },
          values: { 'hr@10': spec.training.learningRate + spec.seed / 100, firstHalfSinkRate: 0.1, lmDrift: 1 },
        },
      })),
    })),
  );
}

it('has a line an arm and other setting, in the order of rates, with intervals over seeds', () => {
  const plan = planGrid(
    gridSchema.parse({ arms: ['action', 'karma'], axes: [{ path: 'lora.rank', values: [4, 8] }, axis], seeds: [0, 1] }),
    'sample',
  );
  const lines = rateLines(plan, resultsOf(plan, plan.jobs.length), hr!);
  expect(lines.map(({ label }) => label)).toEqual(['Action · 4', 'KARMA · 4', 'Action · 8', 'KARMA · 8']);
  for (const { points } of lines) {
    expect(points.map(({ rate }) => rate)).toEqual([0.001, 0.01]);
    // Percent: the mean of two seeds a hundredth apart, and t(1 degree of freedom) times its standard error.
    expect(points[0]!.mean).toBeCloseTo(0.6, 9);
    expect(points[0]!.high! - points[0]!.mean).toBeCloseTo(12.706 * 0.5, 2);
  }
});

it('shows what is finished so far, and draws it', () => {
  const plan = planGrid(gridSchema.parse({ arms: ['action', 'karma'], axes: [axis], seeds: [0, 1] }), 'sample');
  expect(ratesSvg(plan, new Map())).toBeNull();
  const some = resultsOf(plan, 1);
  const [line] = rateLines(plan, some, hr!);
  expect(line!.points).toMatchObject([{ rate: 0.01, low: null, high: null }]);
  const svg = ratesSvg(plan, some)!;
  for (const words of ['HR@10', 'LM drift', 'Action', 'KARMA', 'learning rate']) expect(svg).toContain(words);
  expect(svg).not.toContain('var(');
});

it('draws nothing where there is one rate', () => {
  const plan = planGrid(gridSchema.parse({ arms: ['action'], seeds: [0] }), 'sample');
  expect(rateLines(plan, resultsOf(plan, 1), hr!)).toEqual([]);
});

it('names measures that there are', () => {
  const known = mainMeasures([10]).map(({ id }) => id);
  for (const id of OVER_RATES) expect(known).toContain(id);
});

it.each(readdirSync('grids'))('%s is a grid that can be run', (name) => {
  const grid = gridSchema.parse(JSON.parse(readFileSync(`grids/${name}`, 'utf8')));
  expect(planGrid(grid, 'sample').jobs.length).toBeGreaterThan(0);
});
