/** The items whose texts measure LM drift. */
import { forkRandom } from './random';

/** Number of such texts. */
export const DRIFT_TEXTS = 64;

export interface DriftItems {
  readonly items: readonly number[];
  /** Whether all of them are cold; then no arm may be trained on their texts. */
  readonly cold: boolean;
}

/** Cold items if there are enough, else any. @param cold 1 for cold items */
export function driftItems(cold: ArrayLike<number>, seed: number): DriftItems {
  const every = Array.from(cold, (_, item) => item);
  const unseen = every.filter((item) => cold[item] === 1);
  const enough = unseen.length >= DRIFT_TEXTS;
  const items = forkRandom(seed, 'drift texts')
    .shuffle(enough ? unseen : every)
    .slice(0, DRIFT_TEXTS);
  return { items, cold: enough };
}
