import { describe, expect, it } from 'vitest';
import { forkRandom } from '../log/random';
import { byUsers, crossedMean, expectationTests, intervalOf, meanOverSeeds, pOf, type Estimate } from './crossedMean';
import { mean } from './statistics';

interface World {
  readonly seeds: number;
  readonly users: number;
  /** True difference, and standard deviations of seeds, users and the rest. */
  readonly truth: number;
  readonly seed: number;
  readonly user: number;
  readonly rest: number;
}

const CASES = 400;
/** Most of 400 cases at a true rate of 5 %, but for one in a thousand. */
const MOST = 0.05 + 3.1 * Math.sqrt((0.05 * 0.95) / CASES);

/** A table [seed][user] of the world; users' differences are −1, 0 or 1, as those of hits, if `hits`. */
function drawn({ seeds, users, truth, seed, user, rest }: World, at: number, hits = false): Float64Array[] {
  const random = forkRandom(at, 'crossed', seeds, users);
  const ofUsers = Float64Array.from({ length: users }, () => user * random.normal());
  return Array.from({ length: seeds }, () => {
    const ofSeed = truth + seed * random.normal();
    return ofUsers.map((own) => {
      const value = ofSeed + own + rest * random.normal();
      if (!hits) return value;
      // Rises and falls with the value, of which the mean is that of a hit more or less.
      return random.uniform() < Math.min(1, Math.abs(value)) ? Math.sign(value) : 0;
    });
  });
}

const shareOf = (happens: (at: number) => boolean): number => {
  let found = 0;
  for (let at = 0; at < CASES; at++) if (happens(at)) found++;
  return found / CASES;
};

const WORLDS: readonly (readonly [string, World])[] = [
  ['neither seeds nor users', { seeds: 5, users: 200, truth: 0, seed: 0, user: 0, rest: 1 }],
  ['seeds', { seeds: 5, users: 200, truth: 0, seed: 0.3, user: 0, rest: 1 }],
  ['users', { seeds: 5, users: 200, truth: 0, seed: 0, user: 0.8, rest: 0.4 }],
  ['both', { seeds: 5, users: 200, truth: 0, seed: 0.05, user: 0.7, rest: 0.7 }],
  ['both, ten seeds', { seeds: 10, users: 100, truth: 0, seed: 0.1, user: 0.5, rest: 1 }],
];

describe('crossedMean', () => {
  it('is the random-effects variance of the table', () => {
    // Seeds 1 and 3, users −1, 0, 1, rest nothing: MS_seeds = 6, MS_users = 2.
    const found = crossedMean([
      [0, 1, 2],
      [2, 3, 4],
    ])!;
    expect(found.mean).toBe(2);
    expect(found.error).toBeCloseTo(Math.sqrt((6 + 2) / 6), 12);
    expect(found.df).toBeCloseTo(8 ** 2 / (36 / 1 + 4 / 2), 12);
  });

  it('is never narrower than over seeds alone, and has nothing to say without spread', () => {
    for (let at = 0; at < 50; at++) {
      const table = drawn(WORLDS[at % WORLDS.length]![1], at);
      const [low, high] = intervalOf(crossedMean(table)!);
      const seeds = meanOverSeeds(table.map((row) => mean(row)))!;
      expect(crossedMean(table)!.error).toBeGreaterThanOrEqual(seeds.error * (1 - 1e-12));
      expect(low).toBeLessThan(seeds.mean);
      expect(high).toBeGreaterThan(seeds.mean);
    }
    expect([crossedMean([]), crossedMean([[1, 2]]), crossedMean([[1], [2]])]).toEqual([null, null, null]);
    expect(crossedMean(new Array<number[]>(3).fill([0.5, 0.5]))).toBeNull();
    expect([meanOverSeeds([1]), meanOverSeeds([2, 2])]).toEqual([null, null]);
  });

  it.each(WORLDS)('finds a difference that is not there in at most one of twenty tables that vary by %s', (_, world) => {
    expect(shareOf((at) => pOf(crossedMean(drawn(world, at))!) < 0.05)).toBeLessThan(MOST);
    expect(shareOf((at) => (([low, high]) => low > 0 || high < 0)(intervalOf(crossedMean(drawn(world, at))!)))).toBeLessThan(
      MOST,
    );
  });

  it('does so where differences are those of hits, and where seeds alone are far too sure', () => {
    const world = { seeds: 5, users: 300, truth: 0, seed: 0.01, user: 0.15, rest: 0.1 };
    const table = (at: number): Float64Array[] => drawn(world, at, true);
    expect(shareOf((at) => pOf(crossedMean(table(at))!) < 0.05)).toBeLessThan(MOST);
    const users = WORLDS[2]![1];
    expect(shareOf((at) => pOf(meanOverSeeds(drawn(users, at).map((row) => mean(row)))!) < 0.05)).toBeGreaterThan(0.3);
  });

  it('keeps the targets of a user together', () => {
    const owners = [0, 0, 1, 2, 2, 2];
    const rows = [
      [1, 1, 0, 0, 0, 0],
      [1, 0, 0, -1, 0, 0],
    ];
    const users = byUsers(rows, owners);
    expect(users.map((row) => row.length)).toEqual([3, 3]);
    for (const [seed, row] of users.entries()) expect(mean(row)).toBeCloseTo(mean(rows[seed]!), 12);
    expect(byUsers(rows, undefined).map((row) => [...row])).toEqual(rows);
    // Every user has four equal targets: an error over targets would be half as large.
    const world = { ...WORLDS[2]![1], users: 60 };
    const four = Array.from({ length: 240 }, (_, target) => target >> 2);
    const copied = (at: number): Float64Array[] => drawn(world, at).map((row) => Float64Array.from(four, (user) => row[user]!));
    expect(shareOf((at) => pOf(crossedMean(byUsers(copied(at), four))!) < 0.05)).toBeLessThan(MOST);
    expect(shareOf((at) => pOf(crossedMean(copied(at))!) < 0.05)).toBeGreaterThan(0.2);
  });
});

