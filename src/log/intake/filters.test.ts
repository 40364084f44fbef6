import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filtersSchema, type LogFilters } from '../../recipe/logRecipe';
import { fileOf, logUsers } from '../../testing/smallLogs';
import { FATES } from './filters';
import { REASONS } from './reasons';
import { defaultRecipe, inspectFiles, preview, readIntake, survey, type IntakeResult, type Survey } from './intake';

interface Row {
  readonly user: string;
  readonly item: string;
  readonly time: number;
  readonly rating: number;
  readonly kind: string;
}

const rows: fc.Arbitrary<Row[]> = fc.array(
  fc.record({
    user: fc.constantFrom('u1', 'u2', 'u3', 'u4'),
    item: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    time: fc.integer({ min: 1, max: 9 }),
    rating: fc.integer({ min: 1, max: 5 }),
    kind: fc.constantFrom('view', 'buy'),
  }),
  { minLength: 1, maxLength: 60 },
);

async function intakeOf(events: readonly Row[]): Promise<IntakeResult> {
  const text = events
    .map(({ user, item, time, rating, kind }) => `${user},${item},${time},${rating},${kind},T ${item}\n`)
    .join('');
  const { sources, guesses } = await inspectFiles([fileOf('log.csv', `user,item,time,rating,event,title\n${text}`)]);
  return readIntake(
    sources,
    guesses.map(({ mapping }) => mapping),
  );
}

function surveyed(intake: IntakeResult, filters: Partial<LogFilters>): Survey {
  return survey(intake, {
    ...defaultRecipe(intake),
    filters: filtersSchema.parse({ userCore: 1, ...filters }),
    split: { kind: 'leave-last-out' },
  });
}

function fates(of: Survey): string[] {
  return Array.from(of.filtered.fate, (code) => {
    const reason = FATES[code] ?? null;
    return reason === null ? 'used' : REASONS[reason].text;
  });
}

const ONE = { user: 'u1', item: 'a', time: 1, rating: 3, kind: 'view' } as const;

describe('applyFilters', () => {
  it.each([
    [
      { leastRating: 4 },
      'rating below the minimum',
      [
        { ...ONE, rating: 3 },
        { ...ONE, rating: 4, item: 'b' },
      ],
    ],
    [{ events: ['buy'] }, 'event type that is filtered out', [ONE, { ...ONE, kind: 'buy', item: 'b' }]],
    [{ from: 2 }, 'outside the dates', [ONE, { ...ONE, time: 2 }]],
    [{ to: 1 }, 'outside the dates', [{ ...ONE, time: 2 }, ONE]],
    [{ repeats: 'first' }, 'later event of a user with the same item', [{ ...ONE, time: 2 }, ONE]],
    [{ baskets: 'one' }, 'event of a basket that keeps another event', [{ ...ONE, item: 'b' }, ONE, { ...ONE, time: 2 }]],
    [{ itemCore: 2 }, 'item with too few events', [{ ...ONE, item: 'b' }, ONE, { ...ONE, time: 2 }]],
    [{ userCore: 2 }, 'user with too few events', [{ ...ONE, user: 'u2' }, ONE, { ...ONE, time: 2 }]],
  ] as const)('%o', async (filters, reason, events) => {
    const [first, ...rest] = fates(surveyed(await intakeOf(events), filters as Partial<LogFilters>));
    expect(first).toBe(reason);
    expect(new Set(rest)).toEqual(new Set(['used']));
  });

  it('keeps the latest events of a user', async () => {
    const intake = await intakeOf([5, 1, 4, 2, 3].map((time) => ({ ...ONE, time })));
    const old = 'older than the user’s latest events that are kept';
    expect(fates(surveyed(intake, { longestHistory: 3 }))).toEqual(['used', old, 'used', old, 'used']);
  });

  it('accounts for every event, whatever the filters', async () => {
    const filters = fc.record({
      leastRating: fc.option(fc.integer({ min: 1, max: 5 })),
      events: fc.option(fc.subarray(['view', 'buy'])),
      from: fc.option(fc.integer({ min: 1, max: 9 })),
      to: fc.option(fc.integer({ min: 1, max: 9 })),
      repeats: fc.constantFrom('keep', 'first'),
      baskets: fc.constantFrom('keep', 'one'),
      itemCore: fc.nat({ max: 4 }),
      userCore: fc.integer({ min: 1, max: 4 }),
      longestHistory: fc.option(fc.integer({ min: 3, max: 5 })),
    });
    await fc.assert(
      fc.asyncProperty(rows, filters, async (events, chosen) => {
        const intake = await intakeOf(events);
        const result = surveyed(intake, chosen);
        expect(result.read).toBe(events.length);
        expect(result.filtered.used + result.leftOut.reduce((sum, { rows: left }) => sum + left, 0)).toBe(events.length);
        const used = events.filter((_, row) => result.filtered.fate[row] === 0);
        const count = (of: (row: Row) => string): number[] =>
          used.map((row) => used.filter((other) => of(other) === of(row)).length);
        for (const n of count(({ item }) => item)) expect(n).toBeGreaterThanOrEqual(chosen.itemCore);
        if (chosen.baskets === 'one') for (const n of count(({ user, time }) => `${user} ${time}`)) expect(n).toBe(1);
        for (const n of count(({ user }) => user)) expect(n).toBeGreaterThanOrEqual(chosen.userCore);
        const { log } = preview(
          intake,
          { ...defaultRecipe(intake), filters: filtersSchema.parse({ ...chosen }), split: { kind: 'leave-last-out' } },
          result,
        );
        expect(logUsers(log).reduce((sum, user) => sum + user.events.length, 0)).toBe(used.length);
      }),
      { numRuns: 150 },
    );
  });

  it('orders events of equal time by a rule that does not depend on the order of the file', async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.nat(), async (events, seed) => {
        const shuffled = events.toSorted(
          (a, b) => (((a.time * 31 + a.rating) * (seed % 7)) % 5) - (((b.time * 31 + b.rating) * (seed % 7)) % 5),
        );
        const itemsOf = async (of: readonly Row[]): Promise<[string, string[]][]> => {
          const intake = await intakeOf(of);
          const recipe = {
            ...defaultRecipe(intake),
            filters: filtersSchema.parse({ userCore: 1 }),
            split: { kind: 'leave-last-out' } as const,
          };
          const { log } = preview(intake, recipe, survey(intake, recipe));
          return logUsers(log)
            .map(({ id, events: own }): [string, string[]] => [id, own.map(({ item }) => log.items.at(item).id)])
            .sort();
        };
        expect(await itemsOf(shuffled)).toEqual(await itemsOf(events));
      }),
      { numRuns: 60 },
    );
  });
});
