/** Cosines of frozen features with all items of a catalogue, on the CPU. */
import { bestItems } from './bestItems';

/** Items of the history whose mean is the zero-shot query. */
export const ZERO_SHOT_ITEMS = 5;

const ITEM_BLOCK = 64;
/** Users per call of `scoreBlock`. */
const USERS_AT_ONCE = 4;

/** Rows scaled to length 1; zero rows stay zero. */
export function unitRows(features: Float32Array, rows: number, hidden: number): Float32Array {
  const unit = new Float32Array(features.length);
  for (let row = 0; row < rows; row++) {
    const at = row * hidden;
    let square = 0;
    for (let k = at; k < at + hidden; k++) square += features[k]! * features[k]!;
    const scale = square > 0 ? 1 / Math.sqrt(square) : 0;
    for (let k = at; k < at + hidden; k++) unit[k] = features[k]! * scale;
  }
  return unit;
}

/** Adds the features of the newest `window` items of a history to the query. Mean and sum have the same cosines. */
export function addHistory(
  queries: Float64Array,
  at: number,
  { features, hidden }: { readonly features: Float32Array; readonly hidden: number },
  history: readonly number[],
  window: number,
): void {
  for (const item of history.slice(-window)) {
    for (let k = 0; k < hidden; k++) queries[at + k] = queries[at + k]! + features[item * hidden + k]!;
  }
}

/**
 * scores[u, i] = Σ_k queries[u, k]·unit[i, k]: four users at a time against a block of items that stays in cache.
 * Sums have the same order for every item, so items with the same features tie exactly.
 */
export function scoreBlock(
  scores: Float64Array,
  queries: Float64Array,
  unit: Float32Array,
  users: number,
  items: number,
  hidden: number,
): void {
  for (let block = 0; block < items; block += ITEM_BLOCK) {
    const end = Math.min(items, block + ITEM_BLOCK);
    // USER_BLOCK is a multiple of 4 and the queries past `users` are zero, so whole groups can be computed.
    for (let u = 0; u < users; u += 4) {
      const q0 = u * hidden;
      const q1 = q0 + hidden;
      const q2 = q1 + hidden;
      const q3 = q2 + hidden;
      for (let i = block; i < end; i++) {
        const row = i * hidden;
        let s0 = 0;
        let s1 = 0;
        let s2 = 0;
        let s3 = 0;
        for (let k = 0; k < hidden; k++) {
          const x = unit[row + k]!;
          s0 += x * queries[q0 + k]!;
          s1 += x * queries[q1 + k]!;
          s2 += x * queries[q2 + k]!;
          s3 += x * queries[q3 + k]!;
        }
        const at = u * items + i;
        scores[at] = s0;
        scores[at + items] = s1;
        scores[at + 2 * items] = s2;
        scores[at + 3 * items] = s3;
      }
    }
  }
}

/** The zero-shot baseline as it would serve requests: histories in, lists out. */
export class ZeroShotRequests {
  /** Rows scaled to length 1, computed once per catalogue. */
  private readonly unit: Float32Array;

  /** @param features [items, hidden] */
  constructor(
    private readonly features: Float32Array,
    private readonly items: number,
    private readonly hidden: number,
  ) {
    this.unit = unitRows(features, items, hidden);
  }

  /** @returns by history, the k best items that are not masked */
  recommend(histories: readonly (readonly number[])[], masked: readonly ReadonlySet<number>[], k: number): Uint32Array[] {
    const { features, items, hidden, unit } = this;
    const rows = USERS_AT_ONCE * Math.ceil(histories.length / USERS_AT_ONCE);
    const queries = new Float64Array(rows * hidden);
    histories.forEach((history, u) => {
      addHistory(queries, u * hidden, { features, hidden }, history, ZERO_SHOT_ITEMS);
    });
    const scores = new Float64Array(rows * items);
    scoreBlock(scores, queries, unit, histories.length, items, hidden);
    return histories.map((_, u) => {
      const list = new Uint32Array(k);
      bestItems(items, (item) => (masked[u]!.has(item) ? null : scores[u * items + item]!), list);
      return list;
    });
  }
}
