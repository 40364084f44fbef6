import { describe, expect, it } from 'vitest';
import packageJson from '../../../package.json';
import { forkRandom } from '../../log/random';
import { rankingBySplit } from '../../measures/ranking/ranking';
import { findMeasure, measuresAt } from '../../measures/measures';
import { columns, evaluation, sinks, smallRecord } from '../../testing/smallRecord';
import type { Evaluation, Measured, RunRecord } from '../../record/runRecord';
import { withMeasures } from '../../record/withMeasures';
import { gridSchema } from './gridSpec';
import { gridMatrix } from './matrix';
import { predictionReport, withoutTraining, type PredictionOutcome } from './outcomes';
import { planGrid, type GridPlan } from './plan';
import { gridOfRecord, predictionsHash } from './predictions';
import { finishedCells, knownRun } from './results';

const KS = [1, 10, 50];
const TARGETS = 600;

/** The last third are cold; user u has the targets 2u and 2u + 1. */
const cold = Array.from({ length: TARGETS }, (_, target) => Number(target >= (2 * TARGETS) / 3));
const owners = Array.from({ length: TARGETS }, (_, target) => target >> 1);

const rankingOf = (ranks: readonly number[]) => rankingBySplit(ranks, { cold: Uint8Array.from(cold) }, KS, { resamples: 20 });

/**
 * Ranks of targets that are each a hit with that probability, those of a user alike; the same targets are
 * hits in all models as far as possible.
 */
function ranksOf(seed: number, share: number): number[] {
  const random = forkRandom(seed, 'hits');
  const luck = owners.map(() => random.uniform());
  return owners.map((owner, target) => ((luck[owner]! + 0.1 * luck[target]!) % 1 < share ? 5 : 400));
}

function finalOf(ranks: readonly number[], extra: Partial<Measured> = {}): Evaluation {
  return withMeasures(evaluation(2, 0, { population: 'all', ...rankingOf(ranks), ranks: [...ranks], cold, owners }), extra);
}

interface World {
  /** By arm. */
  readonly hr: Readonly<Record<string, number>>;
  readonly drift: Readonly<Record<string, number>>;
  readonly hash?: string | null;
}

function runsOf(plan: GridPlan, world: World): RunRecord[] {
  return plan.jobs.map(({ spec }) => {
    const record = smallRecord();
    const baseline = (share: number) => {
      const ranks = ranksOf(0, share);
      const ranked = { ...rankingOf(ranks), ranks };
      return { sample: ranked, all: ranked };
    };
    return {
      ...record,
      spec,
      appVersion: packageJson.version,
      grid: world.hash === undefined ? gridOfRecord(plan.grid) : { name: 'x', predictionsHash: world.hash },
      baselines: { popularity: baseline(0.1), lastItem: baseline(0.2), zeroShot: baseline(0.15), start: baseline(0.25) },
      base: { ...record.base, testSinks: { ...sinks(0.1), users: TARGETS, meanLength: 4, sinkRate: [] } },
      arms: spec.arms.map(({ id }) => ({
        id,
        steps: columns([2, 1], false),
        attention: [],
        evaluations: [
          finalOf(ranksOf(spec.seed, world.hr[id]!), {
            values: { lmDrift: world.drift[id]! + 0.01 * spec.seed },
          }),
        ],
      })),
    };
  });
}

const PREDICTIONS = [
  { arm: 'karma', against: 'action', measure: 'hr@10', expect: 'above', margin: 2 },
  { arm: 'karma', against: 'action', measure: 'hr@10', expect: 'below', margin: 0 },
  { arm: 'karma', against: 'shuffled', measure: 'hr@10', expect: 'equivalent', margin: 3 },
  { arm: 'karma', against: 'action', measure: 'hr@10', expect: 'equivalent', margin: 0.5 },
  { arm: 'karma', against: 'lastItem', measure: 'cold-hr@10', expect: 'above', margin: 0 },
  { arm: 'action', against: 'start', measure: 'hr@10', expect: 'above', margin: 0 },
  { arm: 'karma', against: 'start', measure: 'lmDrift', expect: 'below', margin: 0.1 },
  { arm: 'karma', against: 'action', measure: 'hr@100', expect: 'above', margin: 50 },
] as const;

const gridOf = (predictions: readonly object[] = PREDICTIONS, extra: object = {}) =>
  gridSchema.parse({
    base: { model: { precision: 'f32' }, evaluation: { ks: KS, finalUsers: 'auto' } },
    arms: ['action', 'karma', 'shuffled'],
    seeds: [0, 1, 2, 3, 4],
    predictions,
    ...extra,
  });

