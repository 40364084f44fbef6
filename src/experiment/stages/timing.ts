/** The parts of the warm-up: every kernel is used once, which compiles it, then timed to choose the size of the users' sample. Changes no arm. */
import type { Target } from '../../log/types';
import type { Arm } from '../../engine/arm';
import { usersWithinBudget } from '../../measures/ranking/userSample';
import type { Measure } from '../measure';
import type { ArmsContext } from './arms';
import { t } from '../../words/words';

/** Number of users on whom the cost of an evaluation is measured. */
const TIMED_USERS = 32;

/** Runs each arm's step and one evaluation once, without an update; only the base model's measures are kept. */
export async function compileAll({ engine, data, measure, runners, untrained, watched, progress }: ArmsContext): Promise<void> {
  for (const [index, { arm }] of runners.entries()) {
    progress('compile', t('Compiling a step of {label}', { label: arm.spec.label }), index, runners.length);
    await engine.trainStep(arm, data.batch(0, arm.spec), { update: false });
  }
  progress('compile', t('Compiling an evaluation'), runners.length, runners.length);
  await measure.rank(runners[0]!.arm, watched.slice(0, TIMED_USERS));
  await measure.setBase(untrained);
}

/** Number of users evaluated during training: as requested, or as many as keep evaluation under a tenth of the run. */
export async function sampleSize({ engine, data, measure, runners, spec, watched, progress }: ArmsContext): Promise<number> {
  if (spec.evaluation.sampleUsers !== 'auto') return Math.min(spec.evaluation.sampleUsers, watched.length);
  progress('warm-up', t('Timing a step and an evaluation'));
  let stepSeconds = 0;
  for (const { arm } of runners) {
    const start = performance.now();
    await engine.trainStep(arm, data.batch(0, arm.spec), { update: false });
    stepSeconds += (performance.now() - start) / 1000;
  }
  const { ranking, fixed, users } = await evaluateOnce(measure, runners[0]!.arm, watched);
  return usersWithinBudget({
    stepSeconds,
    steps: spec.training.steps,
    evaluations: spec.evaluation.evaluations + 1,
    evaluationSecondsPerUser: (runners.length * ranking) / users,
    fixedEvaluationSeconds: runners.length * fixed,
    available: watched.length,
  });
}

/** Seconds for ranking some users, and for the part of an evaluation that does not depend on their number. */
async function evaluateOnce(
  measure: Measure,
  arm: Arm,
  watched: readonly Target[],
): Promise<{ readonly ranking: number; readonly fixed: number; readonly users: number }> {
  const few = watched.slice(0, TIMED_USERS);
  const start = performance.now();
  await measure.rank(arm, few);
  const ranked = performance.now();
  await measure.fixedAgain(arm);
  return { ranking: (ranked - start) / 1000, fixed: (performance.now() - ranked) / 1000, users: few.length };
}
