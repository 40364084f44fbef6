/** Ranking quality from per-user ranks: HR, NDCG and MRR with bootstrap intervals over users. Definitions: docs/metrics.md. */
import { resampledUsers } from '../../statistics/resampledUsers';
import { boundOfNone, quantile } from '../../statistics/statistics';
import type { InteractionLog, Split, Target } from '../../log/types';
import type { RankingBySplit, RankingMetrics } from '../../record/runRecord';
import { inGroup, TARGET_GROUPS, type TargetGroup } from '../../record/targetGroups';
import { listMetrics, type RecommendedLists } from './listMetrics';

export interface RankingOptions {
  /** Seed of the bootstrap. The users drawn depend only on (seed, number of users), so arms are resampled alike. */
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
 * HR@K, NDCG@K and MRR over users with one target each.
 * Hit: rank ≤ K. NDCG@K: mean of 1/log₂(1 + rank) over hits, 0 otherwise (Järvelin & Kekäläinen 2002, one relevant item).
 * MRR@K: mean of 1/rank over hits, 0 otherwise; MRR without cut-off. With no users every value is 0.
 * @param ranks [users] average ranks from `averageRank`, which may end in .5
 */
export function rankingMetrics(ranks: ArrayLike<number>, ks: readonly number[], options: RankingOptions = {}): RankingMetrics {
  const n = ranks.length;
  const hr: Record<string, number> = {};
  const ndcg: Record<string, number> = {};
  const mrrAt: Record<string, number> = {};
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
    hr[k] = n === 0 ? 0 : hits / n;
    ndcg[k] = n === 0 ? 0 : gain / n;
    mrrAt[k] = n === 0 ? 0 : reciprocal / n;
  }
  let reciprocal = 0;
  for (let u = 0; u < n; u++) reciprocal += 1 / ranks[u]!;
  return { n, hr, ndcg, mrr: n === 0 ? 0 : reciprocal / n, mrrAt, hrInterval: bootstrapHitIntervals(ranks, ks, options) };
}

/** Which users are in which split. */
export interface SplitTargets {
  /** [users] 1 if the user's target never occurs in a training event (see `coldTargets`). */
  readonly cold: Uint8Array;
  /** [users] groups of the target as bits (`TargetGroups`). */
  readonly groups?: Uint8Array;
}

/**
 * `rankingMetrics` over all users, those with a warm target, those with a cold one and those of each group that has
 * any; with lists, also their measures.
 * @param ranks [users]
 */
export function rankingBySplit(
  ranks: ArrayLike<number>,
  { cold, groups }: SplitTargets,
  ks: readonly number[],
  { lists, ...options }: RankingOptions & { readonly lists?: RecommendedLists } = {},
): RankingBySplit {
  if (cold.length !== ranks.length) throw new RangeError(`${ranks.length} ranks but ${cold.length} cold flags`);
  const of = (is: (user: number) => boolean): RankingMetrics =>
    rankingMetrics(
      Array.from(ranks).filter((_, user) => is(user)),
      ks,
      options,
    );
  return {
    all: rankingMetrics(ranks, ks, options),
    warm: of((user) => cold[user] === 0),
    cold: of((user) => cold[user] === 1),
    ...(groups && {
      groups: byGroup((group) => {
        const metrics = of((user) => inGroup(groups[user]!, group));
        return metrics.n === 0 ? null : metrics;
      }),
    }),
    ...(lists && { lists: listMetrics(lists, ks) }),
  };
}

/** Values by group, without those that are null. */
export function byGroup<Value>(of: (group: TargetGroup) => Value | null): Partial<Record<TargetGroup, Value>> {
  const values: Partial<Record<TargetGroup, Value>> = {};
  for (const group of TARGET_GROUPS) {
    const value = of(group);
    if (value !== null) values[group] = value;
  }
  return values;
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
