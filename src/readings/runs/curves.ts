/** The data for curves of saved runs: every evaluation of every arm as numbers, without the maps. */
import { entries, measuredValues } from '../../measures/measures';
import type { RunRecord } from '../../record/runRecord';

export interface CurvePoint {
  readonly step: number;
  readonly population: 'sample' | 'all';
  readonly values: Readonly<Record<string, number>>;
}

export interface ArmCurve {
  readonly points: readonly CurvePoint[];
  /** The base model's values, by measure. */
  readonly base: Readonly<Record<string, number>>;
  /** Ranks of all users at the end; empty if the run did not finish. */
  readonly ranks: readonly number[];
}

/** By arm. */
export type RunCurves = ReadonlyMap<string, ArmCurve>;

export function curvesOf(record: RunRecord): RunCurves {
  const known = entries().flatMap((measure) => {
    const value = measure.base(record);
    return value === null ? [] : [[measure.id, value] as const];
  });
  const base = Object.fromEntries(known);
  return new Map(
    record.arms.map(({ id, evaluations }) => [
      id,
      {
        points: evaluations.map((one) => ({ step: one.step, population: one.population, values: measuredValues(one) })),
        base,
        ranks: evaluations.findLast(({ population }) => population === 'all')?.ranks ?? [],
      },
    ]),
  );
}
