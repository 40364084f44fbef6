/**
 * Evaluations of a run: of all arms before their first step, and of one arm on the sample or on all users.
 */
import type { Target } from '../../log/types';
import type { RunEvent } from '../../record/runEvents';
import type { ReportProgress } from '../prepare/preparedRun';
import type { Runner } from '../train/arms';
import type { ArmEvaluator, MeasureOptions } from './measure';
import { t } from '../../words/words';

type EvaluationEvent = Extract<RunEvent, { type: 'evaluation' }>;

/**
 * Before the first step the LLM is the same in all arms, and so are sequences of arms that start alike: what
 * holds for one of them at step 0 holds for all.
 * @returns an evaluation of every arm, arms that start alike together, as soon as they are measured
 */
export async function* evaluateStart(
  runners: readonly Runner[],
  sample: readonly Target[],
  measure: ArmEvaluator,
  progress: ReportProgress,
): AsyncGenerator<EvaluationEvent> {
  for (const sinkToken of [false, true]) {
    const alike = runners.filter(({ arm }) => arm.spec.sinkToken === sinkToken);
    if (alike.length === 0) continue;
    const whose =
      alike.length === runners.length
        ? t('All arms before their first step')
        : sinkToken
          ? t('Arms with a sink token before their first step')
          : t('Arms without a sink token before their first step');
    const began = performance.now();
    const measured = await measure.evaluate(alike[0]!.arm, {
      population: 'sample',
      targets: sample,
      onProgress: (done) => {
        progress('evaluation', whose, done, sample.length);
      },
      seconds: 0,
      decode: false,
    });
    // Measured once for all of them, so the time is divided among them.
    const took = secondsSince(began) / alike.length;
    const evaluation = { ...measured.evaluation, took };
    for (const { arm } of alike) yield { type: 'evaluation', arm: arm.spec.id, ...measured, evaluation };
  }
}

export async function evaluateArm(
  { arm, seconds }: Runner,
  on: Omit<MeasureOptions, 'onProgress' | 'seconds'>,
  measure: ArmEvaluator,
  progress: ReportProgress,
): Promise<EvaluationEvent> {
  const { population, targets } = on;
  const { id, label } = arm.spec;
  const note = population === 'all' ? t('{label} on all users', { label }) : t('{label} on sampled users', { label });
  const began = performance.now();
  const measured = await measure.evaluate(arm, {
    ...on,
    onProgress: (done) => {
      progress('evaluation', note, done, targets.length);
    },
    seconds,
  });
  return { type: 'evaluation', arm: id, ...measured, evaluation: { ...measured.evaluation, took: secondsSince(began) } };
}

function secondsSince(start: number): number {
  return (performance.now() - start) / 1000;
}
