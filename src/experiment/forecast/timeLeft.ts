/** How much longer a run will take, from the times of its own steps and evaluations. Pure. */
import type { ArmRecord, RunRecord } from '../../record/runRecord';
import { evaluationSteps } from '../evaluate/evaluationSteps';

/** Steps over which a step's time is averaged: enough to be stable, few enough to notice a throttled tab. */
export const RATE_WINDOW = 20;

/** Means over an arm's last steps; null before its second one. */
export function secondsPerStep({ step, seconds }: ArmRecord['steps']): number | null {
  const last = step.length - 1;
  const from = Math.max(0, last - RATE_WINDOW);
  const [steps, span] = [(step[last] ?? 0) - (step[from] ?? 0), (seconds[last] ?? 0) - (seconds[from] ?? 0)];
  return steps > 0 && span > 0 ? span / steps : null;
}

/**
 * Seconds until the last evaluation: steps at the arms' current speed, evaluations as long as those before, the final ones longer in
 * proportion to their users; before there are any, as expected. Probe decoders and the timing of requests take additional time that is not estimated.
 * @returns null until every arm has taken two steps and been evaluated, unless times were taken before
 */
export function timeLeft({
  spec,
  arms,
  baselines,
  expected,
  cut,
}: Pick<RunRecord, 'spec' | 'arms' | 'baselines' | 'expected' | 'cut'>): number | null {
  const { steps } = spec.training;
  const planned = [...evaluationSteps({ spec, cut })];
  const more = ratio(baselines.popularity.all.targets.all, baselines.popularity.sample.targets.all);
  let left = 0;
  for (const { id, steps: columns, evaluations } of arms) {
    const perStep = secondsPerStep(columns) ?? expected?.steps[id];
    const sampled = evaluations.flatMap(({ population, took }) => (population === 'sample' && took !== undefined ? [took] : []));
    // The one at step 0 is shared by arms, which says less of a single arm's than times do.
    const known = expected !== undefined && sampled.length < 2 ? [expected.evaluation] : sampled;
    if (perStep === undefined || known.length === 0) return null;
    const each = known.reduce((sum, took) => sum + took, 0) / known.length;
    const at = evaluations.findLast(({ population }) => population === 'sample')?.step ?? 0;
    left += perStep * (steps - (columns.step.at(-1) ?? 0)) + each * planned.filter((step) => step > at).length;
    if (!evaluations.some(({ population }) => population === 'all')) left += expected?.final ?? each * more;
  }
  return left;
}

function ratio(all: number, sample: number): number {
  return sample > 0 ? Math.max(1, all / sample) : 1;
}
