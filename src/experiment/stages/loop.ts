/**
 * Stage 10: the arms in turn, step by step, on the same batches, evaluated along the way. The device gets the next step before what the last one lost
 * is read, so that it never waits for the thread.
 */
import { ReadAhead } from '../../gpu/readAhead';
import type { StepReport } from '../../engine/engine';
import { readTrainedArm, type TrainedArm } from '../../engine/trainedArm';
import { takeCheckpoint } from '../train/checkpoint';
import { armBatches } from '../../recipe/armRecipe';
import { divergedAt } from '../train/diverged';
import { evaluationSteps } from '../evaluate/evaluationSteps';
import { Stepper } from '../train/stepper';
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
  const reads = new ReadAhead();
  const settle = (): Promise<void> => reads.end();
  const clock = { last: -Infinity };
  let answer: 'go' | 'stop' = 'go';
  for (let step = inputs.resume?.step ?? 0; step < spec.training.steps; step++) {
    if (inputs.checkpoints?.due === true) {
      await settle();
      await keep(context);
    }
    answer = await gate(settle);
    if (answer === 'stop') break;
    for (const runner of runners) {
      for (const update of updatesOf(context, runner, step)) {
        const taken = takeUpdate(context, stepper, update, clock);
        // A profile is of one update at a time.
        if (stepper.profiles) await taken;
        else await reads.add(taken);
      }
    }
    if (evaluateAt.has(step + 1)) {
      await settle();
      for (const runner of runners) await evaluateArm(context, runner, 'sample');
    }
  }
  await settle();
  stepper.report();
  await keep(context);
  inputs.onTrained?.(await read());
  return answer;
}

/** Takes a checkpoint, if any are taken. All arms have taken the same steps, and due evaluations are done. */
async function keep({ inputs, engine, runners, sample, record }: TrainingContext): Promise<void> {
  const asked = inputs.resume?.asked ?? inputs.spec;
  await inputs.checkpoints?.take(() => takeCheckpoint(engine, runners, { asked, sampleUsers: sample.length, record }));
}

/** One of an arm's updates in a step; those of a step share what its first one lost. */
interface Update {
  readonly runner: Runner;
  readonly step: number;
  readonly batch: number;
  readonly isLast: boolean;
  readonly lost: { first: StepReport | null };
}

function updatesOf({ spec }: TrainingContext, runner: Runner, step: number): Update[] {
  const lost = { first: null };
  const batches = armBatches(spec, runner.arm.spec, step);
  return batches.map((batch, index) => ({ runner, step, batch, isLast: index === batches.length - 1, lost }));
}

/**
 * Queues an update at once, and resolves when it has been read; the last one of a step reports what the first one lost, on the batch that all arms have.
 * @param clock when the last one was read: an update's time counts from there
 */
async function takeUpdate(
  { data, batchSize, tell }: TrainingContext,
  stepper: Stepper,
  { runner, step, batch, isLast, lost }: Update,
  clock: { last: number },
): Promise<void> {
  const { arm } = runner;
  const started = performance.now();
  const result = await stepper.step(arm, data.batch(batch, arm.spec));
  const now = performance.now();
  runner.seconds += (now - Math.max(started, clock.last)) / 1000;
  clock.last = now;
  if (!Number.isFinite(result.total) || !Number.isFinite(result.gradNorm))
    throw divergedAt(t('arm {arm}', { arm: arm.spec.id }), step + 1, arm.spec.id);
  lost.first ??= result;
  if (!isLast) return;
  const { chance, ...numbers } = lost.first;
  const at = step + 1;
  const columns = { ...numbers, step: at, seconds: runner.seconds, examples: at * arm.spec.updates * batchSize };
  tell({ type: 'step', arm: arm.spec.id, columns });
  const warning = runner.watch.see(at, { ...numbers, chance });
  if (warning !== null) tell({ type: 'warning', arm: arm.spec.id, warning });
}

async function readArms({ engine, runners }: TrainingContext): Promise<readonly TrainedArm[]> {
  const trained: TrainedArm[] = [];
  for (const { arm } of runners) trained.push(await readTrainedArm(engine, arm));
  return trained;
}
