/** Timing of what a device computes, by a clock that is coarse, and answers that take their time. */
import { answersLate } from '../gpu/completion';
import type { Gpu } from '../gpu/device';

const REPEATS = 3;
const MOST_CALLS = 4096;
/** How much slower than the best so far the first timing of a candidate may be for it to be timed again. */
const HOPELESS = 1.5;

export interface TimingOptions {
  /**
   * Seconds that one timing takes at least, if `MOST_CALLS` do: shorter ones would be of the clock and of the
   * answer's way.
   */
  readonly least: number;
  /** Seconds of a call of the best candidate so far. */
  readonly best?: number;
  /** Number of timings. */
  readonly repeats?: number;
}

/**
 * The least seconds of a call, of several timings, each of as many calls as take long enough. What is called
 * must have been compiled.
 * @param take seconds that so many calls take
 */
export async function secondsEach(
  take: (calls: number) => Promise<number>,
  { least, best = Infinity, repeats = REPEATS }: TimingOptions,
): Promise<number> {
  let calls = 1;
  let seconds = await take(calls);
  while (seconds < least && calls < MOST_CALLS) {
    // As many as should be enough, but no more than four times as many: a first call is often slow.
    calls = Math.min(MOST_CALLS, 4 * calls, Math.ceil((calls * 1.1 * least) / seconds));
    seconds = await take(calls);
  }
  for (let again = 1; again < repeats && seconds < HOPELESS * best * calls; again++)
    seconds = Math.min(seconds, await take(calls));
  return seconds / calls;
}

/**
 * The least seconds of a short timing. On a GPU a call takes microseconds, and the answer that it is done
 * takes up to a millisecond, or several where answers are found only by polling.
 */
export function leastSeconds({ device }: Pick<Gpu, 'device'>): number {
  return answersLate(device) ? 0.02 : 0.005;
}
