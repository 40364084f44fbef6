// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { smallRecord } from '../../../testing/smallRecord';
import { EMPTY_EXPERIMENT } from '../../../runtime/experimentState';
import type { RunWait, WorkerEvent } from '../../../runtime/protocol';
import type { ToServices } from '../../../runtime/rpc/messages';
import { setOpening, useOpening } from '../opening/openingState';
import { useExperiment } from '../run/experiment';
import { SPOKEN_ENGLISH } from '../../../words/languages';
import { useLanguage } from '../kept/language';
import { useKeptRun } from '../run/keptRun';
import { setField } from '../recipe/recipe';
import { CLAIM_WITHIN } from '../run/tabs';
import { startSession, STOP_WITHIN, STOP_WITHIN_ANSWERED, STOP_WITHIN_SILENT, type Session } from './session';

/** A worker that answers and sends what the test tells it to. */
class FakeWorker extends EventTarget {
  readonly asked: string[] = [];
  ended = false;
  onerror: unknown = null;

  constructor(readonly answers: Record<string, unknown>) {
    super();
  }

  postMessage(message: ToServices): void {
    if (message.type !== 'call') return;
    const name = `${message.service}.${message.method}`;
    this.asked.push(name);
    if (name in this.answers) this.#send({ type: 'answer', id: message.id, answer: this.answers[name] });
  }

  say(event: WorkerEvent): void {
    this.#send({ type: 'event', event });
    vi.advanceTimersByTime(300);
  }

  terminate(): void {
    this.ended = true;
  }

  #send(data: unknown): void {
    if (!this.ended) this.dispatchEvent(new MessageEvent('message', { data }));
  }
}

const KEPT = { spec: smallRecord().spec, step: 7, older: false };
let workers: FakeWorker[];
let session: Session;