const WORLD: World = { hr: { action: 0.3, karma: 0.4, shuffled: 0.41 }, drift: { action: 1, karma: -0.5, shuffled: -0.5 } };

function read(grid: ReturnType<typeof gridOf>, world: World = WORLD, keep: (record: RunRecord) => boolean = () => true) {
  const plan = planGrid(grid, 'sample');
  const runs = runsOf(plan, world)
    .filter(keep)
    .map((record, i) => knownRun(String(i), record));
  const results = finishedCells(runs);
  return { plan, runs, results, rows: gridMatrix(plan, results, measuresAt(KS), null) };
}

const verdicts = (outcomes: readonly PredictionOutcome[]): string[] => outcomes.map(({ verdict }) => verdict);

describe('predictions of a grid', () => {
  it('are held, failed or undecided by what came of them', () => {
    const report = predictionReport(read(gridOf()))!;
    expect(verdicts(report.outcomes)).toEqual(['held', 'failed', 'held', 'failed', 'held', 'held', 'held', 'failed']);
    expect(report.outcomes.map(({ overUsers }) => overUsers)).toEqual([true, true, true, true, true, true, false, true]);
    const [first, , , , , , drift, beyond] = report.outcomes;
    expect(first!.difference).toBeCloseTo(0.1, 1);
    expect(first!.interval![0]).toBeLessThan(first!.difference!);
    expect(drift!.difference).toBeCloseTo(-0.48, 12);
    // No record measured it, but there are ranks: only 5 and 400 occur.
    expect(beyond!.difference).toBe(first!.difference);
    expect(first!.shows).toBeGreaterThan(0);
  });

  it('are undecided where the runs cannot tell, and say what they could have shown', () => {
    const near = [{ arm: 'karma', against: 'action', measure: 'hr@10', expect: 'equivalent', margin: 1 }];
    const world = { ...WORLD, hr: { action: 0.3, karma: 0.31, shuffled: 0.3 } };
    const [one] = predictionReport(read(gridOf(near), world))!.outcomes;
    expect(one!.verdict).toBe('undecided');
    const wider = [{ ...near[0], margin: 100 * (Math.abs(one!.difference!) + one!.shows!) + 0.01 }];
    expect(verdicts(predictionReport(read(gridOf(wider), world))!.outcomes)).toEqual(['held']);
  });

  it('have no outcome while cells are missing, or where nothing was measured', () => {
    const part = predictionReport(read(gridOf(), WORLD, ({ spec }) => spec.seed < 3))!;
    expect(new Set(verdicts(part.outcomes))).toEqual(new Set(['unfinished']));
    expect(part.cells).toEqual({ same: 9, other: 0, none: 0, missing: 6 });
    const unknown = [
      { arm: 'karma', against: 'tfidf', measure: 'hr@10', expect: 'above', margin: 0 },
      { arm: 'karma', against: 'lastItem', measure: 'lmDrift', expect: 'above', margin: 0 },
    ];
    expect(verdicts(predictionReport(read(gridOf(unknown)))!.outcomes)).toEqual(['not measured', 'not measured']);
    expect(predictionReport(read(gridSchema.parse({ ...gridOf(), predictions: undefined })))).toBeNull();
  });

  it('are corrected for their number', () => {
    const weak = { arm: 'karma', against: 'action', measure: 'hr@10', expect: 'above', margin: 0 };
    // Alone it is held; among sixty that are not, it is not.
    const world = { ...WORLD, hr: { action: 0.3, karma: 0.306, shuffled: 0.3 } };
    expect(verdicts(predictionReport(read(gridOf([weak]), world))!.outcomes)).toEqual(['held']);
    const others = Array.from({ length: 60 }, (_, i) => ({ ...weak, arm: 'action', against: 'karma', margin: 1 + i / 100 }));
    expect(predictionReport(read(gridOf([weak, ...others]), world))!.outcomes[0]!.verdict).toBe('undecided');
  });

  it('count under every setting, or under those that they name', () => {
    const axes = [{ path: 'training.learningRate', values: [0.001, 0.004] }];
    const one = { arm: 'karma', against: 'action', measure: 'hr@10', expect: 'above', margin: 0 };
    const where = { 'training.learningRate': 0.004 };
    const found = predictionReport(read(gridOf([one, { ...one, where }], { axes })))!.outcomes;
    expect(found.map(({ row }) => row.id)).toEqual([
      'karma training.learningRate=0.001',
      'karma training.learningRate=0.004',
      'karma training.learningRate=0.004',
    ]);
  });

  it('stand with their hash in every cell, or were changed', () => {
    const hash = predictionsHash(gridOf())!;
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(predictionReport(read(gridOf()))!).toMatchObject({ hash, cells: { same: 15, other: 0, none: 0, missing: 0 } });
    const other = predictionsHash(gridOf([{ ...PREDICTIONS[0], margin: 1 }]))!;
    expect(other).not.toBe(hash);
    expect(predictionReport(read(gridOf(), { ...WORLD, hash: other }))!.cells).toMatchObject({ same: 0, other: 15, none: 0 });
    expect(predictionReport(read(gridOf(), { ...WORLD, hash: null }))!.cells).toMatchObject({ same: 0, other: 0, none: 15 });
    // The order of keys in a file makes no difference.
    const turned = PREDICTIONS.map((one) => Object.fromEntries(Object.entries(one).toReversed()));
    expect(predictionsHash(gridOf(turned))).toBe(hash);
  });

  it('are refused where they name what the grid does not have', () => {
    const refused = (part: object): string =>
      gridSchema.safeParse({ ...gridOf(), predictions: [{ ...PREDICTIONS[0], ...part }] }).error!.issues[0]!.message;
    expect(refused({ arm: 'gen' })).toContain('an arm of the grid');
    expect(refused({ against: 'karma' })).toContain('another arm of the grid');
    expect(refused({ measure: 'hr' })).toContain('the ID of a measure');
    expect(refused({ expect: 'equivalent', margin: 0 })).toContain('above 0');
    expect(refused({ where: { 'lora.rank': 8 } })).toContain('that axis');
    expect(refused({ margins: 1 })).toContain('margins');
  });
});

