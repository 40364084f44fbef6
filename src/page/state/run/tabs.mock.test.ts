/** Two tabs as two ends of a channel; the locks are a fake with a browser's rules. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { EMPTY_EXPERIMENT } from '../../../runtime/experimentState';
import { smallRecord } from '../../../testing/smallRecord';
import { useExperiment } from './experiment';
import { CLAIM_WITHIN, joinTabs, useTabs, type Tabs } from './tabs';

/** Locks of one browser: exclusive, in order of request, never granted before `request` has returned. */
class Locks {
  readonly #queue: (() => void)[] = [];
  #held = false;
  async request(_: string, ...rest: unknown[]): Promise<void> {
    const work = rest.at(-1) as (lock: object) => unknown;
    const { signal } = (rest.length > 1 ? rest[0] : {}) as { signal?: AbortSignal };
    await Promise.resolve();
    signal?.throwIfAborted();
    if (this.#held) {
      await new Promise<void>((resolve, reject) => {
        this.#queue.push(resolve);
        signal?.addEventListener('abort', () => {
          const at = this.#queue.indexOf(resolve);
          if (at >= 0) this.#queue.splice(at, 1);
          reject(signal.reason as Error);
        });
      });
    }
    this.#held = true;
    await work({});
    this.#held = false;
    this.#queue.shift()?.();
  }
  query(): Promise<{ held: { name: string }[] }> {
    return Promise.resolve({ held: this.#held ? [{ name: 'karma-run' }] : [] });
  }
}

/** Another tab takes the lock. @returns a function that releases it */
function hold(): () => void {
  let leave: () => void = () => undefined;
  const left = new Promise<void>((resolve) => (leave = resolve));
  void locks.request('karma-run', () => left);
  return leave;
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));
let other: BroadcastChannel;
let locks: Locks;
let tabs: Tabs;
let freed = 0;
let takenWhenFreed: boolean | null = null;

beforeEach(() => {
  locks = new Locks();
  vi.stubGlobal('navigator', { locks });
  useExperiment.setState(EMPTY_EXPERIMENT);
  useTabs.setState({ watching: false });
  freed = 0;
  other = new BroadcastChannel('karma-run');
  tabs = joinTabs(() => {
    freed++;
    void tabs.taken().then((taken) => {
      takenWhenFreed = taken;
    });
  });
});
afterEach(() => {
  tabs.dispose();
  other.close();
  vi.unstubAllGlobals();
});

it('does not take its own lock, just released, for another tab’s', async () => {
  expect(await tabs.claim()).toBe(true);
  tabs.release();
  expect(await tabs.taken()).toBe(false);
  expect(await tabs.claim()).toBe(true);
  expect(await tabs.taken()).toBe(false);
});

it('waits for a lock that another tab holds briefly', async () => {
  const leave = hold();
  const claimed = tabs.claim();
  // Claimed twice, it is taken once.
  const again = tabs.claim();
  await turn();
  leave();
  expect(await Promise.all([claimed, again])).toEqual([true, true]);
  tabs.release();
  await vi.waitFor(async () => {
    expect((await locks.query()).held).toEqual([]);
  });
});

it('does not wait forever for a silent tab', async () => {
  vi.useFakeTimers();
  try {
    const leave = hold();
    let claimed: boolean | null = null;
    const claim = tabs.claim().then((answer) => (claimed = answer));
    await vi.advanceTimersByTimeAsync(CLAIM_WITHIN - 1);
    expect(claimed).toBeNull();
    await vi.advanceTimersByTimeAsync(1);
    expect(await claim).toBe(false);
    leave();
  } finally {
    vi.useRealTimers();
  }
});

it('takes nothing if released while waiting', async () => {
  const leave = hold();
  const claimed = tabs.claim();
  tabs.release();
  expect(await claimed).toBe(false);
  leave();
  await turn();
  expect((await locks.query()).held).toEqual([]);
});

it('is alone if the browser denies locks', async () => {
  const denied = (): Promise<never> => Promise.reject(new DOMException('denied', 'SecurityError'));
  tabs.dispose();
  vi.stubGlobal('navigator', { locks: { request: denied, query: denied } });
  tabs = joinTabs(() => undefined);
  expect([await tabs.claim(), await tabs.taken()]).toEqual([true, false]);
  tabs.release();
});

it('lets one tab train, tells others about its run, and answers later tabs', async () => {
  const told: unknown[] = [];
  other.onmessage = ({ data }) => told.push(data);
  tabs.tell([{ type: 'phase', phase: 'running' }]);
  expect(await tabs.claim()).toBe(true);
  expect(await tabs.claim()).toBe(true);
  useExperiment.setState({ source: 'live', record: smallRecord(), phase: 'running' });
  tabs.tell([
    { type: 'phase', phase: 'running' },
    { type: 'trained', arms: [] },
  ]);
  other.postMessage({ version: 2, type: 'who-trains' });
  // The first message is the tab's own question on arrival, if the other end was ready in time.
  await vi.waitFor(() => {
    expect(told.slice(-2)).toMatchObject([
      { type: 'events', events: [{ type: 'phase', phase: 'running' }] },
      { type: 'state', state: { phase: 'running', record: { format: 'karma-run' } } },
    ]);
  });
  expect(await tabs.taken()).toBe(false);
  tabs.release();
  await vi.waitFor(async () => {
    expect((await locks.query()).held).toEqual([]);
  });
});

it('watches the run of another tab, and is free once that is closed', async () => {
  const leave = hold();
  const record = { ...smallRecord(), complete: false };
  other.postMessage({
    version: 2,
    type: 'state',
    state: { record, phase: 'running', stage: null, checkpoint: null, recovered: null },
  });
  await vi.waitFor(() => {
    expect(useTabs.getState().watching).toBe(true);
  });
  expect(useExperiment.getState()).toMatchObject({ phase: 'running', source: 'live' });
  expect(await tabs.claim()).toBe(false);
  expect(await tabs.taken()).toBe(true);
  other.postMessage({ version: 2, type: 'events', events: [{ type: 'phase', phase: 'paused' }] });
  await vi.waitFor(() => {
    expect(useExperiment.getState().phase).toBe('paused');
  });
  // From another version: ignored.
  other.postMessage({ version: 1, type: 'events', events: [{ type: 'phase', phase: 'running' }] });
  await turn();
  expect(useExperiment.getState().phase).toBe('paused');
  leave();
  await vi.waitFor(() => {
    expect(useTabs.getState().watching).toBe(false);
  });
  expect(useExperiment.getState().phase).toBe('stopped');
  await vi.waitFor(() => {
    expect([freed, takenWhenFreed]).toEqual([1, false]);
  });
  expect(await tabs.claim()).toBe(true);
});
