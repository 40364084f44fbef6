/**
 * Rotary position embedding (Su et al., arXiv 2104.09864): its frequencies and their cos and sin, computed in
 * float64.
 */
import type { DecoderConfig, Rope } from './decoderConfig';

/**
 * Maximum number of positions in tables: sequences here are far shorter than those that models are trained
 * for.
 */
const MOST_POSITIONS = 2048;

/** Positions that a sequence may have: 0 … n − 1. */
export function usablePositions(config: DecoderConfig): number {
  return Math.min(config.maxPositions, MOST_POSITIONS);
}

/**
 * Radians per position of every pair (c, c + headSize/2): theta^(−2c/headSize), scaled. `linear` divides by
 * the factor. `llama3` (Llama 3.1, as in transformers' modeling_rope_utils.py) leaves wavelengths below
 * originalPositions/highFrequencyFactor, divides those above originalPositions/lowFrequencyFactor, and
 * interpolates smoothly in between.
 */
export function frequencies(headSize: number, { theta, scaling }: Rope): Float64Array {
  return Float64Array.from({ length: headSize / 2 }, (_, c) => {
    const frequency = theta ** ((-2 * c) / headSize);
    if (scaling === null) return frequency;
    if (scaling.kind === 'linear') return frequency / scaling.factor;
    const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalPositions } = scaling;
    const turns = (originalPositions * frequency) / (2 * Math.PI);
    const share = Math.min(1, Math.max(0, (turns - low) / (high - low)));
    return (1 - share) * (frequency / factor) + share * frequency;
  });
}

/** cos and sin of position·frequency, each [positions, headSize/2], rounded once. */
export function rotations(headSize: number, rope: Rope, positions: number): { cos: Float32Array; sin: Float32Array } {
  const each = frequencies(headSize, rope);
  const half = each.length;
  const cos = new Float32Array(positions * half);
  const sin = new Float32Array(positions * half);
  for (let position = 0; position < positions; position += 1) {
    each.forEach((frequency, c) => {
      cos[position * half + c] = Math.cos(position * frequency);
      sin[position * half + c] = Math.sin(position * frequency);
    });
  }
  return { cos, sin };
}
