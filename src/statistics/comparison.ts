/**
 * Arms against a baseline over the same seeds, corrected for their number; and two arms on the same users of
 * one seed.
 */
import { crossedMean, intervalOf, meanOverSeeds, pOf, type Estimate } from './crossedMean';
import { effectSize, holm, type EffectSize } from './hypothesis';
import { compareHits, type HitComparison } from './pairedHits';
import { resampledUsers } from './resampledUsers';
import { boundOfNone, mean, meanInterval, quantile, type MeanInterval, type NumberList } from './statistics';

/** A value by seed. */
export type BySeed = ReadonlyMap<number, number>;

export interface Comparison {
  /** Seeds that both have. */
  readonly n: number;
  /**
   * Mean of arm − baseline over those seeds, with its 95 % interval (uncorrected). Null with one seed, and
   * without spread, where the interval would have no width.
   */
  readonly difference: number;
  readonly low: number | null;
  readonly high: number | null;
  /** Whether interval and test treat users as drawn at random, too, and not only seeds. */
  readonly overUsers: boolean;
  /** Student's test of the mean difference; null without spread. */
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
  return compareDifferences(pairs.map(([arm, baseline]) => ({ bySeed: differencesOverSeeds(arm, baseline), byUser: null })));
}

/** Differences of two models, one for each seed that both have. */
export interface Differences {
  readonly bySeed: readonly number[];
  /** The same [seed][user], if all seeds have the same users and their differences are known. */
  readonly byUser: readonly NumberList[] | null;
}

/** Their mean, with the error of all that is known to vary; null without spread. */
export function estimateOf({ bySeed, byUser }: Differences): Estimate | null {
  return byUser === null ? meanOverSeeds(bySeed) : crossedMean(byUser);
}

/** As `comparePairs`, of differences. @returns null where there are none */
export function compareDifferences(list: readonly Differences[]): (Comparison | null)[] {
  const estimates = list.map(estimateOf);
  // A pair without a test still belongs to the family.
  const corrected = holm(estimates.map((estimate) => (estimate === null ? 1 : pOf(estimate))));
  return list.map(({ bySeed, byUser }, i): Comparison | null => {
    if (bySeed.length === 0) return null;
    const estimate = estimates[i] ?? null;
    const [low, high] = estimate === null ? [null, null] : intervalOf(estimate);
    const adjusted = estimate === null ? null : corrected[i]!;
    return {
      ...{ n: bySeed.length, difference: mean(bySeed), low, high, adjusted },
      overUsers: byUser !== null && estimate !== null,
      p: estimate === null ? null : pOf(estimate),
      distinguishable: adjusted !== null && adjusted < ALPHA,
      effect: effectSize(bySeed),
    };
  });
}

/** An evaluation's ranks, one per target, and the user of each if some user has several. */
interface Ranked {
  readonly ranks: readonly number[];
  readonly owners?: readonly number[] | undefined;
}

/**
 * HR@K of two evaluations of the same targets. Null if the targets differ, or are those of fewer than two
 * users. It says nothing about other seeds.
 */
export function compareOverUsers(arm: Ranked, baseline: Ranked, k: number): HitComparison | null {
  const hits = ({ ranks }: Ranked): boolean[] => ranks.map((rank) => rank <= k);
  return compareHits(hits(arm), hits(baseline), arm.owners);
}

/**
 * 95 % interval of the share of ones: percentile bootstrap; Clopper & Pearson's for none and for all, whose
 * resamples are all alike.
 * @param values 0 or 1 @returns null for fewer than two values
 */
export function shareInterval(values: NumberList, { seed = 0 } = {}): [number, number] | null {
  const share = mean(values);
  if (values.length < 2 || (share !== 0 && share !== 1)) return bootstrapMean(values, { seed });
  const bound = boundOfNone(values.length);
  return share === 0 ? [0, bound] : [1 - bound, 1];
}

/**
 * Percentile bootstrap of a mean (Efron 1979); the draws depend only on (seed, number of values).
 * @returns the bounds of the 95 % interval; null for fewer than two values, whose spread is unknown
 */
export function bootstrapMean(values: NumberList, { seed = 0, resamples = 1000 } = {}): [number, number] | null {
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
