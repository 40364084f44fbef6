/**
 * The mean of differences that vary from seed to seed and from user to user, with an error for both.
 * Definitions: docs/metrics.md.
 */
import { mean, standardDeviation, type NumberList } from './statistics';
import { studentQuantile, studentTail } from './studentT';

/** A mean, its standard error, and the degrees of freedom of that error. */
export interface Estimate {
  readonly mean: number;
  readonly error: number;
  readonly df: number;
}

/** Over seeds alone; null without spread: one seed, or the same value in all. */
export function meanOverSeeds(values: NumberList): Estimate | null {
  const sd = standardDeviation(values);
  if (sd === null || sd === 0) return null;
  return { mean: mean(values), error: sd / Math.sqrt(values.length), df: values.length - 1 };
}

/**
 * Over seeds and users, both drawn from many: with the mean squares of the two-way table, (MS_seeds +
 * MS_users − MS_rest)/(S·U), and Satterthwaite's degrees of freedom. Components that come out below 0 count
 * as 0.
 * @param table [seed][user], the same users in the same order in every row
 * @returns null for fewer than two seeds or users, and without spread
 */
export function crossedMean(table: readonly NumberList[]): Estimate | null {
  const [seeds, users] = [table.length, table[0]?.length ?? 0];
  if (seeds < 2 || users < 2) return null;
  const ofSeeds = table.map((row) => mean(row));
  const ofUsers = Float64Array.from({ length: users }, (_, user) => table.reduce((sum, row) => sum + row[user]!, 0) / seeds);
  const centre = mean(ofSeeds);
  const squares = (values: NumberList): number => {
    let sum = 0;
    for (const value of values) sum += (value - centre) ** 2;
    return sum;
  };
  let rest = 0;
  table.forEach((row, seed) => {
    for (let user = 0; user < users; user++) rest += (row[user]! - ofSeeds[seed]! - ofUsers[user]! + centre) ** 2;
  });
  const [freeSeeds, freeUsers] = [seeds - 1, users - 1];
  const bySeed = (users * squares(ofSeeds)) / freeSeeds;
  const byUser = (seeds * squares(ofUsers)) / freeUsers;
  const other = rest / (freeSeeds * freeUsers);
  const variance = Math.max(bySeed, byUser, bySeed + byUser - other);
  const error = Math.sqrt(variance / (seeds * users));
  if (error < 1e-12) return null;
  const spread = bySeed ** 2 / freeSeeds + byUser ** 2 / freeUsers + other ** 2 / (freeSeeds * freeUsers);
  return { mean: centre, error, df: Math.max(freeSeeds, variance ** 2 / spread) };
}

/**
 * Differences by target as values by user, whose mean is that over targets: d̄ + (S_u − d̄·m_u)·U/n, S_u the
 * sum and m_u the number of user u's n targets. Targets of one user go together.
 * @param rows [seed][target]
 * @param owners the user of each target; undefined if every user has one
 */
export function byUsers(rows: readonly NumberList[], owners: readonly number[] | undefined): Float64Array[] {
  if (owners === undefined) return rows.map((row) => Float64Array.from(row));
  const places = new Map<number, number>();
  for (const owner of owners) if (!places.has(owner)) places.set(owner, places.size);
  const sizes = new Float64Array(places.size);
  for (const owner of owners) sizes[places.get(owner)!]!++;
  const centre = mean(rows.map((row) => mean(row)));
  return rows.map((row) => {
    const sums = new Float64Array(places.size);
    owners.forEach((owner, target) => (sums[places.get(owner)!]! += row[target]!));
    return sums.map((sum, user) => centre + ((sum - centre * sizes[user]!) * places.size) / owners.length);
  });
}

/** Bounds of the interval that has the mean in it with this probability. */
export function intervalOf({ mean: centre, error, df }: Estimate, level = 0.95): [number, number] {
  const half = studentQuantile((1 + level) / 2, df) * error;
  return [centre - half, centre + half];
}

/** P(T > t) for t of either sign. */
function above(t: number, df: number): number {
  return t >= 0 ? studentTail(t, df) : 1 - studentTail(-t, df);
}

/** Two-sided p of the hypothesis that the mean is `value`. */
export function pOf({ mean: centre, error, df }: Estimate, value = 0): number {
  return Math.min(1, 2 * studentTail(Math.abs(centre - value) / error, df));
}

/** What was expected of a difference: more than the margin, less than its negative, or between the two. */
export const EXPECTATIONS = ['above', 'below', 'equivalent'] as const;
export type Expectation = (typeof EXPECTATIONS)[number];

/**
 * How an expectation stands: p of what contradicts it, and p of what must hold for it to be true. Either
 * decides if it is below α. `above` and `below` are two-sided tests at the margin, like the 95 % interval.
 * `equivalent` is two one-sided tests (TOST; Schuirmann 1987), like the 90 % interval; a difference beyond
 * the margin, two-sided, contradicts it.
 */
export function expectationTests(
  estimate: Estimate,
  expect: Expectation,
  margin: number,
): { readonly holds: number; readonly fails: number } {
  const { mean: centre, error, df } = estimate;
  if (expect === 'equivalent') {
    const [over, under] = [above((centre + margin) / error, df), above((margin - centre) / error, df)];
    return {
      holds: Math.max(over, under),
      fails: Math.min(1, 2 * above((Math.abs(centre) - margin) / error, df)),
    };
  }
  const t = ((expect === 'above' ? centre : -centre) - margin) / error;
  return { holds: Math.min(1, 2 * above(t, df)), fails: Math.min(1, 2 * above(-t, df)) };
}
