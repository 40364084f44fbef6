import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { opfsSlots } from './opfsSlots';
import { opfsStore } from './opfsStore';
import { SILENT_AFTER, unlessSilent } from './silence';

const denied = (): Promise<never> => Promise.reject(new DOMException('denied', 'SecurityError'));
const silent = (): Promise<never> => new Promise(() => undefined);

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

it('passes on answers and errors, and waits no longer than the limit for them', async () => {
  expect(await unlessSilent(Promise.resolve(3))).toBe(3);
  await expect(unlessSilent(denied())).rejects.toThrow('denied');
  const waiting = expect(unlessSilent(silent(), 50)).rejects.toThrow('does not answer');
  await vi.advanceTimersByTimeAsync(50);
  await waiting;
});

describe.each([
  ['is missing', undefined],
  ['is denied', denied],
  ['is silent', silent],
])('a private file system that %s', (_, getDirectory) => {
  it('is treated as absent', async () => {
    vi.stubGlobal('navigator', { storage: { getDirectory } });
    const opened = Promise.all([opfsStore('karma'), opfsSlots('karma-checkpoints', 'run')]);
    await vi.advanceTimersByTimeAsync(2 * SILENT_AFTER);
    expect(await opened).toEqual([null, null]);
  });
});
