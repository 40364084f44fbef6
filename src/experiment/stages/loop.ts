/** Stage 10: the arms in turn, step by step, on the same batches, evaluated along the way. */
import { readTrainedArm, type TrainedArm } from '../../engine/trainedArm';
import { takeCheckpoint } from '../checkpoint';
import { DivergedError } from '../diverged';
import { evaluationSteps } from '../evaluationSteps';
import { Stepper } from '../stepper';
import type { Runner } from './arms';
import { evaluateArm, evaluateStart } from './evaluation';
import type { TrainingContext } from './warmUp';
import { t } from '../../words/words';

/** @returns `stop` if the gate did before the last step. @throws DivergedError, and what the GPU throws */
export async function train(context: TrainingContext): Promise<'go' | 'stop'> {
  const { inputs, data, spec, features, engine, initial, runners, gate, tell, compiled, record } = context;
  if (!inputs.resume) await evaluateStart(context);
  await compiled('step');
  const read = (): Promise<readonly TrainedArm[]> => readArms(context);
  inputs.onTraining?.({ spec, data, features, initial: { layout: engine.layout, flat: initial }, read });
  const evaluateAt = evaluationSteps(record);
  const stepper = new Stepper(engine, inputs.profiled, (arm, profile) => {
    tell({ type: 'profile', arm, profile });
  });
  let answer: 'go' | 'stop' = 'go';
  for (let step = inputs.resume?.step ?? 0; step < spec.training.steps; step++) {
    await keep(context);
    answer = await gate();
    if (answer === 'stop') break;
    for (const runner of runners) await takeStep(context, stepper, runner, step);
    if (evaluateAt.has(step + 1)) for (const runner of runners) await evaluateArm(context, runner, 'sample');
  }
  stepper.report();
  inputs.checkpoints?.request();
  await keep(context);
  inputs.onTrained?.(await read());
  return answer;
}

/** Takes a checkpoint if one is due. All arms have taken the same steps, and due evaluations are done. */
async function keep({ inputs, engine, runners, sample, record }: TrainingContext): Promise<void> {
  if (!inputs.checkpoints?.due) return;
  const asked = inputs.resume?.asked ?? inputs.spec;
  await inputs.checkpoints.take(() => takeCheckpoint(engine, runners, { asked, sampleUsers: sample.length, record }));
}

async function takeStep(
  { data, batchSize, tell }: TrainingContext,
  stepper: Stepper,
  runner: Runner,
  step: number,
): Promise<void> {
  const { arm } = runner;
  const started = performance.now();
  const result = await stepper.step(arm, data.batch(step, arm.spec));
  runner.seconds += (performance.now() - started) / 1000;
  if (!Number.isFinite(result.total) || !Number.isFinite(result.gradNorm))
    throw new DivergedError(t('arm {arm}', { arm: arm.spec.id }), step + 1);
  const { chance, ...numbers } = result;
  const columns = { ...numbers, step: arm.step, seconds: runner.seconds, examples: arm.step * batchSize };
  tell({ type: 'step', arm: arm.spec.id, columns });
  const warning = runner.watch.see(arm.step, { ...numbers, chance });
  if (warning !== null) tell({ type: 'warning', arm: arm.spec.id, warning });
}

async function readArms({ engine, runners }: TrainingContext): Promise<readonly TrainedArm[]> {
  const trained: TrainedArm[] = [];
  for (const { arm } of runners) trained.push(await readTrainedArm(engine, arm));
  return trained;
}
