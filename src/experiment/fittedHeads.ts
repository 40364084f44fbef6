/** Heads fitted before the arms' first step, once for all arms; or why they are not. Definitions: docs/definitions.md. */
import type { Engine } from '../engine/engine';
import { HeadFit, STEPS_A_READ, type FitRows, type Heads } from '../engine/headStart/headFit';
import { predictionRows, readWidth } from '../engine/headStart/predictionRows';
import { slotOf, type ParameterLayout } from '../engine/parameters';
import { featureWidth } from '../engine/ranking/catalogueTensors';
import { forkRandom } from '../log/random';
import { armHeadStart } from '../recipe/armRecipe';
import type { RunSpec } from '../recipe/runSpec';
import { headStartProblem } from '../recipe/headStart';
import type { HeadStartRecord } from '../record/runRecord';
import type { PreparedData } from './preparedData';

/** Maximum number of floats kept of prediction rows: 128 MB. */
const MOST_NUMBERS = 2 ** 25;
/** Number of steps over which the record holds mean losses. */
const STEPS_A_MEAN = 10;

export interface HeadStartInputs {
  readonly engine: Engine;
  readonly data: PreparedData;
  readonly spec: RunSpec;
  /** The arms' start, except for the heads. */
  readonly parameters: Float32Array;
  /** Whether these have a LoRA that is not zero: the recipe starts from an adapter. */
  readonly adapted: boolean;
  /** That adapter brings heads. */
  readonly broughtHeads: boolean;
  readonly onProgress: (note: string, done: number, total: number) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface HeadStart {
  /** Null if the heads are not replaced. */
  readonly heads: Heads | null;
  /** For the record; null if the recipe requests no fit. */
  readonly record: HeadStartRecord | null;
}

/** @throws the signal's reason */
export async function fittedHeads(inputs: HeadStartInputs): Promise<HeadStart> {
  const { engine, spec, broughtHeads } = inputs;
  if (spec.arms.every((arm) => armHeadStart(spec, arm) === 'random')) return { heads: null, record: null };
  const problem = broughtHeads
    ? 'The arms start from an adapter with its own heads.'
    : headStartProblem(spec.objective, featureWidth(engine.inputs));
  if (problem !== null) return { heads: null, record: { fitted: false, reason: problem } };
  const began = performance.now();
  const rows = await readRows(inputs);
  const { heads, losses } = await fit(inputs, rows.states);
  const means = Array.from({ length: Math.ceil(losses.length / STEPS_A_MEAN) }, (_, index) => {
    const some = losses.slice(index * STEPS_A_MEAN, (index + 1) * STEPS_A_MEAN);
    return some.reduce((sum, loss) => sum + loss, 0) / some.length;
  });
  return {
    heads,
    record: {
      fitted: true,
      users: rows.users,
      rows: rows.states.targets.length,
      steps: spec.objective.headStartSteps,
      losses: means,
      seconds: (performance.now() - began) / 1000,
    },
  };
}

/** A copy of an arm's parameters with those heads. */
export function withHeads(layout: Pick<ParameterLayout, 'slots'>, flat: Float32Array, { wO, wE, logScale }: Heads): Float32Array {
  const copy = Float32Array.from(flat);
  const { offset, rows, columns } = slotOf(layout, 'w_o');
  const skip = layout.slots.get('w_s');
  const width = wO.length / rows;
  for (let row = 0; row < rows; row++) {
    const weights = wO.subarray(row * width, (row + 1) * width);
    copy.set(weights.subarray(0, columns), offset + row * columns);
    if (skip) copy.set(weights.subarray(columns), skip.offset + row * skip.columns);
  }
  copy.set(wE, slotOf(layout, 'w_e').offset);
  copy[slotOf(layout, 'log_scale').offset] = logScale;
  return copy;
}

/** Each user's newest training history, which predicts the last training event. */
async function readRows({
  engine,
  data,
  spec,
  parameters,
  adapted,
  onProgress,
  signal,
}: HeadStartInputs): Promise<{ readonly users: number; readonly states: FitRows }> {
  const most = Math.floor(MOST_NUMBERS / widthOf(engine));
  const examples = data.newest(spec.objective.headStartUsers);
  const arm = engine.createArm(spec.arms[0]!, parameters, 0);
  const states = await predictionRows(engine, arm, examples, most, {
    adapted,
    onProgress: (done) => {
      onProgress('Reading training histories', done, examples.length);
    },
    signal,
  });
  for (const tensor of [arm.flat, arm.m, arm.v]) engine.context.memory.free(tensor);
  return { users: examples.length, states };
}

function widthOf({ inputs }: Engine): number {
  return readWidth(inputs.config.hidden, featureWidth(inputs), inputs.spec.objective);
}

async function fit(
  { engine, spec, onProgress, signal }: HeadStartInputs,
  { hidden, targets }: FitRows,
): Promise<{ readonly heads: Heads; readonly losses: readonly number[] }> {
  const { context, inputs } = engine;
  const width = widthOf(engine);
  const { headStartSteps: steps, headStartRows: rows } = spec.objective;
  const sizes = { items: inputs.items, features: featureWidth(inputs), hidden: width };
  const headFit = HeadFit.create(context.gpu, sizes, spec.objective);
  try {
    headFit.load(inputs.features.hidden);
    onProgress('Principal axes and ridge regression', 0, steps);
    await headFit.begin({ hidden, targets });
    const draw = forkRandom(spec.seed, 'head start');
    const batch = { hidden: new Float32Array(rows * width), targets: new Uint32Array(rows) };
    const drawn = function* (count: number): Generator<FitRows, void> {
      for (let step = 0; step < count; step++) {
        for (let row = 0; row < rows; row++) {
          const from = draw.integer(targets.length);
          batch.hidden.set(hidden.subarray(from * width, (from + 1) * width), row * width);
          batch.targets[row] = targets[from]!;
        }
        yield batch;
      }
    };
    const losses: number[] = [];
    while (losses.length < steps) {
      signal?.throwIfAborted();
      losses.push(...(await headFit.steps(drawn(Math.min(STEPS_A_READ, steps - losses.length)))));
      onProgress(`Fitting the heads, action loss ${losses.at(-1)!.toFixed(3)}`, losses.length, steps);
    }
    return { heads: await headFit.read(), losses };
  } finally {
    headFit.destroy();
  }
}
