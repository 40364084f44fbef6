/** Hidden states of prediction rows: what heads are fitted to. */
import { readFloats } from '../../gpu/tensor';
import type { Arm } from '../arm';
import { packHistories, type EncodedExample } from '../decoder/sequence';
import type { Engine } from '../engine';
import type { FitRows } from './headFit';

/**
 * The rows that predict in those examples, as the recipe has them, under an arm's LLM.
 * @param most rows at most: examples that would add more are left out @throws the signal's reason
 */
export async function predictionRows(
  engine: Engine,
  arm: Arm,
  examples: readonly EncodedExample[],
  most: number,
  { onProgress, signal }: { readonly onProgress?: (done: number) => void; readonly signal?: AbortSignal | undefined } = {},
): Promise<FitRows> {
  const { context, histories, microBatch, inputs } = engine;
  const width = inputs.config.hidden;
  const states: Float32Array[] = [];
  const targets: number[] = [];
  for (let first = 0; first < examples.length && targets.length < most; first += microBatch) {
    signal?.throwIfAborted();
    const packed = packHistories(examples.slice(first, first + microBatch), engine.packOptions(false));
    histories.load(packed);
    histories.forward(engine.use(arm));
    context.recorder.submit();
    const [hidden] = await readFloats(context.memory, [{ tensor: histories.pass.hidden, elements: packed.rows * width }]);
    const room = Math.min(packed.predictionRows.length, most - targets.length);
    for (let i = 0; i < room; i++) {
      const row = packed.predictionRows[i]!;
      states.push(hidden!.subarray(row * width, (row + 1) * width));
      targets.push(packed.predictionTargets[i]!);
    }
    onProgress?.(Math.min(examples.length, first + microBatch));
  }
  const hidden = new Float32Array(targets.length * width);
  states.forEach((state, row) => {
    hidden.set(state, row * width);
  });
  return { hidden, targets: Uint32Array.from(targets) };
}
