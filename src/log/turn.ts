/**
 * Lets other tasks run, such as a message that cancels the work: a stream with available data never leaves
 * its microtasks.
 */
export function turn(): Promise<void> {
  return wait(0);
}

export function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

export interface TurnOptions {
  /** Called a few times per second with what the work yielded last: how much of it is done. */
  readonly onProgress?: ((done: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds of work between turns. */
  readonly sliceMs?: number | undefined;
}

const SLICE_MS = 100;

/**
 * What work gives that yields how much of it is done; other tasks run after every slice of time.
 * @throws the signal's reason when aborted
 */
export async function inTurns<T>(
  work: Generator<number, T>,
  { onProgress, signal, sliceMs = SLICE_MS }: TurnOptions = {},
): Promise<T> {
  signal?.throwIfAborted();
  let since = performance.now();
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
    if (performance.now() - since < sliceMs) continue;
    onProgress?.(value);
    await turn();
    signal?.throwIfAborted();
    since = performance.now();
  }
}