describe('expectationTests', () => {
  const known: Estimate = { mean: 1, error: 0.5, df: 1e6 };

  it('are those of the intervals: 95 % at a margin, 90 % for equivalence', () => {
    const two = 2 * 0.022750131948;
    expect(expectationTests(known, 'above', 0).holds).toBeCloseTo(two, 5);
    expect(expectationTests(known, 'below', 0).fails).toBeCloseTo(two, 5);
    expect(expectationTests(known, 'above', 0).fails).toBe(1);
    expect(expectationTests(known, 'below', 1).holds).toBe(1);
    // The upper bound of the 90 % interval is 1 + 1.6449 · 0.5.
    const bound = intervalOf(known, 0.9)[1];
    expect(expectationTests(known, 'equivalent', bound + 1e-6).holds).toBeLessThan(0.05);
    expect(expectationTests(known, 'equivalent', bound - 1e-6).holds).toBeGreaterThan(0.05);
    const low = intervalOf(known)[0];
    expect(expectationTests(known, 'equivalent', low - 1e-6).fails).toBeLessThan(0.05);
    expect(expectationTests(known, 'equivalent', low + 1e-6).fails).toBeGreaterThan(0.05);
    expect(expectationTests({ ...known, mean: -1 }, 'equivalent', low - 1e-6).fails).toBeLessThan(0.05);
  });

  it.each(WORLDS)(
    'call a difference as large as the margin equivalent, or larger, in at most one of twenty tables that vary by %s',
    (_, world) => {
      const tests = (at: number, truth: number, expected: 'above' | 'equivalent') =>
        expectationTests(crossedMean(drawn({ ...world, truth }, at))!, expected, 0.5);
      expect(shareOf((at) => tests(at, 0.5, 'equivalent').holds < 0.05)).toBeLessThan(MOST);
      expect(shareOf((at) => tests(at, -0.5, 'equivalent').holds < 0.05)).toBeLessThan(MOST);
      expect(shareOf((at) => tests(at, 0.5, 'equivalent').fails < 0.05)).toBeLessThan(MOST);
      expect(shareOf((at) => tests(at, 0.5, 'above').holds < 0.05)).toBeLessThan(MOST);
      // It is found where it is true.
      const narrow = { ...world, seed: 0.02 };
      expect(shareOf((at) => expectationTests(crossedMean(drawn(narrow, at))!, 'equivalent', 0.5).holds < 0.05)).toBeGreaterThan(
        0.9,
      );
    },
  );
});
