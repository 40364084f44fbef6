import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { completion, learnCompletion } from './completion';

/** A device that looks now and then whether it is done and, if it `listens`, at each submit. */
function device({ every, listens }: { readonly every: number; readonly listens: boolean }) {
  let waiting: (() => boolean)[] = [];
  const counts = { submits: 0 };
  const look = (): void => {
    waiting = waiting.filter((tell) => !tell());
  };
  const timer = setInterval(look, every);
  const stop = (): void => {
    clearInterval(timer);
  };
  const submit = (): void => {
    counts.submits++;
    if (listens) look();
  };
  /** Resolves when the device looks and `ready`. */
  const work = (ready: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      waiting.push(() => {
        if (ready()) resolve();
        return ready();
      });
    });
  const queue = { submit, onSubmittedWorkDone: () => work(() => true) };
  return { gpu: { queue } as unknown as GPUDevice, counts, work, stop };
}

async function firefox() {
  const made = device({ every: 100, listens: true });
  expect(await learnCompletion(made.gpu)).toBe(true);
  // From here on it looks at submits alone.
  made.stop();
  return made;
}

describe('what a device was asked for', () => {
  it('is had if the device looks at every submit, and late by itself', async () => {
    const { gpu, work } = await firefox();
    await completion(
      gpu,
      work(() => true),
    );
    await Promise.all([1, 2, 3].map(() => completion(gpu, gpu.queue.onSubmittedWorkDone())));
  });

  it.each([
    { kind: 'answers by itself', every: 1, listens: true },
    { kind: 'is not helped by submits', every: 100, listens: false },
  ])('is waited for on a device that $kind', async ({ every, listens }) => {
    const { gpu, counts, stop } = device({ every, listens });
    expect(await learnCompletion(gpu)).toBe(false);
    const { submits } = counts;
    await completion(gpu, gpu.queue.onSubmittedWorkDone());
    expect(counts.submits).toBe(submits);
    stop();
  });

  it('is asked for with pauses, and no longer once it is there or has failed', async () => {
    const { gpu, counts, work } = await firefox();
    const begun = counts.submits;
    let ready = false;
    const waited = completion(
      gpu,
      work(() => ready),
    );
    await pause(200);
    ready = true;
    await waited;
    await expect(completion(gpu, Promise.reject(new Error('lost')))).rejects.toThrow('lost');
    const few = counts.submits;
    expect(few - begun).toBeGreaterThan(1);
    // One a millisecond would be more.
    expect(few - begun).toBeLessThan(150);
    // Waits that follow one another have one loop.
    for (let turn = 0; turn < 20; turn++) {
      await completion(
        gpu,
        work(() => true),
      );
      await pause(1);
    }
    expect(counts.submits - few).toBeLessThan(100);
    await pause(20);
    const { submits } = counts;
    await pause(50);
    expect(counts.submits).toBe(submits);
  });
});
