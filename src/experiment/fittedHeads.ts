/** Heads fitted before the arms' first step, once for all arms; or why they are not. Definitions: docs/definitions.md. */
import type { EncodedExample } from '../engine/decoder/sequence';
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
import { t } from '../words/words';
import { headsKey, readHeads, writeHeads, type Fitted, type HeadOrigin, type HeadStore } from './keptHeads';
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
  /** Where fits are kept; null: nowhere. */
  readonly kept: HeadStore | null;
  /** Hashes of the model and of the log. */
  readonly hashes: { readonly model: string; readonly log: string };
  /** Resolves when the fit's kernels are compiled. */
  readonly compiled: () => Promise<void>;
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
  if (spec.arms.every((arm) => armHeadStart(spec, arm) !== 'fitted')) return { heads: null, record: null };
  const problem = broughtHeads
    ? 'The arms start from an adapter with its own heads.'
    : headStartProblem(spec.objective, featureWidth(engine.inputs));
  if (problem !== null) return { heads: null, record: { fitted: false, reason: problem } };
  const { from, heads, users, rows, losses, seconds } = await keptOrFitted(inputs);
  const means = Array.from({ length: Math.ceil(losses.length / STEPS_A_MEAN) }, (_, index) => {
    const some = losses.slice(index * STEPS_A_MEAN, (index + 1) * STEPS_A_MEAN);
    return some.reduce((sum, loss) => sum + loss, 0) / some.length;
  });
  return {
    heads,
    record: {
      fitted: true,
      users,
      rows,
      steps: spec.objective.headStartSteps,
      losses: means,
      seconds,
      ...(from && { from }),
    },
  };
}

/** Each user's newest training history, which predicts the last training event, is what the heads are fitted on. */
async function keptOrFitted(inputs: HeadStartInputs): Promise<Fitted & { readonly from: HeadOrigin | null }> {
  const { engine, data, spec, parameters, adapted, hashes } = inputs;
  const examples = data.newest(spec.objective.headStartUsers);
  const key = inputs.kept && headsKey({ ...hashes, spec, layout: engine.layout, parameters, adapted, examples });
  const kept = key && (await inputs.kept.read(key));
  const known = kept && readHeads(kept.bytes, sizesOf(engine));
  if (known) {
    inputs.onProgress(t('The heads of an earlier run'), known.losses.length, known.losses.length);
    return { ...known, from: kept.from };
  }
  await inputs.compiled();
  const began = performance.now();
  const states = await readRows(inputs, examples);
  const { heads, losses } = await fit(inputs, states);
  const seconds = (performance.now() - began) / 1000;
  const fitted = { heads, users: examples.length, rows: states.targets.length, losses, seconds };
  if (key) await inputs.kept.write(key, writeHeads(fitted));
  return { ...fitted, from: null };
}

/** Of the fit's results. */
function sizesOf(engine: Engine): { readonly wO: number; readonly wE: number; readonly losses: number } {
  const { embeddingSize, headStartSteps: losses } = engine.inputs.spec.objective;
  return { wO: embeddingSize * widthOf(engine), wE: embeddingSize * featureWidth(engine.inputs), losses };
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

async function readRows(
  { engine, spec, parameters, adapted, onProgress, signal }: HeadStartInputs,
  examples: readonly EncodedExample[],
): Promise<FitRows> {
  const most = Math.floor(MOST_NUMBERS / widthOf(engine));
  const arm = engine.createArm(spec.arms[0]!, parameters, 0);
  const states = await predictionRows(engine, arm, examples, most, {
    adapted,
    onProgress: (done) => {
      onProgress(t('Reading training histories'), done, examples.length);
    },
    signal,
  });
  for (const tensor of [arm.flat, arm.m, arm.v]) engine.context.memory.free(tensor);
  return states;
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
    const begins = { axes: t('Principal axes'), regression: t('Ridge regression') };
    onProgress(begins.axes, 0, 100);
    await headFit.begin(
      { hidden, targets },
      {
        onProgress: (part, share) => {
          onProgress(begins[part], Math.floor(100 * share), 100);
        },
        signal,
      },
    );
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
      onProgress(t('Fitting the heads, action loss {loss}', { loss: losses.at(-1)!.toFixed(3) }), losses.length, steps);
    }
    return { heads: await headFit.read(), losses };
  } finally {
    headFit.destroy();
  }
}
