/** When a run evaluates. Pure, since the page uses it too, without loading the engine. */
import type { RunRecord } from '../../record/runRecord';
import type { Spacing } from '../../recipe/sections/evaluation';

/**
 * Steps before evaluation k of n, not rounded, of operations that round alike everywhere: an exported job
 * finds the same ones.
 */
const STEPS_BEFORE: Readonly<Record<Spacing, (k: number, n: number, steps: number) => number>> = {
  even: (k, n, steps) => (k * steps) / n,
  early: (k, n, steps) => steps * Math.sqrt(k ** 3 / n ** 3),
};

/**
 * Steps after which the sample is evaluated, spaced as the recipe says, including the last step: as many as
 * it asks for, or as measuring was cut to; no more than there are steps.
 */
export function evaluationSteps({ spec, cut }: Pick<RunRecord, 'spec' | 'cut'>): Set<number> {
  const { steps } = spec.training;
  const { evaluations, spacing } = spec.evaluation;
  const wanted = Math.min(cut?.evaluations ?? evaluations, steps);
  const at = new Set<number>();
  let before = 0;
  for (let k = 1; k <= wanted; k++) {
    // Steps that are rounded to the same one move apart.
    before = Math.max(before + 1, Math.round(STEPS_BEFORE[spacing](k, wanted, steps)));
    at.add(before);
  }
  return at;
}
