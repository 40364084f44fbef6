/** The loss of one row over its scores, as the kernels of shaders/losses run it. */
import type { Prelude } from '../../gpu/kernel';

export interface RowLoss {
  /**
   * Folder under shaders/losses whose `row.wgsl` defines how a row's loss starts, accumulates columns and is
   * joined, its value and its slopes.
   */
  readonly shader: string;
  /** Floats that a row keeps about the columns that it has seen: `Kept` in row.wgsl. */
  readonly kept: 2 | 4;
}

/**
 * Prelude of every kernel that includes a loss.
 * @param offsets whether a number per column is added to the scores
 */
export function rowLossPrelude({ shader }: RowLoss, offsets = false): Prelude {
  return { parts: { loss: shader, offsets: offsets ? 'columns' : 'none' } };
}

/** Floats of a row's state: what it keeps, its target's score and its scale, padded as WGSL pads them. */
export function stateFloats({ kept }: RowLoss): number {
  return 2 * kept;
}
