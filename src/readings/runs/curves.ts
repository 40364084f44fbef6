/** The data for curves of saved runs: every evaluation of every arm as numbers, without the maps. */
import { entries, measuredValues } from '../../measures/measures';
import { isOfAllArms } from '../../record/comparedEvaluations';
import type { Evaluation, RunRecord } from '../../record/runRecord';

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
  /** As in the evaluation. */
  readonly owners?: readonly number[] | undefined;
}

/** By arm. */
export type CurvesByArm = ReadonlyMap<string, ArmCurve>;

/** Values on all users are drawn once all arms of the run have them. */
export function curvesOf(record: RunRecord): CurvesByArm {
  const isDrawn = (one: Evaluation): boolean => one.population === 'sample' || isOfAllArms(one, record.arms);
  const known = entries().flatMap((measure) => {
    const value = measure.base(record);
    return value === null ? [] : [[measure.id, value] as const];
  });
  const base = Object.fromEntries(known);
  return new Map(
    record.arms.map(({ id, evaluations }) => {
      const last = evaluations.findLast((one) => one.population === 'all' && isDrawn(one));
      const curve: ArmCurve = {
        points: evaluations
          .filter(isDrawn)
          .map((one) => ({ step: one.step, population: one.population, values: measuredValues(one) })),
        base,
        ranks: last?.ranks ?? [],
        ...(last?.owners && { owners: last.owners }),
      };
      return [id, curve] as const;
    }),
  );
}
