import type { Random } from '../../src/log/random';
import type { Product } from './catalogue';

/**
 * What the user typed before this event: mostly the kind of thing, sometimes a wider one, sometimes one word
 * of the title. Never a whole title, which would reveal the item.
 */
export function searchQuery(product: Product, random: Random): string {
  const kind = product.path.at(-1)!;
  const words = product.title.split(/[\s-]+/).filter((word) => word.length > 2);
  const draw = random.uniform();
  if (draw < 0.3 && words.length > 1) return words[random.integer(words.length)]!.toLowerCase();
  if (draw < 0.55) return product.path[random.integer(product.path.length)]!.toLowerCase();
  return kind.toLowerCase();
}
