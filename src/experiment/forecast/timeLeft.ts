/** How much longer a run will take, from the times of its own steps and evaluations. Pure. */
import type { StageProgress } from '../../record/runEvents';
import type { ArmRecord, Evaluation, RunRecord } from '../../record/runRecord';
import { evaluationSteps } from '../evaluate/evaluationSteps';

/** Steps over which a step's time is averaged: enough to be stable, few enough to notice a throttled tab. */
export const RATE_WINDOW = 20;

/** Means over an arm's last steps; null before its first one. */
export function secondsPerStep({ step, seconds }: ArmRecord['steps']): number | null {
  const last = step.length - 1;
  const from = Math.max(0, last - RATE_WINDOW);
  if (last === 0 && step[0] === 1) return seconds[0]! > 0 ? seconds[0]! : null;
  const steps = (step[last] ?? 0) - (step[from] ?? 0);
  const span = (seconds[last] ?? 0) - (seconds[from] ?? 0);
  return steps > 0 && span > 0 ? span / steps : null;
}

type Timed = Pick<RunRecord, 'spec' | 'arms' | 'baselines' | 'expected' | 'cut'> & {
  readonly base?: Pick<RunRecord['base'], 'testSinks'>;
};

/**
 * Seconds until the last measurement: steps at the arms' current speed, evaluations as long as those before,
 * and at the end as much longer as there are more users, by every arm; the base model reads their histories
 * then. Probe decoders and the timing of requests take additional time that is not estimated.
 * @param doing the stage under way, of which what is done is not left
 * @returns null until every arm has taken a step and been evaluated, unless times were taken before
 */
export function timeLeft(run: Timed, doing: Pick<StageProgress, 'stage' | 'done'> | null = null): number | null {
  const { spec, arms, baselines, expected, base } = run;
  const { steps } = spec.training;
  const planned = [...evaluationSteps(run)];
  const sampled = baselines.popularity.sample.targets.all;
  const all = baselines.popularity.all.targets.all;
  let left = 0;
  let perUser = 0;
  for (const { id, steps: columns, evaluations } of arms) {
    const perStep = secondsPerStep(columns) ?? expected?.steps[id];
    const known = evaluationTimes(run, id);
    if (perStep === undefined || known.length === 0) return null;
    const each = mean(known.map(({ took }) => took));
    perUser = mean(known.map((one) => one.perUser));
    const at = evaluations.findLast(({ population }) => population === 'sample')?.step ?? 0;
    left += perStep * (steps - (columns.step.at(-1) ?? 0)) + each * planned.filter((step) => step > at).length;
    if (!evaluations.some(({ population }) => population === 'all'))
      left += expected?.final ?? each + perUser * Math.max(0, all - sampled);
  }
  if (base?.testSinks === undefined) left += perUser * all;
  return doing?.stage === 'evaluation' ? Math.max(0, left - perUser * doing.done) : left;
}

interface EvaluationTime {
  readonly took: number;
  readonly perUser: number;
}

/**
 * Seconds of an arm's evaluations on the sample; before its own second one, of that at step 0, whose time is
 * divided among the arms that share it.
 */
function evaluationTimes({ spec, arms, baselines, expected }: Timed, id: string): EvaluationTime[] {
  const sinkToken = (arm: string): boolean => spec.arms.find((one) => one.id === arm)?.sinkToken ?? false;
  const sharing = arms.filter((arm) => sinkToken(arm.id) === sinkToken(id)).length;
  const own = arms.find((arm) => arm.id === id)!.evaluations.filter(isTimed);
  const later = own.filter(({ step }) => step > 0);
  const { sample, all } = baselines.popularity;
  // Records of earlier versions do not tell what depends on users: all of it.
  const timed = (took: number, perUser = took / Math.max(1, sample.targets.all)): EvaluationTime => ({ took, perUser });
  if (later.length > 0) return later.map(({ took, perUser }) => timed(took, perUser));
  if (expected !== undefined) return [timed(expected.evaluation, expected.final / Math.max(1, all.targets.all))];
  return own.map(({ took, perUser }) => timed(sharing * took, perUser));
}

function isTimed(evaluation: Evaluation): evaluation is Evaluation & { readonly took: number } {
  return evaluation.population === 'sample' && evaluation.took !== undefined;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
