/**
 * Low-rank updates of a decoder's projections (LoRA, arXiv 2106.09685) on the CPU, and the resulting weights.
 */
import { blockShapes } from './decoderTensors';
import type { DecoderConfig, LinearRole } from './decoderConfig';
import type { WeightSource } from './weightSource';

/** An adapted projection. */
export interface LoraPlace {
  /** Counted from 0. */
  readonly layer: number;
  readonly role: LinearRole;
}

export interface LoraPair extends LoraPlace {
  /** A [rank, in]. */
  readonly a: Float32Array;
  /** B [out, rank]. */
  readonly b: Float32Array;
}

/** y = W·x + scale·B·(A·x) in each of the pairs' projections. */
export interface LoraAdapter {
  readonly scale: number;
  readonly pairs: readonly LoraPair[];
}

/**
 * Rows and columns of the projection's weight, [out, in].
 * @throws Error when blocks of that config have none.
 */
export function projectionShape(config: DecoderConfig, role: LinearRole): readonly [number, number] {
  const [rows, columns] = blockShapes(config).get(role) ?? [];
  if (rows === undefined || columns === undefined) throw new Error(`blocks of a ${config.family} have no ${role}`);
  return [rows, columns];
}

/**
 * W + scale·B·A in the adapted projections, computed when they are read; the other weights are those of
 * `weights`.
 */
export function mergedWeights(config: DecoderConfig, weights: WeightSource, { scale, pairs }: LoraAdapter): WeightSource {
  return {
    outer: (role) => weights.outer(role),
    block(layer, role) {
      const weight = weights.block(layer, role);
      const pair = pairs.find((one) => one.layer === layer && one.role === role);
      if (pair === undefined || weight === undefined) return weight;
      const [, columns] = projectionShape(config, pair.role);
      return {
        length: weight.length,
        read: async (begin, end) => updated(await weight.read(begin, end), begin, pair, columns, scale),
      };
    },
  };
}

/** Elements of W from `begin` on, with the update added in float64 and rounded once. */
function updated(weights: Float32Array, begin: number, { a, b }: LoraPair, columns: number, scale: number): Float32Array {
  const rank = a.length / columns;
  const merged = new Float32Array(weights.length);
  const update = new Float64Array(columns);
  for (let at = 0; at < weights.length;) {
    const row = Math.floor((begin + at) / columns);
    const first = (begin + at) % columns;
    const last = Math.min(columns, first + weights.length - at);
    update.fill(0);
    for (let r = 0; r < rank; r += 1) {
      const factor = scale * b[row * rank + r]!;
      for (let column = first; column < last; column += 1) update[column]! += factor * a[r * columns + column]!;
    }
    for (let column = first; column < last; column += 1, at += 1) merged[at] = weights[at]! + update[column]!;
  }
  return merged;
}
