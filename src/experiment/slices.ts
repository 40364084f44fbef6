/** Long loops on a thread that also answers commands. */
import { turn } from '../log/turn';

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
  const { onProgress = () => undefined, signal, sliceMs = 100 } = options;
  signal?.throwIfAborted();
  let sliceStart = performance.now();
  for (let index = 0; index < count; index++) {
    each(index);
    // Reading the clock costs more than a short call.
    if ((index & 63) !== 63 || performance.now() - sliceStart < sliceMs) continue;
    onProgress(index + 1, count);
    await turn();
    signal?.throwIfAborted();
    sliceStart = performance.now();
  }
  onProgress(count, count);
}
