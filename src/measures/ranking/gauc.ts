/** How well scores tell what was clicked from what was shown with it. Definition: docs/metrics.md. */
import type { GroupedAuc } from '../../record/runRecord';

/** One request: the clicked item's score, and those of the items that were shown and not clicked. */
export interface ScoredRequest {
  readonly clicked: number;
  readonly shown: readonly number[];
}

/**
 * Impression-weighted mean over requests of the AUC inside the shown list (Zhu et al., KDD 2017, who group by user). With one
 * click a request's AUC is the share of the other items that score lower, ties counting half. A comparison with NaN counts
 * against the clicked item. Requests in which nothing else was shown say nothing and are left out.
 * @returns null where no request is left
 */
export function groupedAuc(scored: Iterable<ScoredRequest>): Pick<GroupedAuc, 'value' | 'requests' | 'impressions'> | null {
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

/** Over all requests, and over those whose clicked item is warm or cold: shown items are never cold, clicks may be. @param cold by request */
export function groupedAucBySplit(scored: readonly ScoredRequest[], cold: ArrayLike<number>): GroupedAuc | null {
  const all = groupedAuc(scored);
  const of = (flag: 0 | 1) => groupedAuc(scored.filter((_, request) => cold[request] === flag));
  return all && { ...all, warm: of(0), cold: of(1) };
}