beforeEach(() => {
  vi.useFakeTimers();
  // Without channels, every tab is alone.
  vi.stubGlobal('BroadcastChannel', undefined);
  useExperiment.setState(EMPTY_EXPERIMENT);
  useKeptRun.setState({ kept: null });
  setOpening({ problem: null });
  workers = [];
  session = startTestSession();
  session.probe();
});
afterEach(() => {
  session.dispose();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function startTestSession(): Session {
  return startSession(
    () => {
      const worker = new FakeWorker({ 'run.kept': KEPT });
      workers.push(worker);
      return worker as unknown as Worker;
    },
    () => new FakeWorker({}) as unknown as Worker,
  );
}

/** A channel without other participants. */
class SilentChannel {
  onmessage: unknown = null;
  postMessage(): void {
    // Nobody listens.
  }
  close(): void {
    // Nothing is open.
  }
}

/** A run that has started to train on a log from an earlier visit. */
async function training(): Promise<FakeWorker> {
  setField('data.id', 'kitchen');
  session.restoreLog('kitchen');
  session.run(smallRecord().spec);
  await vi.advanceTimersByTimeAsync(0);
  const worker = workers[0]!;
  worker.say({ type: 'started', record: smallRecord() });
  worker.say({ type: 'phase', phase: 'running' });
  expect(useExperiment.getState().phase).toBe('running');
  return worker;
}

it('tells each new worker the language before anything else, and a change of it', () => {
  const asked = (): readonly string[] => workers.at(-1)!.asked;
  expect(asked()).not.toContain('words.speak');
  useLanguage.setState({ spoken: { id: 'ko', catalog: {} } });
  expect(asked().at(-1)).toBe('words.speak');
  session.probe();
  expect(asked()[0]).toBe('words.speak');
  useLanguage.setState({ spoken: SPOKEN_ENGLISH });
  expect(asked().at(-1)).toBe('words.speak');
});

describe('the end of a run', () => {
  it('has its checkpoint deleted once it is stored, and not if it is not', async () => {
    const worker = await training();
    let store: (kept: boolean) => void = () => undefined;
    const stored = new Promise<boolean>((resolve) => (store = resolve));
    session.ended('first', stored);
    worker.say({ type: 'phase', phase: 'finished' });
    await vi.advanceTimersByTimeAsync(1000);
    expect(worker.asked).not.toContain('run.release');
    store(true);
    await vi.advanceTimersByTimeAsync(0);
    expect(worker.asked.filter((asked) => asked === 'run.release')).toHaveLength(1);
    session.ended('second', Promise.resolve(false));
    await vi.advanceTimersByTimeAsync(20_000);
    expect(worker.asked.filter((asked) => asked === 'run.release')).toHaveLength(1);
  });

  it('lets other tabs train only then', async () => {
    session.dispose();
    let held = 0;
    const request = async (_: string, __: unknown, hold: () => Promise<void>): Promise<void> => {
      await Promise.resolve();
      held += 1;
      await hold();
      held -= 1;
    };
    vi.stubGlobal('navigator', { locks: { request, query: () => Promise.resolve({ held: [] }) } });
    vi.stubGlobal('BroadcastChannel', SilentChannel);
    workers = [];
    session = startTestSession();
    const worker = await training();
    worker.answers['run.release'] = null;
    expect(held).toBe(1);
    let store: (kept: boolean) => void = () => undefined;
    session.ended('it', new Promise((resolve) => (store = resolve)));
    worker.say({ type: 'phase', phase: 'finished' });
    await vi.advanceTimersByTimeAsync(0);
    expect(held).toBe(1);
    store(true);
    await vi.advanceTimersByTimeAsync(0);
    expect([held, worker.asked.at(-1)]).toEqual([0, 'run.release']);
  });
});

describe('Resume', () => {
  it('opens the log of the run first, unless it is open', async () => {
    const spec = { ...smallRecord().spec, data: { ...smallRecord().spec.data, id: 'kitchen' } };
    session.goOn(spec);
    await vi.advanceTimersByTimeAsync(0);
    const worker = workers[0]!;
    const asked = worker.asked.filter((name) => ['logs.restore', 'run.start'].includes(name));
    expect(asked).toEqual(['logs.restore', 'run.start']);
    worker.say({ type: 'phase', phase: 'stopped' });
    worker.say({ type: 'log', summary: { ...smallRecord().data, id: 'kitchen' }, findings: [] });
    session.goOn(spec);
    await vi.advanceTimersByTimeAsync(0);
    expect(worker.asked.filter((name) => name === 'logs.restore')).toHaveLength(1);
  });
});

describe('Stop', () => {
  it('terminates a worker that does not answer within 5 s, keeps what was measured, and initialises a new one', async () => {
    const worker = await training();
    session.stop();
    await vi.advanceTimersByTimeAsync(STOP_WITHIN - 1);
    expect([worker.ended, workers.length]).toEqual([false, 1]);
    await vi.advanceTimersByTimeAsync(1);
    expect([STOP_WITHIN, worker.ended, workers.length]).toEqual([5000, true, 2]);
    const { phase, ended, record, failure, source } = useExperiment.getState();
    expect({ phase, ended, failure, source }).toEqual({ phase: 'stopped', ended: 1, failure: null, source: 'live' });
    expect(record?.createdAt).toBe(smallRecord().createdAt);
    expect(workers[1]!.asked).toEqual(expect.arrayContaining(['device.open', 'models.agree', 'run.kept', 'logs.restore']));
    expect(useKeptRun.getState().kept).toEqual(KEPT);
    expect(useOpening.getState().problem).toContain('did not stop within 5 s');
    // The terminated one can send nothing more.
    worker.say({ type: 'phase', phase: 'running' });
    expect(useExperiment.getState().phase).toBe('stopped');
  });

  it('gives a worker that answers a minute for a slow adapter’s queue', async () => {
    const worker = await training();
    worker.answers['run.stop'] = null;
    worker.answers['run.waitsFor'] = {
      step: { arm: 'karma', step: 3 },
      checkpoint: 'writing',
      gpu: { reads: 0, scopes: 0 },
    } satisfies RunWait;
    session.stop();
    await vi.advanceTimersByTimeAsync(STOP_WITHIN_ANSWERED - 1000);
    expect([worker.ended, workers.length]).toEqual([false, 1]);
    await vi.advanceTimersByTimeAsync(1000);
    expect([STOP_WITHIN_ANSWERED, worker.ended, workers.length]).toEqual([60_000, true, 2]);
    expect(useOpening.getState().problem).toContain('did not stop within 60 s');
    expect(useOpening.getState().problem).toContain('and it was writing its checkpoint.');
  });

  it('ends a run whose device is silent within 2 s, though its worker answers', async () => {
    const worker = await training();
    worker.answers['run.stop'] = null;
    worker.say({ type: 'silence', silence: { waited: 12, longest: 1 } });
    expect(useExperiment.getState().silence).toEqual({ waited: 12, longest: 1 });
    session.stop();
    await vi.advanceTimersByTimeAsync(STOP_WITHIN_SILENT);
    expect(STOP_WITHIN_SILENT).toBeLessThanOrEqual(2000);
    expect([worker.ended, workers.length]).toEqual([true, 2]);
    expect(useExperiment.getState()).toMatchObject({ phase: 'stopped', silence: null });
  });

  it('ends a run whose device is found silent only after Stop', async () => {
    const worker = await training();
    worker.answers['run.stop'] = null;
    session.stop();
    await vi.advanceTimersByTimeAsync(8000);
    expect(worker.ended).toBe(false);
    worker.say({ type: 'silence', silence: { waited: 10, longest: 1 } });
    await vi.advanceTimersByTimeAsync(STOP_WITHIN_SILENT);
    expect([worker.ended, workers.length]).toEqual([true, 2]);
  });

  it('gives up on a worker that falls silent after it has answered', async () => {
    const worker = await training();
    worker.answers['run.stop'] = null;
    session.stop();
    await vi.advanceTimersByTimeAsync(STOP_WITHIN_ANSWERED + STOP_WITHIN - 1);
    expect(worker.ended).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect([worker.ended, workers.length]).toEqual([true, 2]);
  });

  it('does not end a run that follows one whose stop was confirmed late', async () => {
    const worker = await training();
    worker.answers['run.stop'] = null;
    session.stop();
    worker.say({ type: 'phase', phase: 'stopped' });
    await vi.advanceTimersByTimeAsync(0);
    session.run(smallRecord().spec);
    await vi.advanceTimersByTimeAsync(2 * STOP_WITHIN_ANSWERED);
    expect([worker.ended, workers.length]).toEqual([false, 1]);
  });

  it('leaves alone a worker that stops by itself, and the run after it', async () => {
    const worker = await training();
    session.stop();
    worker.say({ type: 'phase', phase: 'stopped' });
    session.run(smallRecord().spec);
    await vi.advanceTimersByTimeAsync(2 * STOP_WITHIN);
    expect([worker.ended, workers.length, useExperiment.getState().phase]).toEqual([false, 1, 'preparing']);
    expect(useOpening.getState().problem).toBeNull();
  });

  it('does not start a run that still waits for its lock', async () => {
    session.dispose();
    // Held by a tab that never releases it.
    const request = (_: string, { signal }: { signal: AbortSignal }): Promise<void> =>
      new Promise((__, reject) => {
        signal.addEventListener('abort', () => {
          reject(signal.reason as Error);
        });
      });
    vi.stubGlobal('navigator', { locks: { request, query: () => Promise.resolve({ held: [] }) } });
    vi.stubGlobal('BroadcastChannel', SilentChannel);
    session = startTestSession();
    session.run(smallRecord().spec);
    expect(useExperiment.getState().phase).toBe('preparing');
    session.stop();
    expect(useExperiment.getState()).toMatchObject({ phase: 'stopped', failure: null });
    await vi.advanceTimersByTimeAsync(2 * CLAIM_WITHIN);
    expect(useExperiment.getState()).toMatchObject({ phase: 'stopped', failure: null });
    expect(workers.flatMap(({ asked }) => asked)).not.toContain('run.start');
    // Without Stop, the page says why it cannot run.
    session.run(smallRecord().spec);
    await vi.advanceTimersByTimeAsync(CLAIM_WITHIN);
    expect(useExperiment.getState()).toMatchObject({
      phase: 'failed',
      failure: { message: expect.stringContaining('Another tab') as string },
    });
  });
});
