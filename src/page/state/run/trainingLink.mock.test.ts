// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WorkerEvent } from '../../../runtime/protocol';
import { linkTraining } from './trainingLink';

const FRAME = 16;

/** A worker that sends what the test tells it to. */
class SaidWorker extends EventTarget {
  postMessage(): void {
    // Nobody listens.
  }

  terminate(): void {
    // Nothing runs.
  }

  say(event: unknown): void {
    this.dispatchEvent(new MessageEvent('message', { data: { type: 'event', event } }));
  }
}

/** @param drawing milliseconds that every batch takes */
function linked(drawing: number) {
  const worker = new SaidWorker();
  const batches: (readonly WorkerEvent['type'][])[] = [];
  const link = linkTraining(() => worker as unknown as Worker, {
    introduce: () => undefined,
    gone: () => undefined,
    take: (events) => {
      batches.push(events.map(({ type }) => type));
      vi.setSystemTime(Date.now() + drawing);
      vi.advanceTimersByTime(drawing);
    },
  });
  link.services();
  return {
    ...{ batches, link },
    step: () => {
      worker.say({ type: 'step' });
    },
    phase: () => {
      worker.say({ type: 'phase', phase: 'running' });
    },
  };
}

describe('events of the worker', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'requestAnimationFrame', 'performance', 'Date'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('arrive together, a frame later', () => {
    const { batches, step, phase } = linked(0);
    step();
    phase();
    step();
    expect(batches).toEqual([]);
    vi.advanceTimersByTime(FRAME);
    expect(batches).toEqual([['step', 'phase', 'step']]);
  });

  it('leave nine tenths of the time to other work if drawing is slow, unless they are news', () => {
    const { batches, step, phase } = linked(50);
    step();
    vi.advanceTimersByTime(FRAME + 1);
    expect(batches).toHaveLength(1);
    step();
    step();
    vi.advanceTimersByTime(400);
    expect(batches).toHaveLength(1);
    vi.advanceTimersByTime(50 + FRAME);
    expect(batches).toEqual([['step'], ['step', 'step']]);
    step();
    phase();
    vi.advanceTimersByTime(FRAME + 1);
    expect(batches.at(-1)).toEqual(['step', 'phase']);
  });

  it('wait at most a second, and arrive before the end', () => {
    const { batches, link, step } = linked(500);
    step();
    vi.advanceTimersByTime(FRAME + 1);
    step();
    vi.advanceTimersByTime(900);
    expect(batches).toHaveLength(1);
    vi.advanceTimersByTime(100 + FRAME);
    expect(batches).toHaveLength(2);
    step();
    link.end();
    expect(batches).toHaveLength(3);
  });
});
