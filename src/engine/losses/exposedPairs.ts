/** What L_exp compares: each prediction's target with the items that were shown with it and not clicked. */
import type { EncodedExample, PackedHistories } from '../decoder/sequence';

/** One micro-batch, from which candidates are drawn. */
export interface CandidatePart {
  readonly examples: readonly EncodedExample[];
  readonly packed: Pick<PackedHistories, 'predictionTargets' | 'embPredictions'>;
}

/**
 * Pairs of a prediction and an exposed item, in a micro-batch; columns are those of the action loss's item
 * embeddings.
 */
export interface ExposedPairs {
  readonly count: number;
  /** (first pair, pairs, column of the target, –) of each prediction. */
  readonly spans: Uint32Array<ArrayBuffer>;
  /**
   * (column of the item, offset as bits) of each pair: what popularity adds to the item's score less the
   * target's.
   */
  readonly pairs: Uint32Array<ArrayBuffer>;
  /** (column, first entry, entries, –) of each column that pairs read. */
  readonly touched: Uint32Array<ArrayBuffer>;
  /** (prediction, place of its slope): that of pair k at k, that of prediction t's target at count + t. */
  readonly entries: Uint32Array<ArrayBuffer>;
  /** Of a pair in the step's loss: λ_exp / its pairs. */
  readonly weight: number;
}

/**
 * For each prediction the distinct items that were shown with what it is to name, without the target itself.
 */
export function exposedOf({ examples, packed }: CandidatePart): number[][] {
  const { embPredictions, predictionTargets } = packed;
  return examples
    .flatMap(({ history, historyExposed = [], exposed, predicted }, index) => {
      const predictions = embPredictions[index]! - (embPredictions[index - 1] ?? -1);
      if (predictions === 1) return [exposed];
      const before = history.slice(1).map((_, k) => (predicted?.[k] === null ? null : (historyExposed[k + 1] ?? [])));
      return [...before.filter((items) => items !== null), exposed];
    })
    .map((items, prediction) => [...new Set(items)].filter((item) => item !== predictionTargets[prediction]));
}

/** @param columns of items @param bias added to the scores of each item; null for nothing */
export function pairsOf(
  exposed: readonly (readonly number[])[],
  { targetColumns, targets }: { readonly targetColumns: Uint32Array; readonly targets: Uint32Array },
  columnOf: (item: number) => number,
  { bias, weight }: { readonly bias: ArrayLike<number> | null; readonly weight: number },
): ExposedPairs {
  const count = exposed.reduce((sum, { length }) => sum + length, 0);
  const spans = new Uint32Array(4 * exposed.length);
  const pairs = new Uint32Array(2 * count);
  const offsets = new Float32Array(pairs.buffer);
  const byColumn = new Map<number, number[]>();
  const add = (column: number, row: number, slope: number): void => {
    const entries = byColumn.get(column);
    if (entries === undefined) byColumn.set(column, [row, slope]);
    else entries.push(row, slope);
  };
  let pair = 0;
  exposed.forEach((items, row) => {
    spans.set([pair, items.length, targetColumns[row]!], 4 * row);
    if (items.length > 0) add(targetColumns[row]!, row, count + row);
    for (const item of items) {
      pairs[2 * pair] = columnOf(item);
      offsets[2 * pair + 1] = bias === null ? 0 : bias[item]! - bias[targets[row]!]!;
      add(pairs[2 * pair]!, row, pair);
      pair += 1;
    }
  });
  let first = 0;
  const touched = [...byColumn].flatMap(([column, { length }]) => [column, (first += length / 2) - length / 2, length / 2, 0]);
  const entries = Uint32Array.from([...byColumn.values()].flat());
  return { count, spans, pairs, touched: Uint32Array.from(touched), entries, weight };
}

/** λ_exp·L_exp of a model that knows nothing and scores all items alike. */
export function exposedChance(parts: readonly { readonly exposed: ExposedPairs | null }[]): number {
  let sum = 0;
  for (const { exposed } of parts) {
    if (exposed === null) continue;
    const offsets = new Float32Array(exposed.pairs.buffer);
    for (let pair = 0; pair < exposed.count; pair++) sum += exposed.weight * Math.log1p(Math.exp(offsets[2 * pair + 1]!));
  }
  return sum;
}
