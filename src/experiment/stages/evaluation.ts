/** Evaluations of a run: of all arms before their first step, and of one arm on the sample or on all users. */
import type { Runner } from './arms';
import type { TrainingContext } from './warmUp';

/** All arms start from the same parameters: what holds for one at step 0 holds for all. */
export async function evaluateStart({ spec, sample, measure, runners, progress, tell }: TrainingContext): Promise<void> {
  const began = performance.now();
  const start = await measure.evaluate(runners[0]!.arm, {
    population: 'sample',
    targets: sample,
    onProgress: (done) => {
      progress('evaluation', 'All arms before their first step', done, sample.length);
    },
    seconds: 0,
    decode: false,
  });
  // Measured once for all arms: each has its share.
  const took = secondsSince(began) / spec.arms.length;
  for (const { id } of spec.arms) tell({ type: 'evaluation', arm: id, ...start, evaluation: { ...start.evaluation, took } });
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
      progress('evaluation', `${label} on ${population === 'all' ? 'all' : 'sampled'} users`, done, targets.length);
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
