import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import packageJson from '../../../package.json';
import { measuresAt } from '../../measures/measures';
import { runSpecSchema } from '../../recipe/runSpec';
import { cellKey } from './cellKey';
import { calibrationRuns, estimateCost } from './cost';
import { gridSchema } from './gridSpec';
import { givenCaveat } from '../../record/poolSizes';
import { gridMatrix } from './matrix';
import { GridError, planGrid, remainingRun, type Job } from './plan';
import { finishedCells, type KnownRun } from './results';

const grid = (extra: object = {}) =>
  gridSchema.parse({ arms: ['action', 'karma'], seeds: [0, 1], base: { training: { steps: 10 } }, ...extra });

/** A finished run of a job, whose arms end at the given HR@10. */
function ran(job: Job, hr: (arm: string) => number, watched = 0): KnownRun {
  const { spec } = job;
  return {
    id: job.id,
    spec,
    appVersion: packageJson.version,
    data: { name: 'Log', hash: 'h' },
    model: { id: spec.model.id, hash: 'm' },
    complete: true,
    adapter: 'gpu',
    wallSeconds: 30,
    arms: spec.arms.map(({ id }) => ({
      id,
      steps: spec.training.steps,
      seconds: id === 'action' ? 5 : 10,
      best: {},
      watched: { 'hr@10': watched },
      base: {},
      last: { step: spec.training.steps, population: 'all', users: 9, values: { 'hr@10': hr(id) } },
    })),
  };
}

it('refuses a very deeply nested value of an axis with a clear error', () => {
  const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
  const refused = (value: unknown): string | undefined =>
    gridSchema.safeParse({ arms: ['action'], seeds: [0], axes: [{ path: 'lora.targets', values: [value] }] }).error?.message;
  expect(refused(nested(20_000))).toContain('JSON of at most 16 levels');
  expect(refused({ a: NaN })).toContain('JSON of at most 16 levels');
  expect([refused(nested(16)), refused(['q_proj', 'v_proj']), refused({ a: null })]).toEqual([undefined, undefined, undefined]);
});

