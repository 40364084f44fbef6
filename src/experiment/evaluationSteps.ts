/** When a run evaluates. Pure, since the page uses it too, without loading the engine. */
import type { RunRecord } from '../record/runRecord';

/** Steps after which the sample is evaluated, evenly spaced, including the last step: as many as the recipe asks for, or as measuring was cut to. */
export function evaluationSteps({ spec, cut }: Pick<RunRecord, 'spec' | 'cut'>): Set<number> {
  const { steps } = spec.training;
  const wanted = Math.min(cut?.evaluations ?? spec.evaluation.evaluations, steps);
  return new Set(Array.from({ length: wanted }, (_, index) => Math.round(((index + 1) * steps) / wanted)));
}
