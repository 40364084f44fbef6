/** Low-rank updates of a decoder's projections (LoRA, arXiv 2106.09685) on the CPU, and the resulting weights. */
import { blockShapes } from './decoderTensors';
import { LINEAR_ROLES, type BlockWeights, type DecoderConfig, type DecoderWeights, type LinearRole } from './decoderConfig';

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

/** Rows and columns of the projection's weight, [out, in]. @throws Error when blocks of that config have none. */
export function projectionShape(config: DecoderConfig, role: LinearRole): readonly [number, number] {
  const [rows, columns] = blockShapes(config).get(role) ?? [];
  if (rows === undefined || columns === undefined) throw new Error(`blocks of a ${config.family} have no ${role}`);
  return [rows, columns];
}

/** W + scale·B·A in the adapted projections; the other tensors are those of `weights`, not copies. */
export function mergeLora(config: DecoderConfig, weights: DecoderWeights, { scale, pairs }: LoraAdapter): DecoderWeights {
  const blocks = weights.blocks.map((block, layer): BlockWeights => {
    const merged: Partial<Record<LinearRole, Float32Array>> = {};
    for (const role of LINEAR_ROLES) {
      const pair = pairs.find((one) => one.layer === layer && one.role === role);
      const weight = block[role];
      if (pair !== undefined && weight !== undefined)
        merged[role] = mergePair(weight, pair, projectionShape(config, role), scale);
    }
    return { ...block, ...merged };
  });
  return { ...weights, blocks };
}

/** Sums in float64, rounded once. */
function mergePair(
  weight: Float32Array,
  { a, b }: LoraPair,
  [rows, columns]: readonly [number, number],
  scale: number,
): Float32Array {
  const rank = a.length / columns;
  const merged = new Float32Array(weight.length);
  const update = new Float64Array(columns);
  for (let row = 0; row < rows; row += 1) {
    update.fill(0);
    for (let r = 0; r < rank; r += 1) {
      const factor = scale * b[row * rank + r]!;
      for (let column = 0; column < columns; column += 1) update[column]! += factor * a[r * columns + column]!;
    }
    for (let column = 0; column < columns; column += 1) {
      merged[row * columns + column] = weight[row * columns + column]! + update[column]!;
    }
  }
  return merged;
}
