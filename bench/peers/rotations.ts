/**
 * RoPE's tables for the rotate-half convention: cos and sin of every position, with equal halves, [length,
 * headSize].
 */
import type { DecoderConfig } from '../../src/model/decoderConfig';

export function rotationTables(
  { headSize, ropes }: DecoderConfig,
  length: number,
): { readonly cos: Float32Array; readonly sin: Float32Array } {
  const { theta } = ropes[0]!;
  const cos = new Float32Array(length * headSize);
  const sin = new Float32Array(length * headSize);
  for (let position = 0; position < length; position++) {
    for (let c = 0; c < headSize; c++) {
      const angle = position * theta ** (-(c % (headSize / 2)) / (headSize / 2));
      cos[position * headSize + c] = Math.cos(angle);
      sin[position * headSize + c] = Math.sin(angle);
    }
  }
  return { cos, sin };
}
