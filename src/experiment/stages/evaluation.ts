/** Evaluations of a run: of all arms before their first step, and of one arm on the sample or on all users. */
import type { Runner } from './arms';
import type { TrainingContext } from './warmUp';
import { t } from '../../words/words';

/**
 * Before the first step the LLM is the same in all arms, and so are sequences of arms that start alike: what holds for one of them at step 0
 * holds for all.
 */
export async function evaluateStart({ sample, measure, runners, progress, tell }: TrainingContext): Promise<void> {
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
    for (const { arm } of alike) tell({ type: 'evaluation', arm: arm.spec.id, ...measured, evaluation });
  }
}

export async function evaluateArm(context: TrainingContext, runner: Runner, population: 'sample' | 'all'): Promise<void> {
  const { inputs, finals, sample, measure, overlap, progress, tell } = context;
  const targets = population === 'all' ? finals : sample;
  const { id, label } = runner.arm.spec;
  const began = performance.now();
  const measured = await measure.evaluate(runner.arm, {
    population,
    targets,
    onProgress: (done) => {
      progress(
        'evaluation',
        population === 'all' ? t('{label} on all users', { label }) : t('{label} on sampled users', { label }),
        done,
        targets.length,
      );
    },
    seconds: runner.seconds,
    decode: population === 'all' || !inputs.gpu.adapter.fallback,
    ...(population === 'all' && { overlap }),
  });
  const evaluation = { ...measured.evaluation, took: secondsSince(began) };
  tell({ type: 'evaluation', arm: id, ...measured, evaluation });
}

function secondsSince(start: number): number {
  return (performance.now() - start) / 1000;
}
