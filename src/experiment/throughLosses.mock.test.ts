import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Gpu } from '../gpu/device';
import { FaultLog } from '../gpu/faults';
import type { RunEvent } from '../record/runEvents';
import { Checkpoints } from './train/checkpoints';
import { runThroughLosses } from './throughLosses';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('says after ten seconds that the device does not answer, and when it does again', async () => {
  const device = { addEventListener: () => undefined, lost: new Promise(() => undefined) } as unknown as GPUDevice;
  const events: RunEvent[] = [];
  void runThroughLosses({
    open: () => Promise.resolve({ device } as Gpu),
    prepare: () => new Promise(() => undefined),
    checkpoints: new Checkpoints(null),
    resume: null,
    emit: (event) => events.push(event),
    gate: () => Promise.resolve('go'),
    onLost: () => undefined,
  });
  await vi.advanceTimersByTimeAsync(5000);
  let answer: () => void = () => undefined;
  void FaultLog.of(device).counted(() => new Promise<void>((resolve) => (answer = resolve)));
  await vi.advanceTimersByTimeAsync(9000);
  expect(events).toEqual([]);
  await vi.advanceTimersByTimeAsync(2000);
  const [first] = events;
  expect(first).toMatchObject({ type: 'silence', silence: { longest: 0 } });
  answer();
  await vi.advanceTimersByTimeAsync(1000);
  expect(events.at(-1)).toEqual({ type: 'silence', silence: null });
  const told = events.length;
  await vi.advanceTimersByTimeAsync(30_000);
  expect(events).toHaveLength(told);
});
