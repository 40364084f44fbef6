/** The runs of a grid that have the recipe of the run on the page, by arm and seed. Pure. */
import { ratelessKey } from '../../experiment/grid/cellKey';
import type { Sweep, SweepPoint } from '../../experiment/grid/sweep';
import type { ArmSpec } from '../../recipe/runSpec';
import type { RunRecord } from '../../record/runRecord';
import type { Estimate } from '../../statistics/crossedMean';

/** Final values by measure, of one run. */
export type FinalValues = Readonly<Record<string, number>>;

export interface GridRuns {
  /** How many runs, with different seeds, all arms have in common. */
  readonly runs: number;
  /** By arm and seed. */
  readonly arms: ReadonlyMap<string, ReadonlyMap<number, FinalValues>>;
  /** Of the base model, on the same users. */
  readonly base: FinalValues;
  /**
   * HR@10 of an arm − that of `first`, over all of its seeds and users; without what is not known by user.
   */
  readonly fromFirst: ReadonlyMap<string, Estimate>;
  readonly first: string;
}

/** The points of an arm over rates; none if the grid did not train it. */
export function pointsOf(sweep: Sweep, record: RunRecord, arm: ArmSpec): readonly SweepPoint[] {
  const key = ratelessKey(record, arm);
  return sweep.lines.find((line) => line.key === key)?.points ?? [];
}

/**
 * @param rate of the grid's runs; default: the record's own.
 * @returns null if no two arms have two seeds or more
 */
export function gridRunsOf(sweep: Sweep | null, record: RunRecord, rate?: number): GridRuns | null {
  if (sweep === null) return null;
  const fromFirst = new Map<string, Estimate>();
  const trained = record.spec.arms.flatMap((arm) => {
    const at = rate ?? arm.learningRate ?? record.spec.training.learningRate;
    const point = pointsOf(sweep, record, arm).find((one) => one.at === at);
    const seeds = point?.seeds ?? [];
    // At one rate: that of the first line at the same place.
    if (point?.fromFirst && at === (rate ?? record.spec.training.learningRate)) fromFirst.set(arm.id, point.fromFirst);
    return seeds.length < 2 ? [] : [[arm.id, new Map(seeds.map(({ seed, values }) => [seed, values]))] as const];
  });
  const [first] = trained;
  if (first === undefined || trained.length < 2) return null;
  const shared = [...first[1].keys()].filter((seed) => trained.every(([, bySeed]) => bySeed.has(seed)));
  if (shared.length < 2) return null;
  const arms = trained.map(([id, bySeed]) => [id, new Map(shared.map((seed) => [seed, bySeed.get(seed)!]))] as const);
  return { runs: shared.length, arms: new Map(arms), base: sweep.base, fromFirst, first: sweep.lines[0]!.arm };
}

/** The learning rates at which a grid has runs of the record's recipe, ascending. */
export function gridRatesOf(sweep: Sweep | null, record: RunRecord): number[] {
  if (sweep === null) return [];
  const rates = new Set(record.spec.arms.flatMap((arm) => pointsOf(sweep, record, arm).map(({ at }) => at)));
  return [...rates].filter((rate) => gridRunsOf(sweep, record, rate) !== null).sort((a, b) => a - b);
}
