/** Stage 11: all arms on all users, what their embeddings carry, and what a request costs. */
import { inferenceCost } from '../evaluate/inferenceCost';
import { evaluateArm } from './evaluation';
import type { TrainingContext } from './warmUp';
import { t } from '../../words/words';

/** Completes the record, unless the gate returns `stop`. @throws GpuFaultError and what else the GPU throws */
export async function finish(context: TrainingContext): Promise<void> {
  const { runners, faults, tell, compiled } = context;
  await compiled('final');
  for (const runner of runners) await evaluateArm(context, runner, 'all');
  if ((await probeArms(context)) === 'stop') return;
  await timeRequests(context);
  await attendOfBase(context);
  // Whatever the fault, a record that it may have affected is not complete.
  await faults.settled();
  tell({ type: 'finished' });
}

async function probeArms({ inputs, probing, runners, gate, progress, tell }: TrainingContext): Promise<'go' | 'stop'> {
  const arms = runners.map(({ arm }) => arm);
  const probed = await probing?.measureAll(arms, {
    gate,
    progress: (note, done, total) => {
      progress('evaluation', note, done, total);
    },
    onFidelity: (of, fidelity, probe) => {
      tell({ type: 'fidelity', of, fidelity });
      if (of !== 'control') inputs.onProbed?.(of === 'untrained' ? null : of.arm, probe);
    },
  });
  return probed === false ? 'stop' : 'go';
}

async function timeRequests(context: TrainingContext): Promise<void> {
  const { inputs, engine, measure, finals, runners, initial, features, rankings, progress, tell } = context;
  const arms = runners.map(({ arm }) => arm);
  const inference = await inferenceCost({
    ...context,
    evaluator: measure.evaluator,
    targets: finals,
    arms,
    restart: () => {
      engine.writeParameters(arms[0]!, initial);
    },
    features: features.hidden,
    k: Math.max(1, rankings.listed),
    repeats: inputs.requestRepeats,
    onProgress: (done, total) => {
      progress('inference', t('Timing requests'), done, total);
    },
  });
  tell({ type: 'inference', inference });
}

/** The base model's attention on the users on whom the arms were last measured. Last of all, since the base model takes the place of an arm. */
async function attendOfBase({ engine, measure, untrained, initial, finals, progress, tell }: TrainingContext): Promise<void> {
  engine.writeParameters(untrained, initial);
  const testSinks = await measure.sinksOf(untrained, finals, (done) => {
    progress('evaluation', t('Base model on all users'), done, finals.length);
  });
  if (testSinks !== null) tell({ type: 'test-sinks', testSinks });
}
