/**
 * Lists of best items by scores on the CPU; `TopItems` makes them on the GPU, with the same rule for ties.
 */

import { MOST_LISTED, NO_ITEM } from '../../engine/ranking/itemLists';

/** The longest list that some K requires; K beyond `MOST_LISTED` have none. */
export function listedItems(ks: readonly number[], items: number): number {
  return Math.min(items, Math.max(0, ...ks.filter((k) => k <= MOST_LISTED)));
}

/** The best items, at most `most`; fewer if others are left out. @param scoreOf as in `bestItems` */
export function listOfBest(items: number, scoreOf: (item: number) => number | null, most: number): number[] {
  const list = new Uint32Array(Math.min(most, items));
  bestItems(items, scoreOf, list);
  return itemsOf(list);
}

/** The items of a list, without the padding after the last one. */
export function itemsOf(list: Uint32Array): number[] {
  return [...list].filter((item) => item !== NO_ITEM);
}

/**
 * Writes the items with the highest scores into `list`, best first; ties in catalogue order. NaN counts as
 * −∞. A heap holds the best so far with the worst on top, so an item costs one comparison unless it enters.
 * @param scoreOf score of items 0 … items − 1; null leaves an item out
 */
export function bestItems(items: number, scoreOf: (item: number) => number | null, list: Uint32Array): void {
  const places = list.length;
  const scores = new Float64Array(places);
  let size = 0;
  for (let item = 0; item < items && places > 0; item++) {
    const given = scoreOf(item);
    if (given === null) continue;
    const score = Number.isNaN(given) ? -Infinity : given;
    if (size < places) {
      list[size] = item;
      scores[size] = score;
      size++;
      if (size === places) heapify(scores, list, size);
    } else if (score > scores[0]!) {
      place(scores, list, 0, size, score, item);
    }
  }
  list.fill(NO_ITEM, size);
  if (size < places) heapify(scores, list, size);
  // Heap sort: the worst goes to the end, repeatedly.
  for (let end = size - 1; end > 0; end--) {
    const score = scores[end]!;
    const item = list[end]!;
    scores[end] = scores[0]!;
    list[end] = list[0]!;
    place(scores, list, 0, end, score, item);
  }
}

function heapify(scores: Float64Array, list: Uint32Array, size: number): void {
  for (let at = (size >> 1) - 1; at >= 0; at--) place(scores, list, at, size, scores[at]!, list[at]!);
}

/** Puts an item into the free place `at` of a heap of that size, or below: what is worse moves up. */
function place(scores: Float64Array, list: Uint32Array, at: number, size: number, score: number, item: number): void {
  let free = at;
  for (let child = 2 * free + 1; child < size; child = 2 * free + 1) {
    const right = child + 1;
    if (right < size && isWorse(scores[right]!, list[right]!, scores[child]!, list[child]!)) child = right;
    if (!isWorse(scores[child]!, list[child]!, score, item)) break;
    scores[free] = scores[child]!;
    list[free] = list[child]!;
    free = child;
  }
  scores[free] = score;
  list[free] = item;
}

function isWorse(score: number, item: number, otherScore: number, other: number): boolean {
  return score < otherScore || (score === otherScore && item > other);
}
