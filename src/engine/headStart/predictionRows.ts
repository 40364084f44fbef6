/** The rows that heads are fitted to: hidden states of prediction rows, and what a skip adds to h. */
import type { RunSpec } from '../../recipe/runSpec';
import { ReadAhead } from '../../gpu/readAhead';
import { readFloats } from '../../gpu/tensor';
import type { Arm } from '../arm';
import { packHistories, type EncodedExample, type PackedHistories } from '../decoder/sequence';
import type { Engine } from '../engine';
import { featureWidth } from '../ranking/catalogueTensors';
import type { FitRows } from './headFit';

/** Floats per prediction row that the heads read: its hidden state and, with a skip into h, the mean features of the items that it has seen. */
export function readWidth(
  hidden: number,
  features: number,
  { interestSkip }: Pick<RunSpec['objective'], 'interestSkip'>,
): number {
  return hidden + (interestSkip === 'none' ? 0 : features);
}

export interface ReadOptions {
  /** False if the arm's LoRA adds nothing, its B being zero: it is then left out, which gives the same numbers faster. */
  readonly adapted?: boolean;
  readonly onProgress?: (done: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The rows of those examples that predict under the recipe, computed by an arm's LLM.
 * @param most maximum number of rows; examples that would exceed it are left out @throws the signal's reason
 */
export async function predictionRows(
  engine: Engine,
  arm: Arm,
  examples: readonly EncodedExample[],
  most: number,
  { adapted = true, onProgress, signal }: ReadOptions = {},
): Promise<FitRows> {
  const { context, histories, readBatch, inputs } = engine;
  const width = inputs.config.hidden;
  const features = featureWidth(inputs);
  const whole = readWidth(width, features, inputs.spec.objective);
  const states: Float32Array[] = [];
  const targets: number[] = [];
  const reads = new ReadAhead();
  const views = adapted ? engine.use(arm) : { parameters: arm.parameters, blocks: null };
  for (let first = 0; first < examples.length && targets.length < most; first += readBatch) {
    signal?.throwIfAborted();
    const packed = packHistories(examples.slice(first, first + readBatch), engine.packOptions(false));
    histories.load(packed);
    histories.forward(views);
    context.recorder.submit();
    const room = Math.min(packed.predictionRows.length, most - targets.length);
    for (let i = 0; i < room; i++) targets.push(packed.predictionTargets[i]!);
    const read = async (): Promise<void> => {
      const [hidden] = await readFloats(context.memory, [{ tensor: histories.pass.hidden, elements: packed.rows * width }]);
      for (let i = 0; i < room; i++) {
        const row = packed.predictionRows[i]!;
        const state = new Float32Array(whole);
        state.set(hidden!.subarray(row * width, (row + 1) * width));
        if (whole > width) state.set(meanFeatures(inputs.features.hidden, features, packed, i), width);
        states.push(state);
      }
      onProgress?.(Math.min(examples.length, first + readBatch));
    };
    await reads.add(read());
  }
  await reads.end();
  const hidden = new Float32Array(targets.length * whole);
  states.forEach((state, row) => {
    hidden.set(state, row * whole);
  });
  return { hidden, targets: Uint32Array.from(targets) };
}

/** In the form that `InterestSkip` expects. */
function meanFeatures(
  x: Float32Array,
  width: number,
  { seenItems, seenSpans }: PackedHistories,
  prediction: number,
): Float32Array {
  const [first, count] = [seenSpans[4 * prediction]!, seenSpans[4 * prediction + 1]!];
  const mean = new Float32Array(width);
  for (const item of seenItems.subarray(first, first + count))
    for (let column = 0; column < width; column++) mean[column]! += x[item * width + column]! / count;
  return mean;
}