describe('cellKey', () => {
  it('stays the same for grids that were planned before a field existed', () => {
    const first = runSpecSchema.parse({ version: 1 });
    expect(first.arms.map((arm) => cellKey(first, arm, 'sample', '0.1.0'))).toEqual(['c5710f105cd03627', '970e942336bb4470']);
    const later = { ...first, training: { ...first.training, decay: 'cosine' as const } };
    expect(cellKey(later, later.arms[0]!, 'sample', '0.1.0')).not.toBe('c5710f105cd03627');
  });

  it('is that of every version with the same numbers, and of no other', () => {
    const first = runSpecSchema.parse({ version: 1 });
    const keyIn = (version: string): string => cellKey(first, first.arms[0]!, 'sample', version);
    expect([keyIn('1.0.0'), keyIn('1.12.3')]).toEqual(['c5710f105cd03627', 'c5710f105cd03627']);
    expect(keyIn('0.0.9')).not.toBe('c5710f105cd03627');
  });

  it('stays the same for controls that were two switches before they were one choice', () => {
    const written = [
      { id: 'shuffled', label: 'a', lambdaGen: 0.3, lambdaRec: 0.3, shuffledText: true },
      { id: 'img-shuffled', label: 'b', lambdaImg: 0.3, shuffledImages: true },
      { id: 'both', label: 'c', lambdaGen: 0.3, lambdaRec: 0.3, lambdaImg: 0.3, shuffledText: true, shuffledImages: true },
      { id: 'off', label: 'd', lambdaGen: 0.3, lambdaRec: 0.3, shuffledText: false, shuffledImages: false },
    ];
    const earlier = runSpecSchema.parse({ version: 1, arms: written });
    expect(earlier.arms.map(({ shuffle }) => shuffle)).toEqual(['text', 'picture', 'text+picture', 'none']);
    expect(earlier.arms.map((arm) => cellKey(earlier, arm, 'sample', '0.1.0'))).toEqual([
      '7d4c84e4b9a28f9e',
      '054192fef2c98360',
      'c22bd5b5c6289595',
      '970e942336bb4470',
    ]);
    expect(gridSchema.parse({ arms: written, seeds: [0] }).arms).toEqual(earlier.arms);
  });

  const spec = runSpecSchema.parse({});
  const [action, karma] = spec.arms;

  it('does not depend on names, other arms, or settings that do not affect the arm', () => {
    const key = cellKey(spec, action!, 'sample');
    expect(cellKey({ ...spec, name: 'x', arms: [action!] }, { ...action!, id: 'y', label: 'z' }, 'sample')).toBe(key);
    const hidden = { ...spec, objective: { ...spec.objective, hideEmbFromText: true } };
    expect(cellKey(hidden, { ...action!, shuffle: 'text' }, 'sample')).toBe(key);
    expect(cellKey(hidden, karma!, 'sample')).not.toBe(cellKey(spec, karma!, 'sample'));
    const half = { ...spec, training: { ...spec.training, textShare: 0.5 } };
    expect(cellKey(half, action!, 'sample')).toBe(key);
    expect(cellKey(half, karma!, 'sample')).not.toBe(cellKey(spec, karma!, 'sample'));
  });

  it('changes with everything else', () => {
    const keys = [
      cellKey(spec, karma!, 'sample'),
      cellKey({ ...spec, seed: 1 }, karma!, 'sample'),
      cellKey(spec, { ...karma!, lambdaGen: 0.1 }, 'sample'),
      cellKey(spec, { ...karma!, shuffle: 'text' }, 'sample'),
      cellKey(spec, { ...karma!, shuffle: 'target' }, 'sample'),
      cellKey(spec, karma!, 'other'),
      cellKey(spec, karma!, 'sample', '0.0.9'),
      cellKey(runSpecSchema.parse({ lora: { rank: 4 } }), karma!, 'sample'),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('planGrid', () => {
  it('has a cell for every arm, setting, rate and seed, and a job for arms that share the rest', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.constantFrom('action', 'gen', 'rec', 'karma', 'shuffled'), { minLength: 1 }),
        fc.uniqueArray(fc.integer({ min: 1, max: 64 }), { minLength: 1, maxLength: 3 }),
        fc.uniqueArray(fc.integer({ min: 0, max: 99 }), { minLength: 1, maxLength: 3 }),
        fc.constantFrom(null, { rates: [1e-3, 2e-3] }),
        (arms, ranks, seeds, tune) => {
          const plan = planGrid(grid({ arms, seeds, tune, axes: [{ path: 'lora.rank', values: ranks }] }), 'sample');
          const rates = tune?.rates.length ?? 1;
          expect(plan.variants).toHaveLength(arms.length * ranks.length);
          expect(plan.jobs).toHaveLength(ranks.length * rates * seeds.length);
          expect(new Set(plan.cells.map(({ key }) => key)).size).toBe(arms.length * ranks.length * rates * seeds.length);
          expect(new Set(plan.jobs.map(({ id }) => id)).size).toBe(plan.jobs.length);
          for (const { spec, cells } of plan.jobs) {
            expect(runSpecSchema.parse(spec)).toEqual(spec);
            expect(cells.map(({ variant }) => variant.arm)).toEqual(spec.arms);
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it('splits more arms than a run can have into several runs', () => {
    const arms = Array.from({ length: 11 }, (_, i) => ({ id: `a${i}`, label: 'A', lambdaGen: i }));
    expect(planGrid(grid({ arms, seeds: [0] }), 'sample').jobs.map(({ spec }) => spec.arms.length)).toEqual([8, 3]);
  });

  it('names the field that does not fit', () => {
    const failing = (extra: object) => () => planGrid(grid(extra), 'sample');
    expect(failing({ axes: [{ path: 'lora.colour', values: [1] }] })).toThrow('The recipe has no field lora.colour.');
    expect(failing({ axes: [{ path: 'lora.rank', values: [0] }] })).toThrow(
      'rank 0: LoRA rank (lora.rank) must be a whole number from 1 to 64, not 0.',
    );
    expect(failing({ axes: [{ path: 'training.learningRate', values: [1] }], tune: { rates: [1, 2] } })).toThrow(GridError);
    expect(failing({ tune: { rates: [1, 2], k: 3 } })).toThrow('HR@3');
    // Run records name the precision that `auto` became, so finished cells would not be recognised.
    expect(failing({ base: { model: { precision: 'auto' } } })).toThrow('model.precision is auto');
    expect(failing({ axes: [{ path: 'model.precision', values: ['f16', 'auto'] }] })).toThrow('model.precision is auto');
    expect(() => grid({ arms: ['nobody'] })).toThrow('There is no arm nobody');
  });
});

describe('resuming', () => {
  const plan = planGrid(grid(), 'sample');

  it('skips the cells of finished runs by their key, and no others', () => {
    const [first, second] = plan.jobs;
    const actionAlone = ran({ ...second!, spec: { ...second!.spec, name: 'by hand', arms: [second!.spec.arms[0]!] } }, () => 0.1);
    const finished = finishedCells([ran(first!, () => 0.2), actionAlone]);
    expect(remainingRun(first!, finished)).toBeNull();
    expect(remainingRun(second!, finished)?.arms.map(({ id }) => id)).toEqual(['karma']);
  });

  it('ignores runs that were stopped, are of another version, or were last evaluated on a sample', () => {
    const run = ran(plan.jobs[0]!, () => 0.2);
    const sampled = run.arms.map((arm) => ({ ...arm, last: { ...arm.last!, population: 'sample' as const } }));
    for (const other of [
      { ...run, complete: false },
      { ...run, appVersion: '0' },
      { ...run, arms: sampled },
    ]) {
      expect(remainingRun(plan.jobs[0]!, finishedCells([other]))).toEqual(plan.jobs[0]!.spec);
    }
  });
});

describe('estimateCost', () => {
  const plan = planGrid(grid({ seeds: [0, 1, 2] }), 'sample');
  const here = { adapter: 'gpu', log: 'sample' };
  const run = ran(plan.jobs[0]!, () => 0.2);

  it('knows nothing before anything is measured, and requests a short run for each kind of step', () => {
    const cost = estimateCost(plan.jobs, new Map(), [{ ...run, adapter: 'other' }], here);
    expect(cost).toMatchObject({ runs: 3, arms: 6, steps: 60, training: 0, overhead: null });
    const short = calibrationRuns(cost, 'sample');
    expect(short.map(({ arms, training }) => [arms[0]?.id, training.steps])).toEqual([
      ['action', 3],
      ['karma', 3],
    ]);
  });

  it('times steps in half precision by themselves', () => {
    const half = planGrid(grid({ base: { training: { steps: 10 }, model: { arithmetic: 'f16' } } }), 'sample');
    expect(estimateCost(half.jobs, finishedCells([]), [run], here).unknown).toHaveLength(4);
  });

  it('times steps alone: no baseline is trained', () => {
    const withBaseline = planGrid(grid({ base: { training: { steps: 10 }, evaluation: { sasrecSteps: 1000 } } }), 'sample');
    const cost = estimateCost(withBaseline.jobs, finishedCells([]), [], here);
    expect(calibrationRuns(cost, 'sample')[0]).toMatchObject({ evaluation: { prompts: '', probeSteps: 0, sasrecSteps: 0 } });
    expect(estimateCost(withBaseline.jobs, finishedCells([]), [run], here).unknown).toEqual([]);
  });

  it('uses times of earlier runs on this adapter, and counts what is left', () => {
    const cost = estimateCost(plan.jobs, finishedCells([run]), [run], here);
    // Two seeds left of 10 steps: action 0.5 s, KARMA 1 s per step; 30 − 15 s of the rest for two arms.
    expect(cost).toMatchObject({ runs: 2, arms: 4, training: 30, unknown: [], overhead: 30 });
  });
});

describe('gridMatrix', () => {
  const measures = measuresAt([10]).filter(({ id }) => id === 'hr@10');

  it('has means over seeds and paired differences from the baseline', () => {
    const plan = planGrid(grid({ seeds: [0, 1, 2] }), 'sample');
    const noise = [0, 0.2, 0.1];
    const known = plan.jobs.map((job, i) => ran(job, (arm) => noise[i]! + (arm === 'karma' ? 0.1 + i / 1000 : 0)));
    const [action, karma] = gridMatrix(plan, finishedCells(known), measures, null);
    expect(action?.entries[0]).toMatchObject({ comparison: null });
    expect(action?.entries[0]?.mean).toBeCloseTo(0.1);
    expect(karma?.entries[0]?.comparison?.difference).toBeCloseTo(0.101);
    expect(karma?.entries[0]?.comparison?.distinguishable).toBe(true);
    // Unpaired, it would drown in the noise between seeds.
    expect(karma?.entries[0]?.sd).toBeGreaterThan(0.09);
    expect(karma?.sampledOf).toBeNull();
    const sampled = known.map((one) => ({
      ...one,
      arms: one.arms.map((arm) => ({ ...arm, last: arm.last && { ...arm.last, targets: 30 } })),
    }));
    expect(gridMatrix(plan, finishedCells(sampled), measures, null).map(({ sampledOf }) => sampledOf)).toEqual([30, 30]);
    const [again] = gridMatrix(plan, finishedCells(known), measures, 'karma');
    expect(again?.entries[0]?.comparison?.difference).toBeCloseTo(-0.101);
  });

  it('chooses the rate of each arm on validation and reports its test value', () => {
    const plan = planGrid(grid({ seeds: [0], tune: { rates: [1e-3, 4e-3] } }), 'sample');
    expect(plan.jobs.every(({ spec }) => spec.evaluation.watch === 'validation')).toBe(true);
    const runs = plan.jobs.map((job) => {
      const fast = job.spec.training.learningRate === 4e-3;
      // The fast rate is better on validation and worse on test.
      return ran(job, () => (fast ? 0.2 : 0.3), fast ? 0.5 : 0.4);
    });
    const rows = gridMatrix(plan, finishedCells(runs), measures, null);
    expect(rows.map(({ rate, entries }) => [rate, entries[0]?.mean])).toEqual([
      [4e-3, 0.2],
      [4e-3, 0.2],
    ]);
    const [half] = gridMatrix(plan, finishedCells(runs.slice(0, 1)), measures, null);
    expect(half).toMatchObject({ rate: null, done: 1, total: 2 });
    expect(half?.entries[0]?.mean).toBeNull();
  });
});

it('names the rows that rank only targets with a candidate set', () => {
  const pools = { base: { training: { steps: 10 }, evaluation: { protocol: 'pre-ranking' } } };
  const axes = [{ path: 'evaluation.poolFrom', values: ['retrieved', 'given'] }];
  const rowsOf = (extra: object) => gridMatrix(planGrid(grid({ ...pools, ...extra }), 'sample'), new Map(), [], null);
  const caveat = (rows: ReturnType<typeof rowsOf>) =>
    givenCaveat(rows.map(({ variant, onlyGiven }) => ({ label: variant.id, onlyGiven })));
  const mixed = rowsOf({ axes });
  expect(mixed.map(({ onlyGiven }) => onlyGiven)).toEqual([false, false, true, true]);
  expect(caveat(mixed)).toMatch(
    /^action evaluation.poolFrom=given; karma evaluation.poolFrom=given: Only targets with .* cannot be compared with the other rows\.$/,
  );
  expect(caveat(rowsOf({}))).toBe('');
  const all = rowsOf({ base: { ...pools.base, evaluation: { protocol: 'pre-ranking', poolFrom: 'given' } } });
  expect(caveat(all)).toMatch(/^Only targets with a candidate set/);
});
