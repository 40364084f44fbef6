import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import packageJson from '../../../package.json';
import { sweepLines } from '../../charts/sweep/sweepLines';
import { sweepSvg } from '../../cli/sweepSvg';
import { findMeasure } from '../../measures/measures';
import { smallRecord, withTable } from '../../testing/smallRecord';
import { gridSchema } from './gridSpec';
import { planGrid, type GridPlan } from './plan';
import { readArm } from '../../recipe/namedArms';
import { forestOfSweep } from './forest';
import { finishedCells, type CellResult } from './results';
import { drawnMeasures, sweepOf, sweepSchema, sweptPath } from './sweep';

const axis = { path: 'training.learningRate', values: [0.01, 0.001] };
const facts = { log: 'store', record: null };
const plan = (given: object): GridPlan =>
  planGrid(gridSchema.parse({ arms: ['action', 'karma'], seeds: [0, 1], ...given }), 'sample');

/** Results of the first `count` jobs; an arm ends at its rate, plus a hundredth per seed. */
function resultsOf({ jobs }: GridPlan, count = jobs.length): Map<string, CellResult> {
  return finishedCells(
    jobs.slice(0, count).map(({ id, spec }) => ({
      ...{
        id,
        spec,
        appVersion: packageJson.version,
        data: { name: 'Log', hash: 'h' },
        model: { id: 'm', hash: 'm' },
        complete: true,
        adapter: 'gpu',
        wallSeconds: 1,
      },
      arms: spec.arms.map((arm) => ({
        ...{ id: arm.id, steps: 10, seconds: 1, best: {}, watched: { 'hr@10': 0.5 }, base: {} },
        last: {
          ...{ step: 10, population: 'all' as const, users: 9 },
          values: { 'hr@10': spec.training.learningRate + spec.seed / 100, firstHalfSinkRate: 0.1, lmDrift: 1, other: 3 },
        },
      })),
    })),
  );
}

