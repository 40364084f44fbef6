/** What of a record two runs of one recipe must have alike, to the last bit: everything but times. */
import type { ArmRecord, RunRecord } from '../record/runRecord';

export type Measured = readonly unknown[];

export function measuredBy({ arms, baselines, base, complete }: RunRecord): Measured {
  const timeless = ({ id, steps, evaluations, attention }: ArmRecord): unknown => ({
    ...{ id, attention },
    steps: { ...steps, seconds: [] },
    evaluations: evaluations.map((evaluation) => ({ ...evaluation, seconds: 0, took: 0 })),
  });
  return [arms.map(timeless), baselines, base, complete];
}
