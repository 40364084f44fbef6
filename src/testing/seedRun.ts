/** Runs of one recipe that differ in their seed and in their arms' results. */
import type { RunRecord } from '../record/runRecord';
import { evaluation, modelValues, ranking, sinks, smallRecord } from './smallRecord';

export interface Final {
  readonly hr: number;
  readonly sink: number;
  readonly nll: number;
}

/** A finished run of one seed whose arms end at the given values. */
export function runOfSeed(seed: number, action: Final, karma: Final, name = 'one'): RunRecord {
  const small = smallRecord();
  const final = ({ hr, sink, nll }: Final) =>
    evaluation(small.spec.training.steps, hr, {
      population: 'all',
      ...ranking(1000, hr, 0.01),
      values: modelValues(nll, nll - small.base.values.lmNll!),
      sinks: sinks(sink),
    });
  const arms = small.arms.map((arm) => ({ ...arm, evaluations: [final(arm.id === 'action' ? action : karma)] }));
  return { ...small, arms, complete: true, createdAt: `2026-01-0${seed + 1}T00:00:00Z`, spec: { ...small.spec, seed, name } };
}
