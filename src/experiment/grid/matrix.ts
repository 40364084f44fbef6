/**
 * The grid's results: final measures of every variant over its seeds, and paired differences from a baseline.
 * Pure.
 */
import { compareDifferences, type BySeed, type Comparison } from '../../statistics/comparison';
import type { Measure } from '../../measures/measure';
import { sampledOf } from '../../record/ownSamples';
import { ranksGivenPools } from '../../record/poolSizes';
import { mean, standardDeviation } from '../../statistics/statistics';
import type { GridCell, GridPlan, Variant } from './plan';
import { armDifferences, type ArmSeedValues } from './differences';
import type { CellResult, FinalRanks } from './results';

export interface MatrixEntry {
  readonly measure: Measure;
  /** By seed, unscaled. */
  readonly values: ReadonlyMap<number, number>;
  /** Null without a finished seed. */
  readonly mean: number | null;
  readonly sd: number | null;
  /** Difference from the baseline; null for the baseline itself, and if no seed is finished on both sides. */
  readonly comparison: Comparison | null;
}

export interface MatrixRow {
  readonly variant: Variant;
  /** The rate that was chosen on validation targets; null if none was tuned or not all are finished. */
  readonly rate: number | null;
  /** Reported cells: those of the chosen rate if rates are tuned. */
  readonly cells: readonly GridCell[];
  readonly done: number;
  readonly total: number;
  /** `ranksGivenPools` of its runs. */
  readonly onlyGiven: boolean;
  /** `sampledOf` its runs. */
  readonly sampledOf: number | null;
  readonly entries: readonly MatrixEntry[];
  /** Cells that have no numbers, since their loss stopped being one. */
  readonly diverged: readonly GridCell[];
}

/** Keys of cells whose loss stopped being a number. */
export interface DivergedCells {
  readonly has: (key: string) => boolean;
}

const NONE: DivergedCells = new Set<string>();

type Results = ReadonlyMap<string, CellResult>;

function largest(numbers: readonly (number | null)[]): number | null {
  const known = numbers.filter((number) => number !== null);
  return known.length === 0 ? null : Math.max(...known);
}

/** @param baseline a variant's id; null takes the first */
export function gridMatrix(
  plan: GridPlan,
  results: Results,
  measures: readonly Measure[],
  baseline: string | null,
  diverged: DivergedCells = NONE,
): MatrixRow[] {
  const given = givenCells(plan);
  const rows = plan.variants.map((variant) => {
    const cells = plan.cells.filter((cell) => cell.variant.id === variant.id);
    const rate = plan.grid.tune ? chosenRate(plan, cells, results, diverged) : null;
    const shown = plan.grid.tune ? cells.filter((cell) => cell.rate === rate) : cells;
    const done = cells.filter(({ key }) => results.has(key)).length;
    const lost = cells.filter(({ key }) => !results.has(key) && diverged.has(key));
    return {
      variant,
      rate,
      cells: shown,
      diverged: lost,
      done,
      total: cells.length,
      onlyGiven: cells.some(({ key }) => given.has(key)),
      sampledOf: sampledCells(shown, results, given),
    };
  });
  const control = rows.find(({ variant }) => variant.id === baseline) ?? rows[0]!;
  const ranks = new Map(rows.map((row) => [row, ranksOf(row, results)]));
  const entries = comparedRows(
    rows,
    control,
    measures,
    ({ cells }, { id }) => cellValues(cells, results, id),
    (row) => ranks.get(row),
  );
  return rows.map((row, i) => ({ ...row, entries: entries[i]! }));
}

/**
 * Means over seeds for every row, one entry per measure, and differences from one of the rows.
 * @param control null if nothing is compared
 * @param valuesOf a row's values of a measure, by seed
 * @param ranksOf its ranks by seed, if seeds rank the same targets
 */
