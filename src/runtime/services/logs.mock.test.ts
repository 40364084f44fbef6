import { readFile } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';
import { readSampleLog } from '../../log/sample';
import { SAMPLE_LOG } from '../../log/sampleLog';
import { logRows } from '../../testing/smallLogs';
import { memoryStore } from '../../storage/memoryStore';
import { packLog } from '../handOver';
import { COMING_WITHIN, LogService } from './logs';

it('reads the sample once, and reports it when it is opened, not when a forecast reads it', async () => {
  const fetched: string[] = [];
  const told: string[] = [];
  const logs = new LogService(
    async (path) => {
      fetched.push(path);
      return Uint8Array.from(await readFile(`public/${path}`)).buffer;
    },
    ({ summary }) => told.push(summary.id),
    () => undefined,
    Promise.resolve(memoryStore()),
  );
  const [one, other] = await Promise.all([logs.peek(SAMPLE_LOG.id), logs.peek(SAMPLE_LOG.id)]);
  expect(other).toBe(one);
  expect(told).toEqual([]);
  expect(await logs.open(SAMPLE_LOG.id)).toBe(one);
  expect(await logs.open(SAMPLE_LOG.id)).toBe(one);
  expect(told).toEqual([SAMPLE_LOG.id]);
  expect(fetched).toHaveLength([...SAMPLE_LOG.files, SAMPLE_LOG.pictures].length);
  expect(await logs.peek('another')).toBeNull();
  await expect(logs.open('another')).rejects.toThrow('is not open in this tab');
});

it('reads the sample again after a failed fetch', async () => {
  let broken = true;
  const logs = new LogService(
    async (path) => {
      if (broken) throw new Error('offline');
      return Uint8Array.from(await readFile(`public/${path}`)).buffer;
    },
    () => undefined,
    () => undefined,
    Promise.resolve(memoryStore()),
  );
  await expect(logs.peek(SAMPLE_LOG.id)).rejects.toThrow('offline');
  broken = false;
  expect((await logs.open(SAMPLE_LOG.id)).log.name).toBe(SAMPLE_LOG.name);
});

it('takes a log by transfer: the same log on the other side, and nothing left on this one', async () => {
  const read = await readSampleLog(async (path) => Uint8Array.from(await readFile(`public/${path}`)).buffer);
  const expected = structuredClone([logRows(read.log), read.split, read.recipe, read.dropped, read.findings]);
  const store = memoryStore();
  const fresh = (): LogService =>
    new LogService(
      () => Promise.reject(new Error('nothing is fetched')),
      () => undefined,
      () => undefined,
      Promise.resolve(store),
    );
  const logs = fresh();
  const { port1, port2 } = new MessageChannel();
  const taken = logs.take(port1, { signal: new AbortController().signal });
  const { packed, transfer } = packLog(read);
  port2.postMessage(packed, transfer);
  expect(read.log.events.length).toBe(0);
  await taken;
  const { log, split, recipe, dropped, findings } = await logs.open(SAMPLE_LOG.name);
  expect([logRows(log), split, recipe, dropped, findings]).toEqual(expected);
  port2.close();

  // It is there at the next visit.
  const later = fresh();
  expect(await later.restore('another')).toBe(false);
  await expect.poll(() => later.restore(SAMPLE_LOG.name)).toBe(true);
  const again = await later.open(SAMPLE_LOG.name);
  expect([logRows(again.log), again.split, again.recipe, again.dropped, again.findings]).toEqual(expected);

  // A run resumed at once waits for it.
  const early = fresh();
  const coming = early.restore(SAMPLE_LOG.name);
  expect(logRows((await early.open(SAMPLE_LOG.name)).log)).toEqual(expected[0]);
  expect(await coming).toBe(true);
});

describe('a run that waits for a log', () => {
  function waiting() {
    const notes: string[] = [];
    const logs = new LogService(
      () => Promise.reject(new Error('nothing is fetched')),
      () => undefined,
      ({ note }) => notes.push(note),
      Promise.resolve(memoryStore()),
    );
    const { port1, port2 } = new MessageChannel();
    const [givenUp, stopped] = [new AbortController(), new AbortController()];
    void logs.take(port1, givenUp);
    const opened = logs.open('kitchen', stopped.signal);
    return { notes, opened, port: port2, givenUp, stopped };
  }
  const notOpen = 'The log “kitchen” is not open in this tab.';

  it('says so, and learns that none will come when the intake gives up', async () => {
    const { notes, opened, port, givenUp } = waiting();
    expect(notes).toEqual(['Waiting for the log “kitchen”']);
    givenUp.abort();
    await expect(opened).rejects.toThrow(notOpen);
    port.close();
  });

  it('ends if the intake ends silently', async () => {
    vi.useFakeTimers();
    try {
      const { opened, port } = waiting();
      const told = expect(opened).rejects.toThrow(notOpen);
      await vi.advanceTimersByTimeAsync(COMING_WITHIN);
      await told;
      port.close();
    } finally {
      vi.useRealTimers();
    }
  });

  it('can be stopped', async () => {
    const { opened, port, stopped } = waiting();
    stopped.abort(new DOMException('stop', 'AbortError'));
    await expect(opened).rejects.toMatchObject({ name: 'AbortError' });
    port.close();
  });
});
