/**
 * Hits of two rankings of the same targets: their difference, its 95 % interval over users, and an exact
 * test. Definitions: docs/metrics.md.
 */
import { randomisationTest } from './hypothesis';
import { boundOfNone, mean } from './statistics';
import { regularisedBeta, studentQuantile } from './studentT';

export interface HitComparison {
  readonly targets: number;
  /** Whose targets they are. */
  readonly users: number;
  /** Of the shares of hits. */
  readonly difference: number;
  /** 95 %, over users. It includes 0 wherever the test finds nothing. */
  readonly low: number;
  readonly high: number;
  /**
   * Randomisation test over users: exact, unless users have several targets and more than 12 of them differ
   * by unequal amounts.
   */
  readonly p: number;
}

const ALPHA = 0.05;
/** Sampled sign flips, where flips are sampled: verdicts are worked out while a run plays. */
const ROUNDS = 1999;

/**
 * @param own one entry for each target, whether it was hit
 * @param other the same targets in the same order
 * @param owners the user of each target, if some user has several; a user's targets differ together, so users
 * are what is resampled
 * @returns null for fewer than two users, or lists of other lengths
 */
export function compareHits(
  own: readonly boolean[],
  other: readonly boolean[],
  owners?: readonly number[],
): HitComparison | null {
  const targets = own.length;
  if (other.length !== targets || (owners !== undefined && owners.length !== targets)) return null;
  const differences = own.map((hit, target) => Number(hit) - Number(other[target]));
  const { sums, sizes } = byUser(differences, owners);
  const users = sums.length;
  if (users < 2) return null;
  const difference = mean(differences);
  const { p } = randomisationTest(sums, { rounds: ROUNDS });
  const [low, high] = including(interval(sums, sizes, difference), difference, p);
  return { targets, users, difference, low: Math.max(-1, low), high: Math.min(1, high), p };
}

interface Users {
  /** Of the differences of each user's targets, and how many these are. */
  readonly sums: readonly number[];
  readonly sizes: readonly number[];
}

function byUser(differences: readonly number[], owners: readonly number[] | undefined): Users {
  if (owners === undefined) return { sums: differences, sizes: differences.map(() => 1) };
  const users = new Map<number, { sum: number; size: number }>();
  differences.forEach((difference, target) => {
    const of = users.get(owners[target]!) ?? { sum: 0, size: 0 };
    of.sum += difference;
    of.size++;
    users.set(owners[target]!, of);
  });
  const all = [...users.values()];
  return { sums: all.map(({ sum }) => sum), sizes: all.map(({ size }) => size) };
}

/**
 * Student's over users, of a mean over targets; at least the exact one where the users who differ do so by
 * equal amounts.
 */
function interval(sums: readonly number[], sizes: readonly number[], difference: number): [number, number] {
  const users = sums.length;
  const targets = sizes.reduce((sum, size) => sum + size, 0);
  const squares = sums.reduce((total, sum, user) => total + (sum - difference * sizes[user]!) ** 2, 0);
  const error = Math.sqrt((users / (users - 1)) * squares) / targets;
  // Where all differ alike there is no spread: the share of others is that of none.
  const half = error > 1e-12 ? studentQuantile(1 - ALPHA / 2, users - 1) * error : boundOfNone(users);
  const apart = sums.filter((sum) => sum !== 0);
  const size = Math.abs(apart[0] ?? 0);
  const [low, high] = [difference - half, difference + half];
  if (size === 0 || apart.some((sum) => Math.abs(sum) !== size)) return [low, high];
  const exact = shareBounds(apart.filter((sum) => sum > 0).length, apart.length).map(
    (share) => ((2 * share - 1) * apart.length * size) / targets,
  );
  return [Math.min(low, exact[0]!), Math.max(high, exact[1]!)];
}

/** The interval with 0 in it if the test finds nothing: of two answers to one question, the more careful. */
function including([low, high]: [number, number], difference: number, p: number): [number, number] {
  if (p < ALPHA) return [low, high];
  return difference > 0 ? [Math.min(low, 0), high] : [low, Math.max(high, 0)];
}

/** Clopper and Pearson's 95 % interval of the share of `hits` among n. */
function shareBounds(hits: number, n: number): [number, number] {
  const below = hits === 0 ? 0 : quantileOfBeta(ALPHA / 2, hits, n - hits + 1);
  const above = hits === n ? 1 : quantileOfBeta(1 - ALPHA / 2, hits + 1, n - hits);
  return [below, above];
}

/** By bisection. */
function quantileOfBeta(p: number, a: number, b: number): number {
  let [low, high] = [0, 1];
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (regularisedBeta(middle, 1 - middle, a, b) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