describe('sweepOf', () => {
  it('keeps arms with one label apart, in name and in mark', () => {
    const arms = ['one', 'two'].map((id) => ({ ...readArm('karma'), id, label: 'KARMA' }));
    const given = plan({ arms, axes: [axis] });
    const sweep = sweepOf(given, resultsOf(given), facts)!;
    expect(sweep.lines.map(({ label }) => label)).toEqual(arms.map(({ id }) => `KARMA (${id})`));
    for (const { points } of sweep.lines) for (const { seeds } of points) expect(seeds.map(({ seed }) => seed)).toEqual([0, 1]);
    expect(given.jobs[0]!.spec.arms.map(({ label }) => label)).toEqual(sweep.lines.map(({ label }) => label));
  });

  it('draws an arm under several settings with a mark each', () => {
    const given = plan({ axes: [{ path: 'lora.rank', values: [4, 8] }, axis] });
    const { lines } = sweepOf(given, resultsOf(given), facts)!;
    const marks = sweepLines(lines, findMeasure('hr@10')!).map(({ mark }) => JSON.stringify([mark.colour, mark.dash]));
    expect(new Set(marks).size).toBe(4);
  });

  it('names steps and batch size only where all runs have them', () => {
    const steps = plan({ axes: [{ path: 'training.steps', values: [10, 20] }] });
    expect(sweepOf(steps, resultsOf(steps), facts)).toMatchObject({ steps: null, batchSize: steps.grid.base.training.batchSize });
    const forest = forestOfSweep(sweepOf(steps, resultsOf(steps), facts)!, 20)!;
    expect(forest.steps).toBe(20);
  });

  it('has a line for each arm and other setting, points in the order of the axis, values by seed', () => {
    const given = plan({ axes: [{ path: 'lora.rank', values: [4, 8] }, axis] });
    const sweep = sweepOf(given, resultsOf(given), facts)!;
    expect(sweep.path).toBe('training.learningRate');
    expect(sweep.lines.map(({ label }) => label)).toEqual(['Action · 4', 'KARMA · 4', 'Action · 8', 'KARMA · 8']);
    for (const { points } of sweep.lines) expect(points.map(({ at }) => at)).toEqual([0.001, 0.01]);
    expect(sweep.lines[0]!.points[0]!.seeds).toEqual([
      { seed: 0, values: { 'hr@10': 0.001, firstHalfSinkRate: 0.1, lmDrift: 1 }, watched: 0.5 },
      { seed: 1, values: { 'hr@10': 0.011, firstHalfSinkRate: 0.1, lmDrift: 1 }, watched: 0.5 },
    ]);
    expect(sweepSchema.parse(JSON.parse(JSON.stringify(sweep)))).toEqual(sweep);
    expect(drawnMeasures(sweep).map(({ id }) => id)).toEqual(['hr@10', 'firstHalfSinkRate', 'lmDrift']);
  });

  it('draws means in percent with t-intervals over seeds', () => {
    const given = plan({ axes: [axis] });
    const [line] = sweepLines(sweepOf(given, resultsOf(given), facts)!.lines, findMeasure('hr@10')!);
    expect(line!.points[0]!.mean).toBeCloseTo(0.6, 9);
    // The mean of two seeds a hundredth apart, and t (1 degree of freedom) times its standard error.
    expect(line!.points[0]!.high! - line!.points[0]!.mean).toBeCloseTo(12.706 * 0.5, 2);
  });

  it('takes any numeric axis, and tuned rates, but no axis of words or of one value', () => {
    expect(sweptPath(plan({ axes: [{ path: 'lora.rank', values: [4, 8] }] }))).toBe('lora.rank');
    expect(sweptPath(plan({ axes: [{ path: 'objective.actionLoss', values: ['full', 'infonce'] }] }))).toBeNull();
    expect(sweptPath(plan({ axes: [{ ...axis, values: [0.01] }] }))).toBeNull();
    const tuned = plan({ tune: { rates: [0.001, 0.01], k: 10 } });
    expect(sweepOf(tuned, resultsOf(tuned), facts)!.lines[0]!.points.map(({ at }) => at)).toEqual([0.001, 0.01]);
  });

  it('has what is finished so far, and can be drawn without its grid', () => {
    const given = plan({ axes: [axis] });
    expect(sweepOf(given, new Map(), facts)).toBeNull();
    const sweep = sweepOf(given, resultsOf(given, 1), facts)!;
    expect(sweepLines(sweep.lines, findMeasure('hr@10')!)[0]!.points).toMatchObject([{ at: 0.01, low: null, high: null }]);
    const svg = sweepSvg(sweep);
    for (const words of ['HR@10', 'LM drift', 'Action', 'KARMA', 'Learning rate']) expect(svg).toContain(words);
    expect(svg).not.toContain('var(');
  });

  it('has names of lines beside each other, however long', () => {
    const arms = ['action', 'karma', 'gen'].map((name) => ({
      ...readArm(name),
      label: `${name} ${'with a long name '.repeat(4)}`,
    }));
    const given = plan({ arms, axes: [axis] });
    const svg = sweepSvg(sweepOf(given, resultsOf(given), facts)!);
    const entries = [...svg.matchAll(/<g transform="translate\(([\d.]+) ([\d.]+)\)" font-size="12">.*?<text[^>]*>([^<]*)</g)];
    expect(entries).toHaveLength(3);
    for (const [i, [, x, y, text]] of entries.entries()) {
      const next = entries[i + 1];
      if (next?.[2] === y) expect(Number(next![1]) - Number(x)).toBeGreaterThan(36 + 5.5 * text!.length);
    }
    expect(new Set(entries.map(([, x, y]) => `${x} ${y}`)).size).toBe(3);
    const width = Number(/width="([\d.]+)"/.exec(svg)![1]);
    for (const [, x, , text] of entries) expect(Number(x) + 36 + 5.5 * text!.length).toBeLessThan(width);
  });

  it('takes the base model without training from a record', () => {
    const record = smallRecord();
    const given = plan({ axes: [axis] });
    const { base, baseOnTest } = sweepOf(given, resultsOf(given), { log: 'store', record })!;
    expect(base['hr@10']).toBe(record.baselines.zeroShot.all.values['hr@10']);
    expect(base.lmDrift).toBe(0);
    expect(baseOnTest).toBeUndefined();
    // The arms' values are those of the final evaluation, and so is the base model's attention where it was
    // measured on its users.
    const tables = { ...record.base.sinks, users: 9, meanLength: 4, sinkRate: [0.3] };
    const onTest = (rate: number) => withTable(tables, 'firstHalfSinkRate', [rate]);
    const measured = { ...record, base: { ...record.base, userSinks: onTest(0.5), testSinks: onTest(0.3) } };
    const found = sweepOf(given, resultsOf(given), { log: 'store', record: measured })!;
    expect(found.base.firstHalfSinkRate).toBeCloseTo(0.3);
    expect(found.baseOnTest).toBe(true);
    expect(sweepSchema.parse(found)).toEqual(found);
  });
});

it.each(readdirSync('grids'))('%s is a grid that can be run', (name) => {
  const grid = gridSchema.parse(JSON.parse(readFileSync(`grids/${name}`, 'utf8')));
  expect(planGrid(grid, 'sample').jobs.length).toBeGreaterThan(0);
});
