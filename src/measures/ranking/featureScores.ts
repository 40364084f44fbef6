/** Cosines of frozen features with all items of a catalogue, on the CPU. */
import { bestItems } from './bestItems';

/** Items of the history whose mean is the zero-shot query. */
export const ZERO_SHOT_ITEMS = 5;

const ITEM_BLOCK = 64;
/** Users that `scoreBlock` takes together; there must be room for a multiple. */
export const USERS_AT_ONCE = 4;

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

/**
 * Adds the features of the newest `window` items of a history to the query. Mean and sum have the same
 * cosines.
 */
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
 * scores[u, i] = Σ_k queries[u, k]·unit[i, k]: four users and two items at a time, of a block of items that
 * stays in cache. Sums have the same order for every item, so items with the same features tie exactly.
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
    // The queries past `users` are zero, so whole groups of users can be computed.
    for (let u = 0; u < users; u += USERS_AT_ONCE) {
      const q0 = u * hidden;
      const q1 = q0 + hidden;
      const q2 = q1 + hidden;
      const q3 = q2 + hidden;
      for (let i = block; i < end; i += 2) {
        const first = i * hidden;
        // The last of an odd number of items is computed twice.
        const next = i + 1 < end ? first + hidden : first;
        let f0 = 0;
        let f1 = 0;
        let f2 = 0;
        let f3 = 0;
        let n0 = 0;
        let n1 = 0;
        let n2 = 0;
        let n3 = 0;
        for (let k = 0; k < hidden; k++) {
          const x = unit[first + k]!;
          const y = unit[next + k]!;
          const a = queries[q0 + k]!;
          const b = queries[q1 + k]!;
          const c = queries[q2 + k]!;
          const d = queries[q3 + k]!;
          f0 += x * a;
          f1 += x * b;
          f2 += x * c;
          f3 += x * d;
          n0 += y * a;
          n1 += y * b;
          n2 += y * c;
          n3 += y * d;
        }
        const at = u * items + i;
        scores[at] = f0;
        scores[at + items] = f1;
        scores[at + 2 * items] = f2;
        scores[at + 3 * items] = f3;
        if (next === first) continue;
        scores[at + 1] = n0;
        scores[at + items + 1] = n1;
        scores[at + 2 * items + 1] = n2;
        scores[at + 3 * items + 1] = n3;
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
