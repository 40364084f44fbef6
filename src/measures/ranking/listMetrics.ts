/**
 * What lists of recommended items say about the catalogue: coverage, Gini index, average popularity.
 * Definitions: docs/metrics.md.
 */
import { trainedLog, type InteractionLog, type Split } from '../../log/types';
import type { Measured } from '../../record/runRecord';
import { NO_ITEM } from '../../engine/ranking/itemLists';

export interface RecommendedLists {
  /** [users, length], best first, `NO_ITEM` after the last item of a shorter list. */
  readonly items: Uint32Array;
  readonly length: number;
  /** [items] training events of each item of the catalogue. */
  readonly popularity: ArrayLike<number>;
}

/**
 * RecBole's ItemCoverage, GiniIndex and AveragePopularity over the first K items of every list, for each K
 * for which lists are long enough (or the catalogue is too small), by measure ID; nothing without users.
 */
export function listMetrics({ items: lists, length, popularity }: RecommendedLists, ks: readonly number[]): Measured['values'] {
  const catalogue = popularity.length;
  const users = length === 0 ? 0 : lists.length / length;
  const exposures = new Uint32Array(catalogue);
  /** Running sums of popularity by user, from which the mean for each K follows. */
  const sums = new Float64Array(users);
  const sizes = new Uint32Array(users);
  const values: Measured['values'] = {};
  if (users === 0) return values;
  let reached = 0;
  for (const k of [...new Set(ks)].sort((a, b) => a - b)) {
    if (k > length && length < catalogue) break;
    for (; reached < Math.min(k, length); reached++) {
      for (let user = 0; user < users; user++) {
        const item = lists[user * length + reached]!;
        if (item === NO_ITEM) continue;
        exposures[item]! += 1;
        sums[user]! += popularity[item]!;
        sizes[user]! += 1;
      }
    }
    values[`coverage@${k}`] = exposures.reduce((count, shown) => count + Number(shown > 0), 0) / catalogue;
    values[`gini@${k}`] = giniIndex(exposures);
    values[`popularity@${k}`] = sums.reduce((sum, value, user) => sum + value / Math.max(1, sizes[user]!), 0) / users;
  }
  return values;
}

/**
 * Σ_i (2i − n − 1)·x_i / (n·Σ x), x ascending, i from 1: 0 = all equal, (n − 1)/n = one has everything. All
 * zeros give 0.
 */
export function giniIndex(values: Uint32Array): number {
  const n = values.length;
  let weighted = 0;
  let total = 0;
  values.toSorted().forEach((value, index) => {
    weighted += (2 * (index + 1) - n - 1) * value;
    total += value;
  });
  return total === 0 ? 0 : weighted / (n * total);
}

/** [items] number of training events of each item. */
export function trainingCounts({ log, split }: { readonly log: InteractionLog; readonly split: Split }): Float64Array {
  const counts = new Float64Array(log.items.length);
  for (const { user, end } of split.train) {
    for (const item of trainedLog(log, split).events.items(user, end)) counts[item]! += 1;
  }
  return counts;
}

/**
 * The same over the newest events alone: those no older than the one that has this share of all training
 * events at or after its place in time order.
 * @param share over 0, up to 1
 */
export function recentCounts(input: { readonly log: InteractionLog; readonly split: Split }, share: number): Float64Array {
  if (share === 1) return trainingCounts(input);
  const { log, split } = input;
  const { columns } = trainedLog(log, split).events;
  const spans = split.train.map(({ user, end }) => [columns.start[user]!, columns.start[user]! + end] as const);
  const times = new Float64Array(spans.reduce((sum, [begin, end]) => sum + end - begin, 0));
  let at = 0;
  for (const [begin, end] of spans) for (let event = begin; event < end; event++) times[at++] = columns.time[event]!;
  times.sort();
  const oldest = times[Math.floor(times.length * (1 - share))] ?? Infinity;
  const counts = new Float64Array(log.items.length);
  for (const [begin, end] of spans) {
    for (let event = begin; event < end; event++) if (columns.time[event]! >= oldest) counts[columns.item[event]!]! += 1;
  }
  return counts;
}
