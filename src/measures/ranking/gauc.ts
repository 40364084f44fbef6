/** How well scores distinguish the clicked item from those shown with it. Definition: docs/metrics.md. */
import type { GroupedAuc } from '../../record/runRecord';
import { inGroup } from '../../record/targetGroups';
import { byGroup, type SplitTargets } from './ranking';

/** One request: the clicked item's score, and those of the items that were shown and not clicked. */
export interface ScoredRequest {
  readonly clicked: number;
  readonly shown: readonly number[];
}

/**
 * Impression-weighted mean over requests of the AUC in the shown list (Zhu et al., KDD 2017, who group by user). With one
 * click a request's AUC is the share of the other items that score lower, ties counting half. A comparison with NaN counts
 * against the clicked item. Requests in which nothing else was shown are left out.
 * @returns null if no request is left
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

/** Over all requests, over those whose clicked item is warm or cold, and by group. */
export function groupedAucBySplit(scored: readonly ScoredRequest[], { cold, groups }: SplitTargets): GroupedAuc | null {
  const all = groupedAuc(scored);
  const of = (is: (request: number) => boolean) => groupedAuc(scored.filter((_, request) => is(request)));
  return (
    all && {
      ...all,
      warm: of((request) => cold[request] === 0),
      cold: of((request) => cold[request] === 1),
      ...(groups && { groups: byGroup((group) => of((request) => inGroup(groups[request]!, group))) }),
    }
  );
}
