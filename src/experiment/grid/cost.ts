/** How long a grid will take, from times measured on this adapter. Pure. */
import type { ArmSpec, RunSpec } from '../../recipe/runSpec';
import { lambdaOf, TERM_IDS } from '../../recipe/terms';
import { median } from '../../statistics/statistics';
import { canonicalJson, logName } from './cellKey';
import type { Job } from './plan';
import { remainingRun } from './plan';
import type { KnownRun } from './results';

export interface CostEstimate {
  /** Runs and arms still to train. */
  readonly runs: number;
  readonly arms: number;
  readonly steps: number;
  /** Training seconds of the arms whose step was measured. */
  readonly training: number;
  /** Arms whose step time has not been measured here. */
  readonly unknown: readonly { readonly spec: RunSpec; readonly arm: ArmSpec }[];
  /** Preparation and evaluation of all runs; null if no run of this kind was timed. */
  readonly overhead: number | null;
}

/** What a step's time depends on. */
function stepClass(spec: RunSpec, arm: ArmSpec, log: string): string {
  const { model, data, features, lora, objective, training } = spec;
  const { batchSize, accumulate, checkpoint, cacheMegabytes } = training;
  const losses = TERM_IDS.map((term) => lambdaOf(arm, term) > 0);
  const image = lambdaOf(arm, 'img') > 0 ? [arm.imageContext, arm.imageLoss] : [];
  return canonicalJson([
    log,
    data,
    model.id,
    model.precision,
    model.arithmetic,
    features,
    lora,
    objective,
    batchSize,
    accumulate,
    checkpoint,
    cacheMegabytes,
    losses,
    image,
    arm.updates,
  ]);
}

/** What the rest of a run's time mostly depends on. */
function overheadClass({ model, data, evaluation }: RunSpec, log: string): string {
  return canonicalJson([log, data, model.id, evaluation]);
}

/** Seconds measured on one adapter. */
interface MeasuredTimes {
  /** Seconds of one step, by kind of step. */
  readonly steps: ReadonlyMap<string, readonly number[]>;
  /** One arm's share of everything but steps, by kind of run. */
  readonly overheads: ReadonlyMap<string, readonly number[]>;
}

function measuredTimes(runs: readonly KnownRun[], adapter: string): MeasuredTimes {
  const steps = new Map<string, number[]>();
  const overheads = new Map<string, number[]>();
  for (const run of runs.filter((one) => one.adapter === adapter)) {
    const name = logName(run.spec.data.id, run.data.hash);
    let training = 0;
    for (const { id, steps: taken, seconds } of run.arms) {
      const arm = run.spec.arms.find((one) => one.id === id);
      training += seconds;
      if (arm && taken > 0) add(steps, stepClass(run.spec, arm, name), seconds / taken);
    }
    if (run.complete && run.wallSeconds !== null) {
      add(overheads, overheadClass(run.spec, name), Math.max(0, run.wallSeconds - training) / run.arms.length);
    }
  }
  return { steps, overheads };
}

/** What times are looked up by: the adapter, and the log as `cellKey` takes it. */
export interface CostKey {
  readonly adapter: string;
  readonly log: string;
}

/** @param runs all known runs; those on another adapter are ignored */
export function estimateCost(
  jobs: readonly Job[],
  finished: { has(key: string): boolean },
  runs: readonly KnownRun[],
  place: CostKey,
): CostEstimate {
  return costOf(
    jobs.flatMap((job) => remainingRun(job, finished) ?? []),
    runs,
    place,
  );
}

/** How long these runs will take, from times of similar runs. */
export function costOf(left: readonly RunSpec[], runs: readonly KnownRun[], { adapter, log }: CostKey): CostEstimate {
  const times = measuredTimes(runs, adapter);
  const usual = (known: readonly number[] | undefined): number | null => (known === undefined ? null : median(known));
  const arms = left.flatMap((spec) =>
    spec.arms.map((arm) => ({ spec, arm, seconds: usual(times.steps.get(stepClass(spec, arm, log))) })),
  );
  const extra = left.map((spec) => {
    const each = usual(times.overheads.get(overheadClass(spec, log)));
    return each === null ? null : each * spec.arms.length;
  });
  return {
    runs: left.length,
    arms: arms.length,
    steps: arms.reduce((sum, { spec }) => sum + spec.training.steps, 0),
    training: arms.reduce((sum, { spec, seconds }) => sum + (seconds ?? 0) * spec.training.steps, 0),
    unknown: arms.filter(({ seconds }) => seconds === null).map(({ spec, arm }) => ({ spec, arm })),
    overhead: extra.includes(null) ? null : extra.reduce<number>((sum, value) => sum + (value ?? 0), 0),
  };
}

/** Short runs that measure every step whose time is unknown: three steps with minimal evaluation. */
export function calibrationRuns({ unknown }: CostEstimate, log: string): RunSpec[] {
  const byClass = new Map(unknown.map(({ spec, arm }) => [stepClass(spec, arm, log), { spec, arm }]));
  return [...byClass.values()].map(({ spec, arm }) => ({
    ...spec,
    name: `Step time · ${arm.label}`,
    arms: [arm],
    training: { ...spec.training, steps: 3 },
    evaluation: {
      ...spec.evaluation,
      evaluations: 1,
      sampleUsers: 16,
      finalUsers: 16,
      probes: 1,
      probeSteps: 0,
      sasrecSteps: 0,
      prompts: '',
    },
  }));
}

function add(map: Map<string, number[]>, key: string, value: number): void {
  map.set(key, [...(map.get(key) ?? []), value]);
}
