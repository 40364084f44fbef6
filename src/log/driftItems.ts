/** The items whose texts measure LM drift. */
import { MOST_TEXTS } from '../recipe/sections/evaluation';
import { forkRandom } from './random';

export interface DriftItems {
  readonly items: readonly number[];
  /** Whether all of them are cold; then no arm may be trained on their texts. */
  readonly cold: boolean;
}

/** As many as a recipe may read: cold items if there are enough, else any. @param cold 1 for cold items */
export function driftItems(cold: ArrayLike<number>, seed: number): DriftItems {
  const every = Array.from(cold, (_, item) => item);
  const unseen = every.filter((item) => cold[item] === 1);
  const enough = unseen.length >= MOST_TEXTS;
  const items = forkRandom(seed, 'drift texts')
    .shuffle(enough ? unseen : every)
    .slice(0, MOST_TEXTS);
  return { items, cold: enough };
}
