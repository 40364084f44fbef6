/** Both ends of a connection, over a real MessageChannel. */
import { afterEach, describe, expect, it } from 'vitest';
import { connect, QuestionFailed, type Connection } from './connect';
import { Latest } from './latest';
import { calledOff, type Asking, type Method } from './messages';
import { serve } from './serve';

interface Services {
  readonly sums: {
    readonly add: Method<readonly number[], number>;
    /** Counts up to a number, one part each, and waits to be cancelled if it is negative. */
    readonly count: Method<number, string, number>;
    readonly fail: Method<string>;
    readonly giveUp: Method;
  };
}

class Sums {
  readonly aborted: number[] = [];
  total = 0;
  add(numbers: readonly number[]): number {
    for (const number of numbers) this.total += number;
    return this.total;
  }
  async count(to: number, { tell, signal }: Asking<number>): Promise<string> {
    for (let at = 1; at <= to; at++) tell(at);
    if (to < 0) {
      await new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => {
          this.aborted.push(to);
          resolve();
        });
      });
      tell(to);
    }
    return 'counted';
  }
  fail(why: string): void {
    throw new RangeError(why);
  }
  giveUp(): void {
    throw calledOff();
  }
}

const channels: MessageChannel[] = [];
afterEach(() => {
  for (const { port1, port2 } of channels.splice(0)) {
    port1.close();
    port2.close();
  }
});

function begin(): Connection<Services, string> & {
  readonly sums: Sums;
  readonly events: string[];
  readonly emit: (event: string) => void;
} {
  const channel = new MessageChannel();
  channels.push(channel);
  const sums = new Sums();
  const events: string[] = [];
  serve(channel.port1, { sums }, { describe: String });
  const held: string[] = [];
  const connection = connect<Services, string>(channel.port2, {
    onEvent: (event: string) => held.push(event),
    beforeEnd: () => events.push(...held.splice(0)),
  });
  channel.port1.start();
  channel.port2.start();
  return {
    ...connection,
    sums,
    events,
    emit: (event) => {
      channel.port1.postMessage({ type: 'event', event });
    },
  };
}

describe('a connection', () => {
  it('answers questions with the state of a service, in order', async () => {
    const { services } = begin();
    expect(await Promise.all([services.sums.add([1, 2]), services.sums.add([4]), services.sums.add([])])).toEqual([3, 7, 7]);
  });

  it('delivers parts before the answer, each to its question', async () => {
    const { services } = begin();
    const parts: number[] = [];
    const other: number[] = [];
    const both = [
      services.sums.count(3, { onPart: (part) => parts.push(part) }),
      services.sums.count(2, { onPart: (part) => other.push(part) }),
    ];
    expect(await Promise.all(both)).toEqual(['counted', 'counted']);
    expect([parts, other]).toEqual([
      [1, 2, 3],
      [1, 2],
    ]);
  });

  it('says why a question failed, and that one was cancelled on the other side', async () => {
    const { services } = begin();
    await expect(services.sums.fail('too far')).rejects.toMatchObject({ failure: 'RangeError: too far' });
    await expect(services.sums.giveUp()).rejects.toMatchObject({ name: 'AbortError' });
    const missing = services as unknown as { readonly none: { readonly at: () => Promise<void> } };
    await expect(missing.none.at()).rejects.toMatchObject({ failure: expect.stringContaining('no method at') as string });
  });

  it('answers only the last of its kind, and cancels the others in the services', async () => {
    const { services, sums } = begin();
    const latest = new Latest();
    const late: number[] = [];
    const onPart = (part: number): void => {
      late.push(part);
    };
    const answers = [-1, -2, 0].map((to) => latest.ask((signal) => services.sums.count(to, { signal, onPart })));
    expect(await Promise.all(answers)).toEqual([null, null, 'counted']);
    expect(await services.sums.add([])).toBe(0);
    expect(sums.aborted).toEqual([-1, -2]);
    expect(late).toEqual([]);
    await expect(latest.ask(() => services.sums.fail('no'))).rejects.toBeInstanceOf(QuestionFailed);
  });

  it('fails what is open, and what is asked later, when it is closed', async () => {
    const { services, close } = begin();
    const open = services.sums.count(-1);
    close('gone');
    await expect(open).rejects.toMatchObject({ failure: 'gone' });
    await expect(services.sums.add([1])).rejects.toMatchObject({ failure: 'gone' });
  });

  it('passes events on, and delivers delayed ones before an answer that followed them', async () => {
    const { services, events, emit } = begin();
    emit('one');
    emit('two');
    const seen = await services.sums.add([]).then(() => [...events]);
    expect(seen).toEqual(['one', 'two']);
    emit('three');
    await expect(services.sums.giveUp().finally(() => seen.push(...events))).rejects.toMatchObject({ name: 'AbortError' });
    expect(seen.at(-1)).toBe('three');
  });
});
