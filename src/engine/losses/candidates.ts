/**
 * The items that a step's predictions are scored against. Weights and candidates are those of the whole step,
 * so the losses and gradients of its micro-batches add up to the step's, however it is split.
 */
import type { CandidatePart, ExposedPairs } from './exposedPairs';

/** Items that a micro-batch's predictions are scored against. */
export interface Candidates {
  /** Null for the whole catalogue in its own order. */
  readonly items: Uint32Array | null;
  /**
   * Number of leading columns, which predictions are scored against; those after them are read by pairs
   * alone.
   */
  readonly shared: number;
  /** Column of each prediction's target. */
  readonly targetColumns: Uint32Array;
  /** Added to the scores of each column: popularity, and what leaves items out; null for nothing. */
  readonly offsets: Float32Array | null;
  /** Weight of a prediction's loss in the step's mean. */
  readonly weight: number;
  /** What L_exp compares; null for nothing. */
  readonly exposed: ExposedPairs | null;
}

export interface CandidateOptions {
  /** Size of the catalogue. */
  readonly items: number;
  /** Added to the scores of each item; null or left out: nothing. */
  readonly offsets?: Float32Array | null;
}

/** Candidates of a step, without weights and pairs, and the counts that a mean may be taken over. */
export interface StepCandidates {
  /** One per micro-batch. */
  readonly parts: readonly Omit<Candidates, 'weight' | 'exposed'>[];
  /** Predictions, and pairs of a prediction and a negative that it sees. */
  readonly rows: number;
  readonly pairs: number;
}

/** Where candidates come from. */
export interface CandidateRule {
  readonly of: (parts: readonly CandidatePart[], options: CandidateOptions) => StepCandidates;
  /** Maximum number of columns of a micro-batch. */
  readonly most: (sizes: {
    readonly items: number;
    /** Maximum number of predictions of a whole step, and of items in the pairs of a micro-batch. */
    readonly predictions: number;
    readonly exposed: number;
  }) => number;
  /** Whether candidates are a list rather than the whole catalogue. */
  readonly listed: boolean;
}

/** The whole catalogue. */
export const catalogueCandidates: CandidateRule = {
  of(parts, { items, offsets = null }) {
    const rows = predictionsOf(parts);
    return {
      parts: parts.map(({ packed }) => ({
        items: null,
        shared: items,
        targetColumns: packed.predictionTargets,
        offsets,
      })),
      rows,
      pairs: rows * (items - 1),
    };
  },
  most: ({ items }) => items,
  listed: false,
};

/**
 * The targets of the whole step. Item embeddings do not pass through the decoder, so that
 * a micro-batch can be scored against the targets of all.
 */
export const stepCandidates: CandidateRule = {
  of(parts, { offsets: added = null }) {
    const columns = new Map<number, number>();
    for (const { packed } of parts)
      for (const item of packed.predictionTargets) if (!columns.has(item)) columns.set(item, columns.size);
    const rows = predictionsOf(parts);
    const items = Uint32Array.from(columns.keys());
    const offsets = added && Float32Array.from(items, (item) => added[item]!);
    const listed = parts.map(({ packed }) => ({
      items,
      shared: items.length,
      targetColumns: packed.predictionTargets.map((item) => columns.get(item) ?? 0),
      offsets,
    }));
    return { parts: listed, rows, pairs: rows * (items.length - 1) };
  },
  most: ({ predictions, exposed }) => predictions + exposed,
  listed: true,
};

/** What a softmax over the shared columns loses on average if all products are 0. */
export function chanceOf(parts: readonly Pick<Candidates, 'shared' | 'targetColumns' | 'offsets'>[]): number {
  let [sum, predictions] = [0, 0];
  for (const { shared, targetColumns, offsets } of parts) {
    const all = offsets === null ? shared : offsets.subarray(0, shared).reduce((total, offset) => total + Math.exp(offset), 0);
    for (const column of targetColumns) sum += Math.log(all) - (offsets?.[column] ?? 0);
    predictions += targetColumns.length;
  }
  return sum / Math.max(1, predictions);
}

function predictionsOf(parts: readonly CandidatePart[]): number {
  return parts.reduce((sum, { packed }) => sum + packed.predictionTargets.length, 0);
}
