/** When a run evaluates. Pure, since the page uses it too, without loading the engine. */
import type { RunSpec } from '../recipe/runSpec';

/** Steps after which the sample is evaluated: `evaluations` of them, evenly spaced, including the last step. */
export function evaluationSteps(spec: Pick<RunSpec, 'training' | 'evaluation'>): Set<number> {
  const { steps } = spec.training;
  const wanted = Math.min(spec.evaluation.evaluations, steps);
  return new Set(Array.from({ length: wanted }, (_, index) => Math.round(((index + 1) * steps) / wanted)));
}
