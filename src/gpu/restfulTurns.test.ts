import { describe, expect, it } from 'vitest';
import { BUSY_TURNS, restfulTurns } from './restfulTurns';

type Callback = (...given: unknown[]) => void;

/** A nameless native function, as Dawn's are: that of a bound function without a name of its own. */
function native(body: () => void): Callback {
  return Object.defineProperty(body.bind(null), 'name', { value: '' });
}

function watched() {
  const asked: { readonly when: 'at once' | 'later'; readonly callback: Callback; readonly given: readonly unknown[] }[] = [];
  const schedule = restfulTurns(
    (callback, ...given) => asked.push({ when: 'at once', callback, given }),
    (callback) => asked.push({ when: 'later', callback, given: [] }),
  );
  return { asked, schedule };
}

describe('turns of a wait', () => {
  it('are immediate at first, then delayed, and immediate again in the next wait', () => {
    const { asked, schedule } = watched();
    let left = 2 * BUSY_TURNS;
    const tick = native(() => {
      left -= 1;
      if (left > 0) schedule(tick);
    });
    schedule(tick);
    // What a turn schedules joins the list.
    for (const { callback } of asked) callback();
    expect(left).toBe(0);
    const expected = Array.from({ length: 2 * BUSY_TURNS }, (_, turn) => (turn < BUSY_TURNS ? 'at once' : 'later'));
    expect(asked.map(({ when }) => when)).toEqual(expected);
    schedule(tick);
    expect(asked.at(-1)!.when).toBe('at once');
  });

  it('start over after one that failed', () => {
    const { asked, schedule } = watched();
    schedule(
      native(() => {
        throw new Error('lost');
      }),
    );
    expect(() => {
      asked[0]!.callback();
    }).toThrow('lost');
    for (let wait = 0; wait < 2 * BUSY_TURNS; wait++) schedule(native(() => undefined));
    expect(asked.every(({ when }) => when === 'at once')).toBe(true);
  });
});

it('leaves other code’s callbacks alone, arguments included', async () => {
  const { asked, schedule } = watched();
  const named = (): void => undefined;
  for (let turn = 0; turn < 2 * BUSY_TURNS; turn++) schedule(named, turn, 'two');
  expect(asked.map(({ when, callback, given }) => [when, callback, given[0]])).toEqual(
    Array.from({ length: 2 * BUSY_TURNS }, (_, turn) => ['at once', named, turn]),
  );
  // What resolves a promise is native too.
  await new Promise<void>((resolve) => {
    schedule(resolve as Callback);
    expect(asked.at(-1)!.callback).toBe(resolve);
    resolve();
  });
});
