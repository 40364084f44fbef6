/**
 * The items that a step's predictions are scored against. Weights and candidates are those of the whole step, so the losses and gradients of its
 * micro-batches add up to the step's, however it is split.
 */
import type { EncodedExample, PackedHistories } from '../decoder/sequence';

/** Items that a micro-batch's predictions are scored against. */
export interface Candidates {
  /** Null for the whole catalogue in its own order. */
  readonly items: Uint32Array | null;
  /** Number of leading columns, which every prediction sees, and for each column after them the one prediction that sees it. */
  readonly shared: number;
  readonly owner: Uint32Array;
  /** Column of each prediction's target. */
  readonly targetColumns: Uint32Array;
  /** Added to the scores of each column: popularity, what leaves items out, the logQ correction; null for nothing. */
  readonly offsets: Float32Array | null;
  /** Weight of a prediction's loss in the step's mean. */
  readonly weight: number;
}

/** One micro-batch, from which candidates are drawn. */
export interface CandidatePart {
  readonly examples: readonly EncodedExample[];
  readonly packed: Pick<PackedHistories, 'predictionTargets' | 'embPredictions'>;
}

export interface CandidateOptions {
  /** Size of the catalogue. */
  readonly items: number;
  readonly useExposures: boolean;
  /** Each item's share of the training events, by which scores of a sample of items are corrected; null: they are not. */
  readonly popularity: ArrayLike<number> | null;
  /** Added to the scores of each item; null or left out: nothing. */
  readonly offsets?: Float32Array | null;
}

/** Candidates of a step, without weights, and the counts that a mean may be taken over. */
export interface StepCandidates {
  /** One per micro-batch. */
  readonly parts: readonly Omit<Candidates, 'weight'>[];
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
    /** Maximum number of predictions of a whole step, and of exposed items of a micro-batch. */
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
        owner: new Uint32Array(0),
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
 * Targets of the whole step, shared, then every example's own exposed items. Item embeddings do not pass through the decoder, so that
 * a micro-batch can be scored against the targets of all.
 */
export const stepCandidates: CandidateRule = {
  of(parts, { useExposures, popularity, offsets: added = null }) {
    const columns = new Map<number, number>();
    for (const { packed } of parts)
      for (const item of packed.predictionTargets) if (!columns.has(item)) columns.set(item, columns.size);
    const rows = predictionsOf(parts);
    const shared = [...columns.keys()];
    const corrections = popularity === null ? null : logQ(shared, popularity, rows);
    let pairs = rows * (shared.length - 1);
    const listed = parts.map(({ examples, packed }) => {
      const items = [...shared];
      const owner: number[] = [];
      examples.forEach((example, index) => {
        for (const item of new Set(useExposures ? example.exposed : [])) {
          if (columns.has(item)) continue;
          items.push(item);
          owner.push(packed.embPredictions[index] ?? 0);
          pairs += 1;
        }
      });
      const targetColumns = packed.predictionTargets.map((item) => columns.get(item) ?? 0);
      // What was shown with a target is always a candidate of its row: nothing corrects it.
      const offsets =
        corrections === null && added === null
          ? null
          : Float32Array.from(items, (item, column) => (corrections?.[column] ?? 0) + (added?.[item] ?? 0));
      return { items: Uint32Array.from(items), shared: shared.length, owner: Uint32Array.from(owner), targetColumns, offsets };
    });
    return { parts: listed, rows, pairs };
  },
  most: ({ predictions, exposed }) => predictions + exposed,
  listed: true,
};

/**
 * −ln Q of each item, Q = 1 − (1 − p)^draws: how likely it is among the targets of that many predictions, p its share of the training events.
 * @param popularity p of every item; positive for each of `items`
 */
function logQ(items: readonly number[], popularity: ArrayLike<number>, draws: number): number[] {
  return items.map((item) => -Math.log(-Math.expm1(draws * Math.log1p(-popularity[item]!))));
}

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
