import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filtersSchema, type LogRecipe, type SplitRecipe } from '../../recipe/logRecipe';
import { lastBasket, leaveLastOut, splitAsGiven, splitByTime } from '../split';
import { logFromRows, logOf, logUsers } from '../../testing/smallLogs';
import type { InteractionLog, Split } from '../types';
import { auditLog, type AuditFinding } from '.';
import { oneHopTargets } from '../targetGroups';

function recipeOf(split: SplitRecipe['kind'] = 'leave-last-out', timeUnit: 'seconds' | 'order' = 'seconds'): LogRecipe {
  const source = {
    name: 'log.csv',
    format: 'table',
    part: 'events' as const,
    syntax: { kind: 'json' as const },
    columns: [],
    roles: {},
    timeUnit,
    share: null,
  };
  const kind: SplitRecipe = split === 'time' ? { kind: split, validation: 0.1, test: 0.1 } : { kind: split };
  return { sources: [source], filters: filtersSchema.parse({}), split: kind };
}

function audit(log: InteractionLog, split: Split, recipe = recipeOf()): Record<string, AuditFinding> {
  return Object.fromEntries(auditLog({ log, split, recipe }).map((finding) => [finding.id, finding]));
}

/** One hop computed differently: the pairs of all consecutive baskets, as texts. */
function oneHopAgain(histories: readonly (readonly { item: number; time: number }[])[], split: Split): number[] {
  const baskets = (events: readonly { item: number; time: number }[]): number[][] => {
    const byTime = new Map<number, number[]>();
    for (const { item, time } of events) byTime.set(time, [...(byTime.get(time) ?? []), item]);
    return [...byTime].sort((a, b) => a[0] - b[0]).map(([, items]) => items);
  };
  const pairs = new Set<string>();
  for (const { user, end } of split.train) {
    const own = baskets(histories[user]!.slice(0, end));
    own.slice(1).forEach((basket, at) => {
      for (const from of own[at]!) for (const to of basket) pairs.add(`${from}>${to}`);
    });
  }
  return split.test.map(({ user, position }) => {
    const { item, time } = histories[user]![position]!;
    const last = baskets(histories[user]!.filter((event) => event.time < time)).at(-1) ?? [];
    return last.some((from) => pairs.has(`${from}>${item}`)) ? 1 : 0;
  });
}

