/** The items whose texts measure LM drift. */
import { forkRandom } from './random';

/** Items that are set aside for it, whether or not all of their texts are read. */
const DRIFT_ITEMS = 64;

export interface DriftItems {
  readonly items: readonly number[];
  /** Whether all of them are cold; then no arm may be trained on their texts. */
  readonly cold: boolean;
}

/** Cold items if there are enough, else any. @param cold 1 for cold items */
export function driftItems(cold: ArrayLike<number>, seed: number): DriftItems {
  const every = Array.from(cold, (_, item) => item);
  const unseen = every.filter((item) => cold[item] === 1);
  const enough = unseen.length >= DRIFT_ITEMS;
  const items = forkRandom(seed, 'drift texts')
    .shuffle(enough ? unseen : every)
    .slice(0, DRIFT_ITEMS);
  return { items, cold: enough };
}
