/** What came of a grid's predictions, and how its arms compare with what needs no training. Pure. */
import { measure as measureOf } from '../../measures/measures';
import type { Measure } from '../../measures/measure';
import { compareDifferences, estimateOf, type BySeed, type Comparison } from '../../statistics/comparison';
import { expectationTests, intervalOf } from '../../statistics/crossedMean';
import { holm } from '../../statistics/hypothesis';
import { mean } from '../../statistics/statistics';
import { armDifferences, type OverSeeds } from './differences';
import { gridBaselines, type GridBaseline } from './gridBaselines';
import { sideOf, type DivergedCells, type MatrixRow } from './matrix';
import type { GridPlan } from './plan';
import { predictionsHash, START, type GridPrediction } from './predictions';
import type { CellResult, KnownRun } from './results';

type Results = ReadonlyMap<string, CellResult>;

/** `unfinished`: cells are missing, and an outcome that is looked at before its end is none. */
export type PredictionVerdict = 'held' | 'failed' | 'undecided' | 'unfinished' | 'not measured';

export interface PredictionOutcome {
  readonly prediction: GridPrediction;
  readonly row: MatrixRow['variant'];
  readonly measure: Measure;
  /** Seeds that both have. */
  readonly seeds: number;
  /**
   * Mean difference, unscaled, and its interval: 95 %, and 90 % of what is expected to be equivalent. Null
   * where it is not known.
   */
  readonly difference: number | null;
  readonly interval: readonly [number, number] | null;
  /** Half of the 90 % interval: the smallest margin within which these runs could have shown equivalence. */
  readonly shows: number | null;
  /** Whether users count as drawn at random, too. */
  readonly overUsers: boolean;
  readonly verdict: PredictionVerdict;
}

export interface PredictionReport {
  /** Of the predictions in the grid's file. */
  readonly hash: string;
  /** Finished cells whose run has this hash, another one, and none; and cells that are not finished. */
  readonly cells: { readonly same: number; readonly other: number; readonly none: number; readonly missing: number };
  readonly outcomes: readonly PredictionOutcome[];
}

interface Read {
  readonly plan: GridPlan;
  readonly rows: readonly MatrixRow[];
  readonly results: Results;
  readonly runs: readonly KnownRun[];
}

const ALPHA = 0.05;

/** @param rows of the grid's matrix, of any measures. @returns null if nothing was predicted */
export function predictionReport(read: Read, diverged: DivergedCells = new Set<string>()): PredictionReport | null {
  const { plan, rows, results } = read;
  const { predictions } = plan.grid;
  const hash = predictionsHash(plan.grid);
  if (predictions === undefined || hash === null) return null;
  const baselines = gridBaselines(plan, read.runs);
  const asked = predictions.flatMap((prediction) =>
    rows.filter((row) => isMeant(row, prediction)).map((row) => ({ prediction, row, other: againstOf(row, prediction, rows) })),
  );
  const judged = asked.map(({ prediction, row, other }) => {
    const measure = measureOf(prediction.measure);
    const reference =
      other === null ? referenceOf(prediction.against, row, measure, results, baselines) : sideOf(other, measure, results);
    const differences = armDifferences(sideOf(row, measure, results), reference, measure);
    const estimate = estimateOf(differences);
    const tests = estimate && expectationTests(estimate, prediction.expect, prediction.margin / measure.scale);
    const finished = [row, ...(other === null ? [] : [other])].every((one) => isSettled(one, results, diverged));
    return { prediction, row, measure, differences, estimate, tests, finished };
  });
  const [holds, fails] = (['holds', 'fails'] as const).map((side) => holm(judged.map(({ tests }) => tests?.[side] ?? 1)));
  const outcomes = judged.map(({ prediction, row, measure, differences, estimate, finished }, i): PredictionOutcome => {
    const { bySeed, byUser } = differences;
    const verdict = (): PredictionVerdict => {
      if (!finished) return 'unfinished';
      if (bySeed.length === 0) return 'not measured';
      if (holds![i]! < ALPHA) return 'held';
      return fails![i]! < ALPHA ? 'failed' : 'undecided';
    };
    const narrow = estimate && intervalOf(estimate, 0.9);
    return {
      ...{ prediction, measure, row: row.variant, seeds: bySeed.length },
      difference: bySeed.length === 0 ? null : mean(bySeed),
      interval: prediction.expect === 'equivalent' ? narrow : estimate && intervalOf(estimate),
      shows: narrow && (narrow[1] - narrow[0]) / 2,
      overUsers: byUser !== null,
      verdict: verdict(),
    };
  });
  const stored = plan.cells
    .map(({ key }) => results.get(key))
    .map((found) => found && (found.facts?.grid?.predictionsHash ?? null));
  const count = (is: (one: string | null | undefined) => boolean): number => stored.filter(is).length;
  return {
    hash,
    outcomes,
    cells: {
      same: count((one) => one === hash),
      other: count((one) => typeof one === 'string' && one !== hash),
      none: count((one) => one === null),
      missing: count((one) => one === undefined),
    },
  };
}