describe('the audit', () => {
  it('finds events after targets of a given split, and events in two parts', () => {
    // User 0: two training events, the target before the second; user 1: the target is trained on; user 2:
    // correct.
    const log = logOf(
      [
        [0, 1, 2],
        [0, 1, 1],
        [0, 1, 2],
      ],
      3,
      [
        [1, 9, 5],
        [1, 5, 5],
        [1, 2, 3],
      ],
    );
    const split = splitAsGiven(log, (_, position) => (position < 2 ? 'train' : 'test'));
    const found = audit(log, split, recipeOf('given'));
    expect(found['later-events']).toMatchObject({ level: 'red', count: 2, of: 3 });
    expect(found['later-events']!.message).toContain('2 of 3 (66.7 %)');
    expect(found['later-events']!.first).toEqual(['user u0: “item 2”', 'user u1: “item 1”']);
    expect(found['shared-events']).toMatchObject({ level: 'red', count: 1, of: 3 });
    // The worst comes first.
    expect(
      auditLog({ log, split, recipe: recipeOf('given') })
        .map(({ level }) => level)
        .slice(0, 2),
    ).toEqual(['red', 'red']);
  });

  it('finds no leak in any split made by this program', () => {
    const history = fc.array(fc.record({ item: fc.nat(5), time: fc.nat(9) }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(fc.array(history, { minLength: 1, maxLength: 5 }), (users) => {
        const own = users.map((events) => [...events].sort((a, b) => a.time - b.time));
        const log = logOf(
          own.map((events) => events.map(({ item }) => item)),
          6,
          own.map((events) => events.map(({ time }) => time)),
        );
        const split = leaveLastOut(log);
        const found = audit(log, split);
        const targets = split.test.length + split.validation.length > 0;
        const counts = ['later-events', 'shared-events'].map((id) => found[id]?.count);
        expect(counts).toEqual(targets ? [0, 0] : [undefined, undefined]);
      }),
    );
  });

  it('counts one-hop targets as a table of successors would find them, also for baskets', () => {
    const event = fc.record({ item: fc.nat(4), time: fc.nat(5) });
    const histories = fc.array(fc.array(event, { minLength: 3, maxLength: 9 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(histories, fc.constantFrom(leaveLastOut, lastBasket), (users, splitBy) => {
        const own = users.map((events) => [...events].sort((a, b) => a.time - b.time));
        const log = logOf(
          own.map((events) => events.map(({ item }) => item)),
          5,
          own.map((events) => events.map(({ time }) => time)),
        );
        const split = splitBy(log);
        const expected = oneHopAgain(own, split);
        expect([...oneHopTargets({ log, split })]).toEqual(expected);
        const { length } = expected.filter((hop) => hop === 1);
        expect(audit(log, split)['one-hop']?.count).toBe(split.test.length === 0 ? undefined : length);
      }),
    );
  });

  it('says how much of the training is later than test targets, and that a cut-off time leaves none', () => {
    const users = [
      [0, 1, 2, 3],
      [0, 1, 2, 3],
    ];
    const log = logOf(users, 4, [
      [1, 2, 3, 4],
      [11, 12, 13, 14],
    ]);
    // Training: 1, 2, 11, 12. The first user's target is at 4, the second's at 14.
    const found = audit(log, leaveLastOut(log))['later-training']!;
    expect(found).toMatchObject({ level: 'amber', count: 1, of: 2 });
    expect(found.message).toContain('on average, 25 % of the training events are later');
    const byTime = splitByTime(log, { validation: 0.2, test: 0.2 });
    expect(byTime.test.length).toBeGreaterThan(0);
    expect(audit(log, byTime, recipeOf('time'))['later-training']).toMatchObject({ level: 'green', count: 0 });
  });

  it.each(['seconds', 'order'] as const)(
    'is red where nothing can be tested, and names no check that had nothing to count: %s',
    (unit) => {
      const empty = logOf([], 2);
      const nothing = auditLog({ log: empty, split: leaveLastOut(empty), recipe: recipeOf('leave-last-out', unit) });
      expect(nothing.map(({ id, level }) => [id, level])).toEqual([['precision', 'red']]);
      const untested = logOf([[0, 1]], 2, [[5, 5]]);
      const found = audit(untested, leaveLastOut(untested), recipeOf('leave-last-out', unit));
      expect(found.precision!.level).toBe('red');
      expect(Object.keys(found)).not.toContain('cold');
    },
  );

  it('reports histories of one day, the precision of a test set, and arbitrary targets of baskets', () => {
    const users = Array.from({ length: 10 }, () => [0, 1, 2, 3]);
    const times = users.map((_, user) => (user < 4 ? [0, 10, 20, 20] : [0, 1e5, 2e5, 3e5]));
    const log = logOf(users, 4, times);
    const found = audit(log, leaveLastOut(log));
    expect(found['one-day']).toMatchObject({ level: 'amber', count: 4, of: 10 });
    expect(found.ties!.message).toContain('arbitrary for 4 of 10 (40.0 %) test targets');
    // 1.96·√(0.1·0.9/10)
    expect(found.precision!.message).toContain('±18.6 points');
    expect(found.precision!.level).toBe('amber');
  });

  it('counts cold, repeated, popular and tied targets, queries that name the target, and users who cannot be people', () => {
    const rows = logUsers(
      logOf(
        [
          [0, 1, 0, 0],
          [0, 1, 2, 9],
          [0, 0, 1, 8],
        ],
        10,
        [
          [1, 2, 3, 3],
          [1, 2, 3, 4],
          [1, 2, 3, 4],
        ],
      ),
    );
    const events = rows[1]!.events.map((event, at) => (at === 3 ? { ...event, query: 'an ITEM  9, please' } : event));
    const items = Array.from({ length: 10 }, (_, i) => ({ id: `i${i}`, title: `item ${i}`, category: '', description: '' }));
    const log = logFromRows({ name: 'x', hash: '', items, users: [rows[0]!, { ...rows[1]!, events }, rows[2]!] });
    const split = leaveLastOut(log);
    const found = audit(log, split, {
      ...recipeOf(),
      filters: filtersSchema.parse({ mostPerHour: 3 }),
    });
    expect(found.cold).toMatchObject({ count: 2, of: 3, level: 'amber' });
    expect(found.repeats).toMatchObject({ count: 1, of: 3, level: 'amber' });
    expect(found.head).toMatchObject({ count: 1, of: 3, level: 'green' });
    expect(found.ties).toMatchObject({ count: 2, of: 12, level: 'amber' });
    expect(found.queries).toMatchObject({ count: 1, of: 3, level: 'amber' });
    // A basket counts once: the first user has three times.
    expect(found['busy-users']).toMatchObject({ count: 2, of: 3, level: 'amber' });
  });

  it('says if baskets are predicted as a whole, and names a user once', () => {
    const log = logOf(
      [
        [0, 1, 2, 0, 1],
        [3, 4, 5, 3, 4],
      ],
      6,
      [
        [1, 2, 3, 4, 4],
        [1, 2, 3, 4, 4],
      ],
    );
    const found = audit(log, lastBasket(log), recipeOf('last-basket'));
    expect(found.ties).toMatchObject({ level: 'green', count: 4, of: 10 });
    expect(found.ties!.message).toMatch(/; whole baskets are predicted$/);
    expect(found.repeats).toMatchObject({ count: 4, of: 4, first: ['user u0: “item 0”', 'user u1: “item 3”'] });
  });

  it('reports IDs that grow with time, as worse if they are read, and histories in the order of IDs', () => {
    const users = Array.from({ length: 30 }, (_, u) => [u, u + 1, u + 2]);
    const log = logOf(
      users,
      32,
      users.map((items) => items.map((item) => 100 * item)),
    );
    expect(audit(log, leaveLastOut(log))['id-order']).toMatchObject({ level: 'green', of: 32, count: 0 });
    const items = [...log.items].map((item, at) => ({ ...item, id: String(at), title: `item ${at}` }));
    const read = logFromRows({ name: 'x', hash: '', items, users: logUsers(log) });
    expect(audit(read, leaveLastOut(read))['id-order']).toMatchObject({ level: 'red', count: 32 });
    const untimed = audit(log, leaveLastOut(log), recipeOf('leave-last-out', 'order'));
    expect(untimed['history-order']).toMatchObject({ level: 'red' });
    expect(untimed['later-events']).toBeUndefined();
  });
});
