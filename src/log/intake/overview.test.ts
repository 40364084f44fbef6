/** The numbers by which the user chooses filters: every row of the file is in one of them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filtersSchema } from '../../recipe/logRecipe';
import { fileOf } from '../../testing/smallLogs';
import { defaultRecipe, inspectFiles, readIntake, survey, type IntakeResult } from './intake';
import { rawLogFacts, keptOf, longTail } from './overview';

describe('longTail', () => {
  it('goes from the most frequent item to the last, never increasing, with every rank up to 10', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 50 }), { maxLength: 400 }), (counts) => {
        const points = longTail(Int32Array.from(counts));
        const sorted = counts.filter((count) => count > 0).sort((a, b) => b - a);
        expect(points.map(({ rank, events }) => [rank, events])).toEqual(points.map(({ rank }) => [rank, sorted[rank - 1]]));
        expect(points.slice(0, 10).map(({ rank }) => rank)).toEqual(sorted.slice(0, 10).map((_, at) => at + 1));
        expect(points.at(-1)?.rank ?? 0).toBe(sorted.length);
        expect(points.every(({ rank }, at) => at === 0 || rank > points[at - 1]!.rank)).toBe(true);
      }),
    );
  });

  it('represents a million items by a few hundred points', () => {
    expect(longTail(new Int32Array(1_000_000).fill(1)).length).toBeLessThan(200);
  });
});

interface Row {
  readonly user: string;
  readonly item: string;
  /** Empty: a row that cannot be used. */
  readonly time: string;
  readonly rating: number;
  readonly kind: string;
}

const row: fc.Arbitrary<Row> = fc.record({
  user: fc.constantFrom('u1', 'u2', 'u3', 'u4'),
  item: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  time: fc.oneof({ arbitrary: fc.integer({ min: 1_600_000_000, max: 1_600_000_009 }).map(String), weight: 9 }, fc.constant('')),
  rating: fc.integer({ min: 1, max: 5 }),
  kind: fc.constantFrom('view', 'buy'),
});
/** By item; one that varies within an item is not the item's. */
const TITLES: Readonly<Record<string, string>> = { a: 'Tea', b: 'Cup', c: '', d: 'Tea', e: '' };
const GOOD: Row = { user: 'u1', item: 'a', time: '1600000000', rating: 3, kind: 'view' };

async function intakeOf(rows: readonly Row[]): Promise<IntakeResult> {
  const lines = rows.map(({ user, item, time, rating, kind }) => `${user},${item},${time},${rating},${kind},${TITLES[item]}\n`);
  const file = fileOf('log.csv', `user,item,time,rating,event,title\n${lines.join('')}`);
  const { sources, guesses } = await inspectFiles([file]);
  return readIntake(
    sources,
    guesses.map(({ mapping }) => mapping),
  );
}

describe('factsOf and keptOf', () => {
  it('account for every row', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 40 }), fc.integer({ min: 1, max: 4 }), async (more, userCore) => {
        const rows = [GOOD, ...more];
        const intake = await intakeOf(rows);
        const events = rows.filter(({ time }) => time !== '');
        const recipe = {
          ...defaultRecipe(intake),
          filters: filtersSchema.parse({ userCore, leastRating: 2 }),
          split: { kind: 'leave-last-out' } as const,
        };
        const facts = rawLogFacts(intake.raw, recipe);
        const userOf = (user: string): number => events.filter((one) => one.user === user).length;
        expect(facts).toMatchObject({
          events: events.length,
          users: new Set(events.map(({ user }) => user)).size,
          items: new Set(events.map(({ item }) => item)).size,
          longestHistory: Math.max(...events.map(({ user }) => userOf(user))),
          ratings: {
            least: Math.min(...events.map(({ rating }) => rating)),
            most: Math.max(...events.map(({ rating }) => rating)),
          },
          times: {
            first: Math.min(...events.map(({ time }) => Number(time))),
            last: Math.max(...events.map(({ time }) => Number(time))),
          },
          givenSplit: false,
        });
        expect(facts.sources.map(({ rows: read }) => read)).toEqual([rows.length]);
        for (const { name, events: ofKind } of facts.kinds) {
          expect(ofKind).toBe(events.filter(({ kind }) => kind === name).length);
        }
        expect(facts.kinds.reduce((sum, kind) => sum + kind.events, 0)).toBe(events.length);
        const titled = new Set(events.filter(({ item }) => TITLES[item] !== '').map(({ item }) => item));
        expect(facts.withoutTitle).toBe(facts.items - titled.size);

        const kept = keptOf(survey(intake, recipe));
        expect(kept.read).toBe(rows.length);
        expect(kept.used + kept.leftOut.reduce((sum, { rows: left }) => sum + left, 0)).toBe(rows.length);
        expect(kept.tail.at(-1)?.rank ?? 0).toBe(kept.items);
        expect(kept.users).toBeLessThanOrEqual(facts.users);
      }),
      { numRuns: 60 },
    );
  });

  it('have no times if the order of the file stands for them', async () => {
    const { sources, guesses } = await inspectFiles([fileOf('log.csv', 'user,item,title\nu,a,Tea\nu,b,Cup\n')]);
    const intake = await readIntake(
      sources,
      guesses.map(({ mapping }) => mapping),
    );
    const facts = rawLogFacts(intake.raw, defaultRecipe(intake));
    expect(facts.times).toBeNull();
    expect(facts.ratings).toBeNull();
    expect(facts.kinds).toEqual([]);
  });
});
