/** Lists of best items by scores on the CPU; `TopItems` makes them on the GPU, with the same rule for ties. */

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
 * Writes the items with the highest scores into `list`, best first; ties in catalogue order. NaN counts as −∞.
 * A heap holds the best so far with the worst on top, so an item costs one comparison unless it enters.
 * @param scoreOf score of items 0 … items − 1; null leaves an item out
 */
export function bestItems(items: number, scoreOf: (item: number) => number | null, list: Uint32Array): void {
  const places = list.length;
  const scores = new Float64Array(places);
  let size = 0;
  const worse = (a: number, b: number): boolean => scores[a]! < scores[b]! || (scores[a] === scores[b] && list[a]! > list[b]!);
  const swap = (a: number, b: number): void => {
    [scores[a], scores[b]] = [scores[b]!, scores[a]!];
    [list[a], list[b]] = [list[b]!, list[a]!];
  };
  const sink = (from: number, end: number): void => {
    for (let at = from; ;) {
      let worst = at;
      for (const child of [2 * at + 1, 2 * at + 2]) if (child < end && worse(child, worst)) worst = child;
      if (worst === at) return;
      swap(at, worst);
      at = worst;
    }
  };
  for (let item = 0; item < items && places > 0; item++) {
    const given = scoreOf(item);
    if (given === null) continue;
    const score = Number.isNaN(given) ? -Infinity : given;
    if (size < places) {
      list[size] = item;
      scores[size] = score;
      size++;
      if (size === places) for (let at = (places >> 1) - 1; at >= 0; at--) sink(at, places);
    } else if (score > scores[0]!) {
      list[0] = item;
      scores[0] = score;
      sink(0, places);
    }
  }
  list.fill(NO_ITEM, size);
  if (size < places) for (let at = (size >> 1) - 1; at >= 0; at--) sink(at, size);
  // Heap sort: the worst goes to the end, repeatedly.
  for (let end = size - 1; end > 0; end--) {
    swap(0, end);
    sink(0, end);
  }
}