function isMeant({ variant: { arm, settings } }: MatrixRow, { arm: id, where = {} }: GridPrediction): boolean {
  return arm.id === id && settings.every(({ path, value }) => !(path in where) || where[path] === value);
}

/** The row of another arm under the same settings; null for what is no arm. */
function againstOf({ variant }: MatrixRow, { against }: GridPrediction, rows: readonly MatrixRow[]): MatrixRow | null {
  const setting = JSON.stringify(variant.settings);
  return rows.find((row) => row.variant.arm.id === against && JSON.stringify(row.variant.settings) === setting) ?? null;
}

function isSettled({ cells }: MatrixRow, results: Results, diverged: DivergedCells): boolean {
  return cells.length > 0 && cells.every(({ key }) => results.has(key) || diverged.has(key));
}

/** A baseline, or the untrained model, on the seeds of a row. */
function referenceOf(
  id: string,
  { cells }: MatrixRow,
  measure: Measure,
  results: Results,
  baselines: readonly GridBaseline[],
): OverSeeds {
  const baseline = baselines.find((one) => one.id === id);
  if (measure.ranked !== null) return baseline === undefined ? NONE : baselineSide(baseline, measure);
  if (id !== START) return NONE;
  const values = cells.flatMap(({ key, seed }) => {
    const value = results.get(key)?.facts?.start.get(measure.id);
    return value === undefined ? [] : [[seed, value] as const];
  });
  return { values: new Map(values), ranks: new Map() };
}

const NONE: OverSeeds = { values: new Map(), ranks: new Map() };

function baselineSide({ bySeed }: GridBaseline, { ranked }: Measure): OverSeeds {
  const values = [...bySeed].flatMap(([seed, of]) => {
    const value = ranked?.of(of) ?? null;
    return value === null ? [] : [[seed, value] as const];
  });
  return { values: new Map(values), ranks: bySeed };
}

/** A measure of all rows beside what needs no training. */
export interface WithoutTraining {
  readonly measure: Measure;
  /** Name of the baseline that is best on the test targets; null if there is none. */
  readonly best: string | null;
  /** By row; null where it is not known. */
  readonly fromBest: readonly (Comparison | null)[];
  readonly fromStart: readonly (Comparison | null)[];
}

/** Baselines that are trained, or what arms start from. */
const NOT_FREE: readonly string[] = ['sasrec', START];

/**
 * @returns none if the records are of versions without the ranks of baselines and the sinks of the untrained
 * model
 */
export function withoutTraining({ plan, rows, results, runs }: Read): WithoutTraining[] {
  const baselines = gridBaselines(plan, runs).filter(({ bySeed }) => [...bySeed.values()].some(({ ranks }) => ranks.length > 0));
  const compared = (rows[0]?.entries ?? []).map(({ measure }): WithoutTraining => {
    const from = (reference: (row: MatrixRow) => OverSeeds): (Comparison | null)[] =>
      compareDifferences(rows.map((row) => armDifferences(sideOf(row, measure, results), reference(row), measure)));
    const best = bestOf(baselines, measure);
    return {
      measure,
      best: best?.name ?? null,
      fromBest: from(() => (best === null ? NONE : baselineSide(best, measure))),
      fromStart: from((row) => referenceOf(START, row, measure, results, baselines)),
    };
  });
  const known = compared.filter(({ fromBest, fromStart }) => [...fromBest, ...fromStart].some((one) => one !== null));
  return known.some(({ measure: { topic } }) => topic === 'ranking' || topic === 'attention') ? known : [];
}

function bestOf(baselines: readonly GridBaseline[], measure: Measure): GridBaseline | null {
  if (measure.ranked?.scores == null) return null;
  const found = baselines.flatMap((baseline) => {
    const values: BySeed = baselineSide(baseline, measure).values;
    return NOT_FREE.includes(baseline.id) || values.size === 0 ? [] : [{ baseline, value: mean([...values.values()]) }];
  });
  return (
    found.reduce<(typeof found)[number] | null>((best, one) => (best !== null && best.value >= one.value ? best : one), null)
      ?.baseline ?? null
  );
}
