/** What is measured: the checkpoints of a run on the sample store, one after each of its steps. */
import { readCheckpoint, type Checkpoint } from '../../src/experiment/train/checkpoint';
import { Checkpoints } from '../../src/experiment/train/checkpoints';
import { runExperiment } from '../../src/experiment/runExperiment';
import type { ExperimentInputs } from '../../src/experiment/runExperiment';
import { readArm } from '../../src/recipe/namedArms';
import { runSpecSchema, type RunSpec } from '../../src/recipe/runSpec';
import type { RunEvent } from '../../src/record/runEvents';
import { memorySlots, TwoSlots } from '../../src/storage/twoSlots';

/** Number of checkpoints per case. */
const STEPS = 12;

interface Case {
  readonly name: string;
  readonly arms: readonly string[];
  readonly changes: Record<string, unknown>;
  /** Number of steps already in the record. */
  readonly before: number;
}

/** From the smallest to the largest: adapters and heads; four arms of rank 64; free item embeddings; the record of a long run. */
const CASES: readonly Case[] = [
  { name: 'two arms, rank 8', arms: ['action', 'karma'], changes: {}, before: 0 },
  { name: 'four arms, rank 64', arms: ['action', 'gen', 'rec', 'karma'], changes: { lora: { rank: 64 } }, before: 0 },
  {
    name: 'two arms, free item embeddings',
    arms: ['action', 'karma'],
    changes: { objective: { itemInput: 'title+hidden+id', itemOutput: 'content+id' } },
    before: 0,
  },
  { name: 'two arms, rank 8, after 10,000 steps', arms: ['action', 'karma'], changes: {}, before: 10_000 },
];

export interface CheckpointMeasurement {
  readonly name: string;
  /** Measurements of one checkpoint. */
  readonly bytes: number;
  /** Milliseconds for which each delayed training, and those of hashing and writing it in parallel with training. */
  readonly heldUp: readonly number[];
  readonly wrote: readonly number[];
}

export type Bench = Omit<ExperimentInputs, 'spec' | 'checkpoints' | 'resume'>;

/** @param slots where checkpoints are stored */
export async function measureCheckpoints(
  bench: Bench,
  slots: TwoSlots,
  onCase: (name: string) => void = () => undefined,
): Promise<CheckpointMeasurement[]> {
  const measured: CheckpointMeasurement[] = [];
  for (const one of CASES) {
    onCase(one.name);
    measured.push(await measureCase(bench, slots, one));
  }
  return measured;
}

async function measureCase(bench: Bench, slots: TwoSlots, one: Case): Promise<CheckpointMeasurement> {
  const heldUp: number[] = [];
  const wrote: number[] = [];
  let [held, written] = [0, 0];
  const checkpoints = new Checkpoints(slots, 0, () => {
    wrote.push(checkpoints.cost.writing - written);
    written = checkpoints.cost.writing;
  });
  // Every step waits for the previous write, so that each is measured alone.
  await run(bench, specOf(one, one.before + STEPS), await resumeOf(bench, one), checkpoints, async () => {
    if (checkpoints.cost.taken > heldUp.length) heldUp.push(checkpoints.cost.ms - held);
    held = checkpoints.cost.ms;
    await checkpoints.settled();
  });
  await checkpoints.settled();
  await slots.clear();
  return { name: one.name, bytes: checkpoints.cost.bytes, heldUp, wrote };
}

/** A run's checkpoint with the record of a long one: its first steps repeated. */
async function resumeOf(bench: Bench, one: Case): Promise<Checkpoint | null> {
  if (one.before === 0) return null;
  const checkpoints = new Checkpoints(new TwoSlots(memorySlots()), 0);
  await run(bench, specOf(one, 4), null, checkpoints, () => Promise.resolve());
  const short = readCheckpoint(checkpoints.last!);
  const spec = specOf(one, one.before + STEPS);
  const arms = short.record.arms.map((arm) => ({
    ...arm,
    steps: Object.fromEntries(
      Object.entries(arm.steps).map(([column, values]) => [
        column,
        Array.from({ length: one.before }, (_, step) => (column === 'step' ? step + 1 : values[step % values.length])),
      ]),
    ) as typeof arm.steps,
  }));
  return {
    ...short,
    asked: spec,
    step: one.before,
    record: { ...short.record, spec: { ...spec, model: short.record.spec.model }, arms },
  };
}

async function run(
  bench: Bench,
  spec: RunSpec,
  resume: Checkpoint | null,
  checkpoints: Checkpoints,
  between: () => Promise<void>,
): Promise<void> {
  const emit = (event: RunEvent): void => {
    if (event.type === 'finished') throw new Error('The run was to be stopped before its final evaluation.');
  };
  let passed = 0;
  const last = spec.training.steps - (resume?.step ?? 0);
  await runExperiment({ ...bench, spec, resume, checkpoints }, emit, async () => {
    await between();
    return ++passed < last ? 'go' : 'stop';
  });
}

function specOf({ arms, changes }: Case, steps: number): RunSpec {
  return runSpecSchema.parse({
    ...changes,
    arms: arms.map(readArm),
    // The cost of a checkpoint does not depend on the users per step.
    training: { steps, batchSize: 2, warmupSteps: 1 },
    evaluation: { evaluations: 1, sampleUsers: 8, finalUsers: 8, probes: 4, domainTexts: ['harp: a stringed instrument'] },
  });
}
