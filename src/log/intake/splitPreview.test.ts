/**
 * The split as shown in the dialog: every event of the log is in one part, one bin and, if its user is shown,
 * one line.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lastBasket, leaveLastOut, splitAsGiven, splitByTime } from '../split';
import { logOf, logUsers } from '../../testing/smallLogs';
import type { InteractionLog, Split } from '../types';
import { previewSplit, type EventPart } from './splitPreview';

const users = fc.array(fc.array(fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: 20 })), { minLength: 1, maxLength: 20 }), {
  minLength: 1,
  maxLength: 15,
});

function logWith(events: readonly (readonly (readonly [number, number])[])[]): InteractionLog {
  const sorted = events.map((user) => user.toSorted(([, a], [, b]) => a - b));
  return logOf(
    sorted.map((user) => user.map(([item]) => item)),
    10,
    sorted.map((user) => user.map(([, time]) => time)),
  );
}

const SPLITS: readonly (readonly [string, (log: InteractionLog) => Split])[] = [
  ['leave last out', leaveLastOut],
  ['last basket', lastBasket],
  ['time', (log) => splitByTime(log, { validation: 0.2, test: 0.2 })],
  [
    'given',
    (log) =>
      splitAsGiven(log, (user, position) => {
        const share = Math.floor((4 * position) / logUsers(log)[user]!.events.length);
        return (['train', 'train', 'validation', 'test'] as const)[share]!;
      }),
  ],
];

describe.each(SPLITS)('previewSplit, %s', (_, split) => {
  it('accounts for every event and every user', () => {
    fc.assert(
      fc.property(users.map(logWith), (log) => {
        const parts = split(log);
        const preview = previewSplit({ log, split: parts });
        const all = logUsers(log).reduce((sum, { events }) => sum + events.length, 0);
        const { train, validation, test, history } = preview;
        expect(train.events + history.events + validation.targets + test.targets).toBe(all);
        const inBins = (part: EventPart): number => preview.bins.reduce((sum, { events }) => sum + events[part], 0);
        const times = logUsers(log).flatMap(({ events }) => events.map(({ time }) => time));
        if (new Set(times).size > 1) {
          expect(inBins('train')).toBe(preview.train.events);
          expect(inBins('validation')).toBe(preview.validation.targets);
          expect(inBins('test')).toBe(preview.test.targets);
          expect(inBins('train') + inBins('history') + inBins('validation') + inBins('test')).toBe(all);
        } else expect(preview.bins).toEqual([]);
        const withTarget = new Set([...parts.validation, ...parts.test].map(({ user }) => user));
        expect(preview.withoutTarget + withTarget.size).toBe(log.users.length);
        expect(preview.test.cold).toBeLessThanOrEqual(preview.test.targets);
        expect(preview.catalogue).toBe(log.items.length);
      }),
    );
  });

  it('shows users with a test target, each event once and in order', () => {
    fc.assert(
      fc.property(users.map(logWith), (log) => {
        const parts = split(log);
        const { examples } = previewSplit({ log, split: parts });
        const tested = new Set(parts.test.map(({ user }) => logUsers(log)[user]!.id));
        expect(examples).toHaveLength(Math.min(8, tested.size));
        expect(new Set(examples.map(({ id }) => id)).size).toBe(examples.length);
        for (const { id, earlier, events } of examples) {
          expect(tested.has(id)).toBe(true);
          const user = logUsers(log).findIndex((one) => one.id === id);
          const own = logUsers(log)[user]!.events;
          expect(earlier + events.length).toBe(own.length);
          expect(events.map(({ title, time }) => [title, time])).toEqual(
            own.slice(earlier).map(({ item, time }) => [log.items.at(item).title, time]),
          );
          events.forEach(({ part }, at) => {
            const position = earlier + at;
            const isTarget = (targets: Split['test']): boolean =>
              targets.some((target) => target.user === user && target.position === position);
            const trained = parts.train.some((one) => one.user === user && position < one.end);
            const expected = isTarget(parts.test)
              ? 'test'
              : isTarget(parts.validation)
                ? 'validation'
                : trained
                  ? 'train'
                  : 'history';
            expect(part).toBe(expected);
          });
        }
      }),
    );
  });
});
