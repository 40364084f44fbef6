/** The parity certificate: our engine's logits against ONNX Runtime's on the same tokens. */
import type { Certificate } from '../record/runRecord';
import { takeFloats, type OrtDecoder } from './ortSession';

/**
 * Logits of one row of token ids, [ids, vocabulary], from a graph with `ids` input and `logits` output.
 * @throws ModelError when ONNX Runtime fails.
 */
export async function referenceLogits(decoder: OrtDecoder, ids: readonly number[]): Promise<Float32Array> {
  const { logits, cache } = await decoder.run({ batch: 1, length: ids.length, tokens: { ids } });
  cache?.dispose();
  return takeFloats(logits);
}

/**
 * @param ours, theirs logits [tokens, vocabulary] of the same prompt.
 * @param provider ONNX Runtime's execution provider, for the record.
 * @param tolerance largest max|ours − theirs| / max|theirs| that passes.
 * @throws RangeError when the two differ in length or are empty.
 */
export function compareLogits(
  ours: Float32Array,
  theirs: Float32Array,
  provider: string,
  tokens: number,
  tolerance = 1e-3,
): Omit<Certificate, 'prompt' | 'continuation'> {
  if (ours.length !== theirs.length || ours.length === 0) {
    throw new RangeError(`${ours.length} logits cannot be compared with ${theirs.length}.`);
  }
  let difference = 0;
  let scale = 0;
  for (let i = 0; i < ours.length; i += 1) {
    // Math.max propagates NaN, and so does the verdict.
    difference = Math.max(difference, Math.abs(ours[i]! - theirs[i]!));
    scale = Math.max(scale, Math.abs(theirs[i]!));
  }
  const relative = difference === 0 ? 0 : difference / scale;
  return {
    maxRelative: finite(relative),
    maxAbsolute: finite(difference),
    tolerance,
    passed: relative <= tolerance,
    provider,
    tokens,
  };
}

/** JSON has no NaN and no infinity. */
function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.MAX_VALUE;
}
