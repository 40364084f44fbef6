import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lastBasket, leaveLastOut, splitAsGiven, splitByTime, splitTimes, type GivenShare } from './split';
import { logOf, logUsers } from '../testing/smallLogs';
import { historyEnd, type InteractionLog, type Split } from './types';

/** Users with up to 8 events at up to 8 times, several at one time. */
const logs = fc
  .array(fc.array(fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: 7 })), { minLength: 1, maxLength: 8 }), { maxLength: 12 })
  .map((users) => {
    const sorted = users.map((events) => events.toSorted(([, a], [, b]) => a - b));
    return logOf(
      sorted.map((events) => events.map(([item]) => item)),
      10,
      sorted.map((events) => events.map(([, time]) => time)),
    );
  });

const SPLITS: readonly (readonly [string, (log: InteractionLog) => Split])[] = [
  ['leave-last-out', leaveLastOut],
  ['last basket', lastBasket],
  ['time', (log) => splitByTime(log, { validation: 0.2, test: 0.2 })],
  [
    'given',
    (log) => splitAsGiven(log, (user, position) => (['train', 'train', 'validation', 'test'] as const)[(user + position) % 4]!),
  ],
];

describe.each(SPLITS)('%s', (_, split) => {
  it('gives every target a history, none of it at the target’s own time', () => {
    fc.assert(
      fc.property(logs, (log) => {
        const { validation, test } = split(log);
        for (const target of [...validation, ...test]) {
          const { events } = logUsers(log)[target.user]!;
          const end = historyEnd(log, target);
          expect(end).toBeGreaterThan(0);
          expect(events[end - 1]!.time).toBeLessThan(events[target.position]!.time);
          expect(events[end]!.time).toBe(events[target.position]!.time);
        }
      }),
    );
  });

  it('calls an item cold exactly when no training event has it', () => {
    fc.assert(
      fc.property(logs, (log) => {
        const { train, cold } = split(log);
        const trained = new Set(train.flatMap(({ user, end }) => [...log.events.items(user, end)]));
        cold.forEach((flag, item) => {
          expect(flag).toBe(trained.has(item) ? 0 : 1);
        });
      }),
    );
  });
});

describe('leaveLastOut', () => {
  it('keeps the last event for test, the one before for validation', () => {
    const split = leaveLastOut(
      logOf(
        [
          [0, 1, 2, 3],
          [4, 5],
        ],
        6,
      ),
    );
    expect(split.train).toEqual([{ user: 0, end: 2 }]);
    expect(split.validation).toEqual([{ user: 0, position: 2 }]);
    expect(split.test).toEqual([{ user: 0, position: 3 }]);
    expect([...split.cold]).toEqual([0, 0, 1, 1, 1, 1]);
  });

  it('trains on nothing at the time of a target or later', () => {
    fc.assert(
      fc.property(logs, (log) => {
        const { train, validation } = leaveLastOut(log);
        train.forEach(({ user, end }, i) => {
          const { events } = logUsers(log)[user]!;
          expect(events[end - 1]!.time).toBeLessThan(events[validation[i]!.position]!.time);
        });
      }),
    );
  });
});

describe('lastBasket', () => {
  it('tests on all events of the last time and validates on all of the time before', () => {
    const split = lastBasket(
      logOf(
        [
          [0, 1, 2, 3, 4, 5],
          [0, 1, 2],
        ],
        6,
        [
          [1, 1, 2, 2, 3, 3],
          [1, 1, 2],
        ],
      ),
    );
    expect(split.train).toEqual([{ user: 0, end: 2 }]);
    expect(split.validation.map(({ position }) => position)).toEqual([2, 3]);
    expect(split.test.map(({ position }) => position)).toEqual([4, 5]);
  });
});

describe('splitByTime', () => {
  it('trains on nothing later than any user’s target', () => {
    fc.assert(
      fc.property(logs, (log) => {
        const shares = { validation: 0.2, test: 0.2 };
        const from = splitTimes(log, shares);
        const { train, validation, test } = splitByTime(log, shares);
        for (const { user, end } of train) expect(logUsers(log)[user]!.events[end - 1]!.time).toBeLessThan(from.validation);
        for (const { user, position } of validation) {
          const { time } = logUsers(log)[user]!.events[position]!;
          expect(time >= from.validation && time < from.test).toBe(true);
        }
        for (const { user, position } of test)
          expect(logUsers(log)[user]!.events[position]!.time).toBeGreaterThanOrEqual(from.test);
      }),
    );
  });

  it('takes the shares of all events', () => {
    const log = logOf(
      Array.from({ length: 10 }, () => Array.from({ length: 10 }, (_, i) => i)),
      10,
    );
    expect(splitTimes(log, { validation: 0.2, test: 0.1 })).toEqual({ validation: 7, test: 9 });
  });
});

describe('splitAsGiven', () => {
  it('follows the parts; a history that is not training stays out of it', () => {
    const shares: readonly (readonly GivenShare[])[] = [
      ['train', 'train', 'validation', 'test', 'test'],
      ['context', 'context', 'test'],
    ];
    const log = logOf(
      [
        [0, 1, 2, 3, 4],
        [5, 5, 5],
      ],
      6,
    );
    const split = splitAsGiven(log, (user, position) => shares[user]![position]!);
    expect(split.train).toEqual([{ user: 0, end: 2 }]);
    expect(split.validation).toEqual([{ user: 0, position: 2 }]);
    expect(split.test).toEqual([
      { user: 0, position: 3 },
      { user: 0, position: 4 },
      { user: 1, position: 2 },
    ]);
    expect(split.cold[5]).toBe(1);
  });
});
