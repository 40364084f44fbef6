/**
 * Paired tests between two arms, correction for multiple tests, and effect sizes. Definitions:
 * docs/metrics.md.
 */
import { forkRandom } from '../log/random';
import { mean, standardDeviation, standardError, type NumberList } from './statistics';
import { regularisedBeta, studentTail } from './studentT';

export interface PairedTest {
  /** mean(d) / s.e.(d) over the pairs' differences d. */
  readonly t: number;
  readonly df: number;
  /** Two-sided. */
  readonly p: number;
}

export interface RandomisationTest {
  /** Two-sided: the share of sign flips whose |mean| is at least the observed one. */
  readonly p: number;
  /** True when every flip was counted, false when they were sampled. */
  readonly exact: boolean;
}

/** Hedges' g of paired differences with its 95 % large-sample interval (Hedges & Olkin 1985). */
export interface EffectSize {
  readonly g: number;
  readonly low: number;
  readonly high: number;
}

/** Maximum number of pairs for which all flips are counted: 2¹² of them. */
const EXACT_PAIRS = 12;
const NORMAL_975 = 1.959963984540054;

/**
 * Student's test that the mean difference is 0. Null without spread: fewer than two pairs, or all differences
 * equal.
 */
export function pairedTTest(differences: NumberList): PairedTest | null {
  const error = standardError(differences);
  if (error === null || error === 0) return null;
  const t = mean(differences) / error;
  const df = differences.length - 1;
  return { t, df, p: 2 * studentTail(Math.abs(t), df) };
}

/**
 * Fisher's randomisation test: if the two arms were alike, each pair's difference could as well have the
 * other sign. Pairs without a difference have no effect. If all others differ by the same amount, as hits and
 * misses do, it is the sign test and exact.
 * @param options.seed of the sampled flips, for more than 12 pairs with differences of unequal size; their p
 * is (hits + 1) / (rounds + 1), never 0
 * @throws RangeError without pairs
 */
export function randomisationTest(
  differences: NumberList,
  { seed = 0, rounds = 9999 }: { readonly seed?: number; readonly rounds?: number } = {},
): RandomisationTest {
  if (differences.length === 0) throw new RangeError('a randomisation test of no pairs');
  const nonZero = Float64Array.from(differences).filter((value) => value !== 0);
  const n = nonZero.length;
  const size = Math.abs(nonZero[0] ?? 0);
  if (nonZero.every((value) => Math.abs(value) === size)) {
    return { p: signTest(nonZero.filter((value) => value > 0).length, n), exact: true };
  }
  const total = (flip: (pair: number) => boolean): number => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += flip(i) ? -nonZero[i]! : nonZero[i]!;
    return Math.abs(sum);
  };
  // Rounding must not make equal sums differ.
  const observed = total(() => false) * (1 - 1e-12);
  let hits = 0;
  if (n <= EXACT_PAIRS) {
    for (let flips = 0; flips < 1 << n; flips++) if (total((i) => ((flips >> i) & 1) === 1) >= observed) hits++;
    return { p: hits / (1 << n), exact: true };
  }
  const random = forkRandom(seed, 'randomisation test');
  for (let round = 0; round < rounds; round++) if (total(() => random.uniform() < 0.5) >= observed) hits++;
  return { p: (hits + 1) / (rounds + 1), exact: false };
}

/**
 * Two-sided p of `positive` plus signs among n when both signs are equally likely: min(1, 2·P(X ≥ max)), P(X
 * ≥ k) = I_½(k, n − k + 1).
 */
function signTest(positive: number, n: number): number {
  const most = Math.max(positive, n - positive);
  return n === 0 ? 1 : Math.min(1, 2 * regularisedBeta(0.5, 0.5, most, n - most + 1));
}

/**
 * Holm's step-down correction (1979): p-values such that rejecting those below α keeps the family-wise error
 * below α.
 */
export function holm(pValues: readonly number[]): number[] {
  const adjusted = new Array<number>(pValues.length);
  let running = 0;
  [...pValues.keys()]
    .sort((a, b) => pValues[a]! - pValues[b]!)
    .forEach((index, rank) => {
      running = Math.max(running, Math.min(1, (pValues.length - rank) * pValues[index]!));
      adjusted[index] = running;
    });
  return adjusted;
}

/** Null when there are fewer than three pairs, or no spread. */
export function effectSize(differences: NumberList): EffectSize | null {
  const sd = standardDeviation(differences);
  const n = differences.length;
  if (sd === null || sd === 0 || n < 3) return null;
  const g = ((1 - 3 / (4 * (n - 1) - 1)) * mean(differences)) / sd;
  const half = NORMAL_975 * Math.sqrt(1 / n + (g * g) / (2 * n));
  return { g, low: g - half, high: g + half };
}