export function comparedRows<Row>(
  rows: readonly Row[],
  control: Row | null,
  measures: readonly Measure[],
  valuesOf: (row: Row, measure: Measure) => BySeed,
  ranksOf: (row: Row) => ArmSeedValues['ranks'] | undefined = () => undefined,
): MatrixEntry[][] {
  const ranks = rows.map((row) => ranksOf(row) ?? new Map<number, FinalRanks>());
  const columns = measures.map((measure) => {
    const values = rows.map((row) => valuesOf(row, measure));
    const of = (row: Row): ArmSeedValues => ({ values: values[rows.indexOf(row)]!, ranks: ranks[rows.indexOf(row)]! });
    const others = control === null ? [] : rows.filter((row) => row !== control);
    const compared = compareDifferences(others.map((row) => armDifferences(of(row), of(control!), measure)));
    return rows.map((row, i): MatrixEntry => {
      const list = [...values[i]!.values()];
      return {
        measure,
        values: values[i]!,
        mean: list.length === 0 ? null : mean(list),
        sd: standardDeviation(list),
        comparison: compared[others.indexOf(row)] ?? null,
      };
    });
  });
  return rows.map((_, i) => columns.map((column) => column[i]!));
}

/** Whether any reported cell has a value of one of the measures. */
export function hasValues(rows: readonly Pick<MatrixRow, 'cells'>[], results: Results, measures: readonly Measure[]): boolean {
  return rows.some(({ cells }) => measures.some(({ id }) => cellValues(cells, results, id).size > 0));
}

/**
 * The rate with the highest mean HR@K over seeds on the watched validation targets; the smaller one in a tie.
 * A rate at which a seed diverged is not chosen. Null until all others are finished.
 */
function chosenRate({ grid }: GridPlan, cells: readonly GridCell[], results: Results, diverged: DivergedCells): number | null {
  const { rates, k } = grid.tune!;
  let best: { rate: number; score: number } | null = null;
  for (const rate of [...rates].sort((a, b) => a - b)) {
    const own = cells.filter((cell) => cell.rate === rate);
    if (own.some(({ key }) => !results.has(key) && diverged.has(key))) continue;
    const scores = own.map(({ key }) => results.get(key)?.summary.watched[`hr@${k}`]).filter((score) => score !== undefined);
    if (scores.length < grid.seeds.length) return null;
    const score = mean(scores);
    if (!best || score > best.score) best = { rate, score };
  }
  return best?.rate ?? null;
}

/** Keys of cells whose runs rank the candidate sets that their log has. */
export function givenCells({ jobs }: Pick<GridPlan, 'jobs'>): ReadonlySet<string> {
  return new Set(jobs.flatMap(({ spec, cells }) => (ranksGivenPools(spec) ? cells.map(({ key }) => key) : [])));
}

/** `sampledOf` the runs of cells, the largest. */
export function sampledCells(cells: readonly GridCell[], results: Results, given: ReadonlySet<string>): number | null {
  return largest(
    cells.map(({ key }) => {
      const last = results.get(key)?.summary.last;
      return last ? sampledOf(last, given.has(key)) : null;
    }),
  );
}

/** A measure of a row over its seeds. */
export function sideOf(row: Pick<MatrixRow, 'cells' | 'sampledOf'>, measure: Measure, results: Results): ArmSeedValues {
  return { values: cellValues(row.cells, results, measure.id), ranks: ranksOf(row, results) };
}

/** Ranks of a row's test targets by seed; none if each seed ranks a sample of its own. */
export function ranksOf({ cells, sampledOf }: Pick<MatrixRow, 'cells' | 'sampledOf'>, results: Results): Map<number, FinalRanks> {
  if (sampledOf !== null) return new Map();
  return new Map(
    cells.flatMap(({ key, seed }) => {
      const found = results.get(key);
      const ranks = found?.facts?.finals.get(found.arm);
      return ranks === undefined ? [] : [[seed, ranks] as const];
    }),
  );
}

export function cellValues(cells: readonly GridCell[], results: Results, measure: string): Map<number, number> {
  return new Map(
    cells.flatMap(({ key, seed }) => {
      const value = results.get(key)?.summary.last?.values[measure];
      return value === undefined ? [] : [[seed, value] as const];
    }),
  );
}
