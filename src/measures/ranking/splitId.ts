/** IDs of measures by split. */
import type { PartSplit } from '../../record/targetGroups';

/** `hr@10`; of a split of the targets, `cold-hr@10`. */
export function splitId(split: PartSplit | 'all', measure: string): string {
  return split === 'all' ? measure : `${split}-${measure}`;
}
