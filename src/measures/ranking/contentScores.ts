/**
 * Cosines of untrained content with a whole history: TF-IDF of the items' texts (Salton & Buckley, IP&M 1988,
 * with the smoothed idf of scikit-learn), or the levels of their categories. Items are sparse rows of length
 * 1, and a history is the sum of its items' rows, so that only the terms of the history are looked up.
 * Definitions: docs/metrics.md.
 */
import { categoryLevels, itemText } from '../../log/itemText';
import type { InteractionLog } from '../../log/types';
import { onGrid, SCORE_GRID, transposedGroups, type Groups } from './groups';

/** Runs of letters and digits, in lower case. */
export function lowerCaseWords(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

export class ContentScores {
  private readonly itemsOf: Groups;
  /** Of the entries of `itemsOf`. */
  private readonly weights: Float64Array;

  /**
   * @param termsOf of every item, ascending
   * @param rows weights of these, rows of length 1 or 0
   * @param terms number of all terms
   */
  private constructor(
    private readonly termsOf: Groups,
    private readonly rows: Float64Array,
    readonly terms: number,
  ) {
    this.itemsOf = transposedGroups(termsOf, terms);
    this.weights = new Float64Array(rows.length);
    const next = this.itemsOf.start.slice();
    termsOf.values.forEach((term, at) => (this.weights[next[term]!++] = rows[at]!));
  }

  /**
   * Of the texts that a template makes of the items: weight = occurrences · (ln((1 + items)/(1 + items with
   * the word)) + 1).
   */
  static ofTexts({ items }: Pick<InteractionLog, 'items'>, template: string): ContentScores {
    return ContentScores.of(
      items.map((item) => lowerCaseWords(itemText(item, template))),
      (having) => Math.log((1 + items.length) / (1 + having)) + 1,
    );
  }

  /** Of every level of the items' categories, each with weight 1. */
  static ofCategories({ items }: Pick<InteractionLog, 'items'>): ContentScores {
    return ContentScores.of(
      items.map(({ category }) => categoryLevels(category)),
      () => 1,
    );
  }

  private static of(documents: readonly (readonly string[])[], weightOf: (having: number) => number): ContentScores {
    const places = new Map<string, number>();
    const counts = documents.map((document) => {
      const own = new Map<number, number>();
      for (const word of document) {
        const term = places.get(word) ?? places.size;
        places.set(word, term);
        own.set(term, (own.get(term) ?? 0) + 1);
      }
      return [...own].sort(([a], [b]) => a - b);
    });
    const having = new Uint32Array(places.size);
    for (const own of counts) for (const [term] of own) having[term]! += 1;
    const start = new Uint32Array(counts.length + 1);
    counts.forEach((own, item) => (start[item + 1] = start[item]! + own.length));
    const values = new Uint32Array(start.at(-1)!);
    const rows = new Float64Array(values.length);
    counts.forEach((own, item) => {
      const weights = own.map(([term, times]) => times * weightOf(having[term]!));
      const length = Math.sqrt(weights.reduce((sum, weight) => sum + weight * weight, 0));
      own.forEach(([term], place) => {
        values[start[item]! + place] = term;
        rows[start[item]! + place] = weights[place]! / length;
      });
    });
    return new ContentScores({ start, values }, rows, places.size);
  }

  /** The items' rows, in order of the terms' first appearance [items, terms]. */
  dense(): Float32Array {
    const { termsOf, rows, terms } = this;
    const items = termsOf.start.length - 1;
    const values = new Float32Array(items * terms);
    for (let item = 0; item < items; item++)
      for (let at = termsOf.start[item]!; at < termsOf.start[item + 1]!; at++)
        values[item * terms + termsOf.values[at]!] = rows[at]!;
    return values;
  }

  /**
   * Writes the scores of all items, the sums of their cosines with the history's items, from `at` on; a
   * repeated item counts as often.
   */
  score(history: readonly number[], scores: Float64Array, at: number): void {
    const { termsOf, rows, itemsOf, weights } = this;
    const items = termsOf.start.length - 1;
    const own = scores.subarray(at, at + items);
    own.fill(0);
    const query = new Map<number, number>();
    for (const item of history) {
      for (let entry = termsOf.start[item]!; entry < termsOf.start[item + 1]!; entry++) {
        const term = termsOf.values[entry]!;
        query.set(term, (query.get(term) ?? 0) + rows[entry]!);
      }
    }
    for (const [term, weight] of query) {
      const end = itemsOf.start[term + 1]!;
      for (let entry = itemsOf.start[term]!; entry < end; entry++) own[itemsOf.values[entry]!]! += weight * weights[entry]!;
    }
    for (let item = 0; item < items; item++) own[item] = onGrid(own[item]!, SCORE_GRID);
  }
}
