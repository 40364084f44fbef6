/** How well scores distinguish the clicked item from those shown with it. Definition: docs/metrics.md. */
import type { Measured } from '../../record/runRecord';
import { PART_SPLITS } from '../../record/targetGroups';
import { isIn, type SplitTargets } from './ranking';
import { splitId } from './splitId';

/** One request: the clicked item's score, and those of the items that were shown and not clicked. */
export interface ScoredRequest {
  readonly clicked: number;
  readonly shown: readonly number[];
}

/**
 * Impression-weighted mean over requests of the AUC in the shown list (Zhu et al., KDD 2017, who group by
 * user). With one click a request's AUC is the share of the other items that score lower, ties counting half.
 * A comparison with NaN counts against the clicked item. Requests in which nothing else was shown are left
 * out.
 * @returns null if no request is left
 */
export function groupedAuc(
  scored: Iterable<ScoredRequest>,
): { readonly value: number; readonly requests: number; readonly impressions: number } | null {
  let [sum, requests, impressions] = [0, 0, 0];
  for (const { clicked, shown } of scored) {
    if (shown.length === 0) continue;
    let below = 0;
    for (const score of shown) below += score < clicked ? 1 : score === clicked ? 0.5 : 0;
    sum += (1 + shown.length) * (below / shown.length);
    requests++;
    impressions += 1 + shown.length;
  }
  return requests === 0 ? null : { value: sum / impressions, requests, impressions };
}

/** Over all requests, and over those of each split that has any; nothing if there are none. */
export function groupedAucBySplit(scored: readonly ScoredRequest[], by: SplitTargets): Pick<Measured, 'values' | 'requests'> {
  const all = groupedAuc(scored);
  if (all === null) return { values: {} };
  const { value, ...counts } = all;
  const values: Measured['values'] = { gauc: value };
  const requests: Measured['requests'] = { all: counts };
  for (const split of PART_SPLITS) {
    const found = groupedAuc(scored.filter((_, request) => isIn(by, request, split)));
    if (found === null) continue;
    values[splitId(split, 'gauc')] = found.value;
    requests[split] = { requests: found.requests, impressions: found.impressions };
  }
  return { values, requests };
}
