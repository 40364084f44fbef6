/** Format of what the engine measures in a pass over histories, which `src/measures` reads. */

/** Numbers for each (layer, sequence, head). */
export const STATISTICS = 5;

/** Measurements of a pass over histories. */
export interface MeasuredSequences {
  /**
   * [layers, sequences, heads, STATISTICS]: largest item α, α of the first position, barcode index, [EMB]
   * entropy, largest α in the first half of the items.
   */
  readonly statistics: Float32Array;
  /** For each row, the number of (layer, head) pairs in which its α exceeds the threshold. */
  readonly sinkHeads: Uint32Array;
  /** First row of every sequence; the last one ends with the rows. */
  readonly starts: readonly number[];
  /** How many of the requested histories each sequence stands for. */
  readonly times: readonly number[];
}
