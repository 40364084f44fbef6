/** Long loops on a thread that also answers commands. */
import { inTurns } from '../../log/turn';

export interface SliceOptions {
  /** Called with the number of calls made, a few times per second. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly sliceMs?: number;
}

/**
 * Calls `each` with 0 … count − 1, yielding to the event loop after every slice of time.
 * @throws the signal's reason when aborted
 */
export async function inSlices(count: number, each: (index: number) => void, options: SliceOptions = {}): Promise<void> {
  const { onProgress = () => undefined, ...turns } = options;
  const onCalls = (done: number): void => {
    onProgress(done, count);
  };
  await inTurns(calls(count, each), { ...turns, onProgress: onCalls });
  onProgress(count, count);
}

/** Yields the number of calls made; not after each, since reading the clock costs more than a short call. */
function* calls(count: number, each: (index: number) => void): Generator<number, void> {
  for (let index = 0; index < count; index++) {
    each(index);
    if ((index & 63) === 63) yield index + 1;
  }
}
