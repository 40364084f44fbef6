/** The loss of one row over its scores, as the kernels of shaders/losses run it. */
import type { Prelude } from '../../gpu/kernel';

export interface RowLoss {
  /** Folder under shaders/losses whose `row.wgsl` defines how a row's loss starts, accumulates columns and is joined, its value and its slopes. */
  readonly shader: string;
  /** Floats that a row keeps about the columns that it has seen: `Kept` in row.wgsl. */
  readonly kept: 2 | 4;
}

/** Prelude of every kernel that includes a loss. */
export function rowLossPrelude({ shader }: RowLoss): Prelude {
  return { parts: { loss: shader } };
}

/** Floats of a row's state: what it keeps, its target's score and its scale, padded as WGSL pads them. */
export function stateFloats({ kept }: RowLoss): number {
  return 2 * kept;
}
