import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Checkpoints } from '../experiment/train/checkpoints';
import { OpfsDirectory } from './opfsDirectory';
import { opfsSlots } from './opfsSlots';
import { SILENT_AFTER } from './silence';
import { TwoSlots } from './twoSlots';

const BYTES = Uint8Array.of(1, 2, 3);

/** A folder whose calls are answered when the test says so. */
function slowFolder(): {
  readonly closed: () => number;
  /** The name of the call from which on none is answered, until `answer` is called. */
  readonly silentFrom: (call: string) => void;
  readonly answer: () => void;
} {
  let silent: string | null = null;
  let closed = 0;
  let waiting: (() => void)[] = [];
  const call = async <T>(name: string, value: () => T): Promise<T> => {
    if (name === silent) await new Promise<void>((resolve) => waiting.push(resolve));
    return value();
  };
  const access = {
    truncate: () => undefined,
    write: (bytes: Uint8Array) => bytes.length,
    flush: () => undefined,
    close: () => closed++,
  };
  const handle = {
    createSyncAccessHandle: () => call('createSyncAccessHandle', () => access),
    getFile: () => call('getFile', () => new Blob([BYTES])),
  };
  const directory = {
    getFileHandle: () => call('getFileHandle', () => handle),
    removeEntry: () => call('removeEntry', () => undefined),
  };
  const root = { getDirectoryHandle: () => Promise.resolve(directory) };
  vi.stubGlobal('navigator', { storage: { getDirectory: () => Promise.resolve(root) } });
  return {
    closed: () => closed,
    silentFrom: (name) => {
      silent = name;
    },
    answer: () => {
      silent = null;
      for (const resolve of waiting) resolve();
      waiting = [];
    },
  };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe('a folder that falls silent', () => {
  it.each(['getFileHandle', 'getFile'])('gives up on a file when %s is not answered', async (call) => {
    const folder = slowFolder();
    const directory = (await OpfsDirectory.open('karma'))!;
    folder.silentFrom(call);
    const asked = expect(directory.file('a')).rejects.toThrow('does not answer');
    await vi.advanceTimersByTimeAsync(SILENT_AFTER);
    await asked;
  });

  it('closes a handle that is opened after all, so that the file is not locked', async () => {
    const folder = slowFolder();
    const directory = (await OpfsDirectory.open('karma'))!;
    folder.silentFrom('createSyncAccessHandle');
    const asked = expect(directory.access('a')).rejects.toThrow('does not answer');
    await vi.advanceTimersByTimeAsync(SILENT_AFTER);
    await asked;
    expect(folder.closed()).toBe(0);
    folder.answer();
    await vi.advanceTimersByTimeAsync(0);
    expect(folder.closed()).toBe(1);
  });

  it.each(['createSyncAccessHandle', 'removeEntry'])('does not keep a run from ending when %s is not answered', async (call) => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const folder = slowFolder();
    const problems: (string | null)[] = [];
    const checkpoints = new Checkpoints(new TwoSlots((await opfsSlots('karma', 'run'))!), 0, (problem) => {
      problems.push(problem);
    });
    folder.silentFrom(call);
    await checkpoints.take(() => Promise.resolve(BYTES));
    let over = false;
    const cleared = checkpoints
      .end()
      .then(() => checkpoints.clear())
      .then(() => (over = true));
    expect(checkpoints.waitsFor).toBe('writing');
    // Hashing takes time that is not the fake clock's.
    await vi.waitFor(
      async () => {
        await vi.advanceTimersByTimeAsync(SILENT_AFTER);
        expect(over).toBe(true);
      },
      { timeout: 10_000, interval: 10 },
    );
    await cleared;
    expect(checkpoints.waitsFor).toBeNull();
    expect(problems).toEqual([call === 'removeEntry' ? null : 'The browser’s storage does not answer.']);
  });
});
