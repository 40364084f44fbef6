/** Arms against a baseline over the same seeds, corrected for their number; and two arms on the same users of one seed. */
import { effectSize, holm, pairedTTest, type EffectSize } from './hypothesis';
import { compareHits, type HitComparison } from './pairedHits';
import { resampledUsers } from './resampledUsers';
import { boundOfNone, mean, meanInterval, quantile, type MeanInterval, type Values } from './statistics';

/** A value by seed. */
export type BySeed = ReadonlyMap<number, number>;

export interface Comparison {
  /** Seeds that both have. */
  readonly n: number;
  /** Mean of arm − baseline over those seeds, with its 95 % t-interval (uncorrected); null with one seed, and without spread, which would give it no width. */
  readonly difference: number;
  readonly low: number | null;
  readonly high: number | null;
  /** Student's paired test; null without spread. */
  readonly p: number | null;
  /** After Holm's correction over the family. */
  readonly adjusted: number | null;
  /** adjusted < 0.05. */
  readonly distinguishable: boolean;
  readonly effect: EffectSize | null;
}

const ALPHA = 0.05;

/** arm − baseline over the seeds that both have, in the arm's order. */
export function differencesOverSeeds(arm: BySeed, baseline: BySeed): number[] {
  return [...arm].flatMap(([seed, value]) => (baseline.has(seed) ? [value - baseline.get(seed)!] : []));
}

/** Their mean with its 95 % t-interval, uncorrected; null if no seed has both. */
export function pairedInterval(arm: BySeed, baseline: BySeed): MeanInterval | null {
  const differences = differencesOverSeeds(arm, baseline);
  return differences.length === 0 ? null : meanInterval(differences);
}

/**
 * Every arm against the baseline. Holm's correction is over the given arms, for one metric.
 * @returns in the order of `arms`; null if an arm has no seed in common with the baseline
 */
export function compareOverSeeds(baseline: BySeed, arms: readonly BySeed[]): (Comparison | null)[] {
  return comparePairs(arms.map((arm) => [arm, baseline]));
}

/** Every arm against a baseline of its own; Holm's correction is over all of them. */
export function comparePairs(pairs: readonly (readonly [arm: BySeed, baseline: BySeed])[]): (Comparison | null)[] {
  const differences = pairs.map(([arm, baseline]) => differencesOverSeeds(arm, baseline));
  const tests = differences.map((list) => pairedTTest(list));
  // A pair without a test still belongs to the family.
  const corrected = holm(tests.map((test) => test?.p ?? 1));
  return differences.map((list, i): Comparison | null => {
    if (list.length === 0) return null;
    const { mean: difference, low, high, n } = meanInterval(list);
    const test = tests[i] ?? null;
    const mended = test === null ? null : corrected[i]!;
    return {
      ...{ n, difference, low, high, p: test?.p ?? null, adjusted: mended },
      distinguishable: mended !== null && mended < ALPHA,
      effect: effectSize(list),
    };
  });
}

/** An evaluation's ranks, one per target, and the user of each if some user has several. */
interface Ranked {
  readonly ranks: readonly number[];
  readonly owners?: readonly number[] | undefined;
}

/** HR@K of two evaluations of the same targets; null if the targets are not the same or those of fewer than two users. It says nothing about other seeds. */
export function compareOverUsers(arm: Ranked, baseline: Ranked, k: number): HitComparison | null {
  const hits = ({ ranks }: Ranked): boolean[] => ranks.map((rank) => rank <= k);
  return compareHits(hits(arm), hits(baseline), arm.owners);
}

/**
 * 95 % interval of the share of ones: percentile bootstrap; Clopper & Pearson's for none and for all, whose resamples are all alike.
 * @param values 0 or 1 @returns null for fewer than two values
 */
export function shareInterval(values: Values, { seed = 0 } = {}): [number, number] | null {
  const share = mean(values);
  if (values.length < 2 || (share !== 0 && share !== 1)) return bootstrapMean(values, { seed });
  const bound = boundOfNone(values.length);
  return share === 0 ? [0, bound] : [1 - bound, 1];
}

/**
 * Percentile bootstrap of a mean (Efron 1979); the draws depend only on (seed, number of values).
 * @returns the bounds of the 95 % interval; null for fewer than two values, whose spread is unknown
 */
export function bootstrapMean(values: Values, { seed = 0, resamples = 1000 } = {}): [number, number] | null {
  const n = values.length;
  if (n < 2) return null;
  const means = Float64Array.from(resampledUsers(seed, n, resamples), (users) => {
    let sum = 0;
    for (let draw = 0; draw < n; draw++) sum += values[users[draw]!]!;
    return sum / n;
  }).sort();
  return [quantile(means, 0.025), quantile(means, 0.975)];
}

/** Words for a p-value: `p = .03`, `p < .001`. */
export function pText(p: number): string {
  return p < 0.001 ? 'p < .001' : `p = ${p.toFixed(p < 0.1 ? 3 : 2).replace(/^0/, '')}`;
}
