/** Items of the catalogue that a step's L_item describes: seeded, and the same for every arm. */
import { forkRandom } from './random';

export interface DescribedItem {
  readonly item: number;
  /** The item whose text it gets: itself, or another item for the shuffled-text control. */
  readonly textItem: number;
}

export interface DescribedOptions {
  readonly seed: number;
  /** Items of the catalogue. */
  readonly items: number;
  /** Items that are never drawn, and whose texts are not: those that measure drift. Not all items. */
  readonly leftOut: ReadonlySet<number>;
}

/** `count` items drawn uniformly with replacement: a function of (seed, step) and the items left out. */
export function describedItems(
  { seed, items, leftOut }: DescribedOptions,
  step: number,
  count: number,
  shuffledText = false,
): DescribedItem[] {
  const draws = forkRandom(seed, 'described items', step);
  const texts = forkRandom(seed, 'shuffled descriptions', step);
  const others = items - leftOut.size > 1;
  return Array.from({ length: count }, () => {
    let item = draws.integer(items);
    while (leftOut.has(item)) item = draws.integer(items);
    let textItem = item;
    while (shuffledText && others && (textItem === item || leftOut.has(textItem))) textItem = texts.integer(items);
    return { item, textItem };
  });
}
