/**
 * One experiment from loaded model and log to a finished record: the method's procedure, stage by stage. Page and CLI both run this code; it
 * reports through run events.
 */
import type { RunEvent } from '../record/runEvents';
import type { RunRecord } from '../record/runRecord';
import { checkResumable } from './train/checkpoint';
import { startArms } from './stages/arms';
import { prepareBaselines } from './stages/baselines';
import { trainableSchema } from '../recipe/runSpec';
import { contextOf, type ExperimentInputs, type Gate } from './stages/context';
import { prepare } from './stages/data';
import { openEngine, type EngineContext } from './stages/engine';
import { compileKernels } from './stages/kernels';
import { makeFeatures } from './stages/features';
import { finish } from './stages/final';
import { prepareStart } from './stages/start';
import { train } from './stages/loop';
import { fitMemory } from './stages/memory';
import { warmUp } from './stages/warmUp';

/**
 * Runs to the last step, or until the gate returns `stop`.
 * @throws ZodError (a recipe that cannot be trained any more), CheckpointError (another model or log than the checkpoint's), DivergedError, ProtocolError, RangeError (a log too small to train on), DoesNotFitError, ModelError, the signal's reason, and what the
 * GPU throws.
 */
export async function runExperiment(inputs: ExperimentInputs, emit: (event: RunEvent) => void, gate: Gate): Promise<RunRecord> {
  const data = await prepare(contextOf(trainable(goingOn(inputs)), emit, gate));
  const features = await makeFeatures(await compileKernels(fitMemory(data)));
  const baselines = await prepareBaselines(features);
  const engine = await openEngine(baselines);
  try {
    return await runArms(engine);
  } finally {
    engine.engine.destroy();
  }
}

/** A resumed run keeps the precision that it chose. @throws CheckpointError */
function goingOn(inputs: ExperimentInputs): ExperimentInputs {
  const { resume, model, data } = inputs;
  if (!resume) return inputs;
  checkResumable(resume, { model: model.hash, log: data.log.hash });
  return { ...inputs, spec: resume.record.spec };
}

/** @throws ZodError naming the field, for a recipe that only records of earlier versions have */
function trainable(inputs: ExperimentInputs): ExperimentInputs {
  trainableSchema.parse(inputs.spec);
  return inputs;
}

async function runArms(engine: EngineContext): Promise<RunRecord> {
  const arms = startArms(await prepareStart(engine));
  const training = await warmUp(arms);
  if ((await train(training)) === 'go') await finish(training);
  return training.record;
}
