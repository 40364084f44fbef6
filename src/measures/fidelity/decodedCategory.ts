/** Whether the text decoded from h is about an item of the target's category. Definition: docs/metrics.md. */
import { topCategory } from '../../log/categories';
import { splitId } from '../ranking/splitId';
import { PROBED_SPLITS, type ProbeMeasures } from './decodability';
import { shareInterval } from '../../statistics/comparison';
import { mean } from '../../statistics/statistics';

/**
 * Finds the item whose text is most similar to a given one, by the tokens that they share; rare ones weigh
 * more.
 */
export class NearestText {
  private readonly sets: readonly ReadonlySet<number>[];
  /** Items by token. */
  private readonly holders = new Map<number, number[]>();
  private readonly weights: Float64Array;

  /** @param texts tokens of every item's text */
  constructor(texts: Iterable<readonly number[]>) {
    this.sets = Array.from(texts, (text) => new Set(text));
    this.sets.forEach((set, item) => {
      for (const token of set) {
        const holders = this.holders.get(token);
        if (holders === undefined) this.holders.set(token, [item]);
        else holders.push(item);
      }
    });
    this.weights = Float64Array.from(this.sets, (set) => this.weightOf(set));
  }

  /**
   * The item with the largest Σ w over shared tokens / Σ w over the union of tokens, w = log(items / items
   * with the token); a token that no item has counts as if one had it. The first in a tie; null if nothing
   * with weight is shared.
   */
  find(text: readonly number[]): number | null {
    const tokens = new Set(text);
    const shared = new Map<number, number>();
    for (const token of tokens) {
      const weight = this.weight(token);
      if (weight > 0) for (const item of this.holders.get(token) ?? []) shared.set(item, (shared.get(item) ?? 0) + weight);
    }
    const own = this.weightOf(tokens);
    let best: { readonly item: number; readonly likeness: number } | null = null;
    for (const [item, both] of shared) {
      const likeness = both / (own + this.weights[item]! - both);
      if (best === null || likeness > best.likeness || (likeness === best.likeness && item < best.item))
        best = { item, likeness };
    }
    return best?.item ?? null;
  }

  private weight(token: number): number {
    return Math.log(this.sets.length / (this.holders.get(token)?.length ?? 1));
  }

  private weightOf(tokens: ReadonlySet<number>): number {
    let sum = 0;
    for (const token of tokens) sum += this.weight(token);
    return sum;
  }
}

/**
 * One target: its category path, that of the item nearest to the decoded text (null if there is none), and
 * whether the target is cold.
 */
export interface ReadCategory {
  readonly wanted: string;
  readonly read: string | null;
  readonly cold: boolean;
}

/**
 * Share of correct ones among targets that have a category, all, warm and cold, by measure ID: by the first
 * level of the path, and by the whole path among targets whose path has more than one level.
 */
export function categoryAccuracy(targets: readonly ReadCategory[], seed: number): ProbeMeasures {
  const found: ProbeMeasures = { counts: {}, values: {}, intervals: {} };
  const add = (name: string, counted: (path: string) => boolean, level: (path: string) => string): void => {
    for (const split of PROBED_SPLITS) {
      const own = targets.filter(({ wanted, cold }) => counted(wanted) && (split === 'all' || cold === (split === 'cold')));
      if (own.length === 0) continue;
      const id = splitId(split, name);
      const right = own.map(({ wanted, read }) => Number(read !== null && level(read) === level(wanted)));
      const interval = shareInterval(right, { seed });
      found.counts[id] = own.length;
      found.values[id] = mean(right);
      if (interval !== null) found.intervals[id] = [...interval];
    }
  };
  add('decodedCategory', (path) => topCategory(path) !== '', topCategory);
  add(
    'decodedPath',
    (path) => path.includes('>'),
    (path) => path,
  );
  return found;
}