describe('differences over seeds', () => {
  it('are those of the records’ own measures, target by target', () => {
    const { rows } = read(gridOf());
    for (const id of ['hr@10', 'hr@50', 'ndcg@10', 'mrr@10', 'cold-hr@10', 'warm-ndcg@50', 'mrr']) {
      const at = rows[0]!.entries.findIndex(({ measure }) => measure.id === id);
      const { values, comparison } = rows[1]!.entries[at]!;
      const control = rows[0]!.entries[at]!.values;
      const mean = [...values].reduce((sum, [seed, value]) => sum + value - control.get(seed)!, 0) / values.size;
      expect(comparison!.overUsers, id).toBe(true);
      expect(comparison!.difference, id).toBeCloseTo(mean, 12);
    }
    const gauc = rows[1]!.entries.find(({ measure }) => measure.id === 'lmDrift')!;
    expect(gauc.comparison!.overUsers).toBe(false);
  });

  it('are over seeds alone where each seed ranks a sample of its own', () => {
    const plan = planGrid(gridOf(), 'sample');
    const runs = runsOf(plan, WORLD).map((record, i) =>
      knownRun(String(i), { ...record, data: { ...record.data, targets: 2 * TARGETS } }),
    );
    const results = finishedCells(runs);
    const [, karma] = gridMatrix(plan, results, [findMeasure('hr@10')!], null);
    expect(karma!.entries[0]!.comparison!.overUsers).toBe(false);
    const [first] = predictionReport({ plan, runs, results, rows: [karma!, ...gridMatrix(plan, results, [], null)] })!.outcomes;
    expect(first!.overUsers).toBe(false);
  });
});

describe('what needs no training', () => {
  it('is the best baseline of each measure, and the untrained model', () => {
    const found = withoutTraining(read(gridOf()));
    const hr = found.find(({ measure }) => measure.id === 'hr@10')!;
    expect(hr.best).toBe('last item');
    expect(hr.fromBest.map((one) => Math.round(10 * one!.difference))).toEqual([1, 2, 2]);
    expect(hr.fromBest.every((one) => one!.overUsers)).toBe(true);
    expect(hr.fromStart[0]!.difference).toBeLessThan(hr.fromBest[0]!.difference);
    const drift = found.find(({ measure }) => measure.id === 'lmDrift')!;
    expect([drift.best, drift.fromStart[0]!.difference]).toEqual([null, 1.02]);
  });

  it('is not shown of records that do not have its ranks', () => {
    const { plan, rows, results, runs } = read(gridOf());
    const older = runs.map((run) => {
      const { popularity } = run.facts!.baselines;
      const none = { sample: { ...popularity.sample, ranks: [] }, all: { ...popularity.all, ranks: [] } };
      const baselines = { popularity: none, lastItem: none, zeroShot: none };
      return { ...run, facts: { ...run.facts!, baselines, start: new Map([['lmDrift', 0]]) } };
    });
    expect(withoutTraining({ plan, rows, runs: older, results: finishedCells(older) })).toEqual([]);
    expect(results.size).toBe(15);
  });
});
