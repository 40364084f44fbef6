/**
 * What a batch's predictions get in place of their targets in an arm with random targets: seeded, and the
 * same for every arm.
 */
import { forkRandom } from './random';

/**
 * The same items in another order, in which no place has the item that it had, unless one item fills more
 * than half of the places: then as few of its places as possible keep it. A function of (seed, step) and the
 * items.
 */
export function permutedItems(seed: number, step: number, items: readonly number[]): number[] {
  const random = forkRandom(seed, 'random targets', step);
  const order = random.shuffle(Int32Array.from(items, (_, place) => place));
  const permuted = Array.from(order, (place) => items[place]!);
  const others = items.length - 1;
  permuted.forEach((item, place) => {
    if (item !== items[place] || others === 0) return;
    const from = random.integer(others);
    for (let ahead = 0; ahead < others; ahead++) {
      const other = (place + 1 + ((from + ahead) % others)) % items.length;
      if (permuted[other] === item || items[other] === item) continue;
      permuted[place] = permuted[other]!;
      permuted[other] = item;
      return;
    }
  });
  return permuted;
}
