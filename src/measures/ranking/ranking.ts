/**
 * Ranking quality from per-user ranks: HR, NDCG and MRR with bootstrap intervals over users. Definitions:
 * docs/metrics.md.
 */
import { resampledUsers } from '../../statistics/resampledUsers';
import { boundOfNone, quantile } from '../../statistics/statistics';
import type { InteractionLog, Split, Target } from '../../log/types';
import type { Measured } from '../../record/runRecord';
import { inGroup, PART_SPLITS, type PartSplit } from '../../record/targetGroups';
import { splitId } from './splitId';

export interface RankingOptions {
  /**
   * Seed of the bootstrap. The users drawn depend only on (seed, number of users), so arms are resampled
   * alike.
   */
  readonly seed?: number;
  readonly resamples?: number;
  /** Coverage of the intervals. */
  readonly level?: number;
}

const DEFAULTS = { seed: 0, resamples: 1000, level: 0.95 };

/**
 * Rank of the target, counted from 1, averaged over its tie group: greater + 1 + equal/2.
 * @param greater items that score higher than the target
 * @param equal other items that score the same (the target itself is not counted)
 */
export function averageRank(greater: number, equal: number): number {
  return greater + 1 + equal / 2;
}

/**
 * HR@K, NDCG@K and MRR over users with one target each. Hit: rank ≤ K. NDCG@K: mean of 1/log₂(1 + rank) over
 * hits, 0 otherwise (Järvelin & Kekäläinen 2002, one relevant item). MRR@K: mean of 1/rank over hits, 0
 * otherwise; MRR without cut-off.
 * @param ranks [users] average ranks from `averageRank`, which may end in .5
 * @returns by measure ID, with the intervals of HR@K; nothing without users
 */
export function rankingMetrics(
  ranks: ArrayLike<number>,
  ks: readonly number[],
  options: RankingOptions = {},
): Pick<Measured, 'values' | 'intervals'> {
  const n = ranks.length;
  const values: Record<string, number> = {};
  if (n === 0) return { values, intervals: {} };
  for (const k of ks) {
    let hits = 0;
    let gain = 0;
    let reciprocal = 0;
    for (let u = 0; u < n; u++) {
      const rank = ranks[u]!;
      if (rank <= k) {
        hits++;
        gain += 1 / Math.log2(1 + rank);
        reciprocal += 1 / rank;
      }
    }
    values[`hr@${k}`] = hits / n;
    values[`ndcg@${k}`] = gain / n;
    values[`mrr@${k}`] = reciprocal / n;
  }
  let reciprocal = 0;
  for (let u = 0; u < n; u++) reciprocal += 1 / ranks[u]!;
  values.mrr = reciprocal / n;
  const intervals = Object.entries(bootstrapHitIntervals(ranks, ks, options));
  return { values, intervals: Object.fromEntries(intervals.map(([k, interval]) => [`hr@${k}`, interval])) };
}

/** Which users are in which split. */
export interface SplitTargets {
  /** [users] 1 if the user's target never occurs in a training event (see `coldTargets`). */
  readonly cold: Uint8Array;
  /** [users] groups of the target as bits (`TargetGroups`). */
  readonly groups?: Uint8Array;
}

/** Whether a user's target is in a split. */
export function isIn({ cold, groups }: SplitTargets, user: number, split: PartSplit): boolean {
  if (split === 'warm' || split === 'cold') return (cold[user] === 1) === (split === 'cold');
  return groups !== undefined && inGroup(groups[user]!, split);
}

/**
 * `rankingMetrics` over all users, and over those of each split that has any.
 * @param ranks [users]
 * @param options `pooled`: ranks are in candidate pools, whose measures have other IDs
 */
export function rankingBySplit(
  ranks: ArrayLike<number>,
  by: SplitTargets,
  ks: readonly number[],
  { pooled = false, ...options }: RankingOptions & { readonly pooled?: boolean } = {},
): Pick<Measured, 'targets' | 'values' | 'intervals'> {
  if (by.cold.length !== ranks.length) throw new RangeError(`${ranks.length} ranks but ${by.cold.length} cold flags`);
  const measured: Pick<Measured, 'targets' | 'values' | 'intervals'> = {
    targets: { all: ranks.length },
    values: {},
    intervals: {},
  };
  for (const split of ['all', ...PART_SPLITS] as const) {
    const own = split === 'all' ? ranks : Array.from(ranks).filter((_, user) => isIn(by, user, split));
    if (split !== 'all' && own.length > 0) measured.targets[split] = own.length;
    const { values, intervals } = rankingMetrics(own, ks, options);
    const id = (measure: string): string => splitId(split, pooled ? `pool-${measure}` : measure);
    for (const [measure, value] of Object.entries(values)) measured.values[id(measure)] = value;
    for (const [measure, interval] of Object.entries(intervals)) measured.intervals[id(measure)] = interval;
  }
  return measured;
}

/** [targets] 1 if the target item is cold: the mask for `rankingBySplit`. */
export function coldTargets(log: InteractionLog, split: Split, targets: readonly Target[]): Uint8Array {
  return Uint8Array.from(targets, ({ user, position }) => {
    return split.cold[log.events.item(user, position)] === 0 ? 0 : 1;
  });
}

/**
 * Percentile bootstrap over users of HR@K, for every K at once (Efron 1979). Each resample draws n users with
 * replacement and serves all K. A user counts only through the smallest K that it hits, so a resample is n
 * draws into |K|+1 bins. If no user hits, or every one does, all resamples are alike, and the interval is
 * Clopper & Pearson's.
 * @param ranks [users]
 * @returns [low, high] keyed by K; none for fewer than two users
 */
export function bootstrapHitIntervals(
  ranks: ArrayLike<number>,
  ks: readonly number[],
  options: RankingOptions = {},
): Record<string, [number, number]> {
  const { seed, resamples, level } = { ...DEFAULTS, ...options };
  const n = ranks.length;
  const sorted = [...new Set(ks)].sort((a, b) => a - b);
  // Resamples of a single user are all the same.
  if (n < 2) return {};
  const bins = new Uint16Array(n);
  for (let u = 0; u < n; u++) {
    let bin = 0;
    while (bin < sorted.length && !(ranks[u]! <= sorted[bin]!)) bin++;
    bins[u] = bin;
  }
  const rates = sorted.map(() => new Float64Array(resamples));
  const counts = new Uint32Array(sorted.length + 1);
  let r = 0;
  for (const users of resampledUsers(seed, n, resamples)) {
    counts.fill(0);
    for (let draw = 0; draw < n; draw++) {
      const bin = bins[users[draw]!]!;
      counts[bin] = counts[bin]! + 1;
    }
    let hits = 0;
    for (let bin = 0; bin < sorted.length; bin++) {
      hits += counts[bin]!;
      rates[bin]![r] = hits / n;
    }
    r++;
  }
  const tail = (1 - level) / 2;
  const none = boundOfNone(n, level);
  return Object.fromEntries(
    sorted.map((k, bin) => {
      const hits = bins.reduce((sum, smallest) => sum + Number(smallest <= bin), 0);
      if (hits === 0) return [k, [0, none]];
      if (hits === n) return [k, [1 - none, 1]];
      const ordered = rates[bin]!.sort();
      return [k, [quantile(ordered, tail), quantile(ordered, 1 - tail)]];
    }),
  );
}
