import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leaveLastOut } from './split';
import { logOf } from './testing';

const histories = fc.array(fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 8 }), { maxLength: 12 });

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

  it('covers every event of every user once, in order', () => {
    fc.assert(
      fc.property(histories, (users) => {
        const log = logOf(users, 10);
        const split = leaveLastOut(log);
        const kept = users.filter((events) => events.length >= 3);
        expect(split.train.length).toBe(kept.length);
        expect(split.test.map(({ user }) => user)).toEqual(split.train.map(({ user }) => user));
        split.train.forEach(({ user, end }, i) => {
          expect(split.validation[i]).toEqual({ user, position: end });
          expect(split.test[i]).toEqual({ user, position: end + 1 });
          expect(end + 2).toBe(log.users[user]!.events.length);
        });
      }),
    );
  });

  it('calls an item cold exactly when no training event has it', () => {
    fc.assert(
      fc.property(histories, (users) => {
        const split = leaveLastOut(logOf(users, 10));
        const trained = new Set(split.train.flatMap(({ user, end }) => users[user]!.slice(0, end)));
        split.cold.forEach((cold, item) => {
          expect(cold).toBe(trained.has(item) ? 0 : 1);
        });
      }),
    );
  });
});
