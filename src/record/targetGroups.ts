/** Groups of targets by which every measure of rankings is split, besides warm and cold. */
import { z } from 'zod';

export const targetGroupSchema = z.enum([
  ...(['one-hop', 'multi-hop', 'head', 'tail', 'short-history', 'medium-history', 'long-history'] as const),
]);
export type TargetGroup = z.infer<typeof targetGroupSchema>;

/** In the order of their bits in `Evaluation.groups`. */
export const TARGET_GROUPS: readonly TargetGroup[] = targetGroupSchema.options;

/** Whether a target is in a group. @param bits of the target */
export function inGroup(bits: number, group: TargetGroup): boolean {
  return ((bits >> TARGET_GROUPS.indexOf(group)) & 1) === 1;
}

/** Minimum number of events of a medium and of a long history. */
export const MEDIUM_HISTORY = 5;
export const LONG_HISTORY = 20;

/** Follows “Targets”: which ones are in a group. */
export const GROUP_WORDS: Readonly<Record<TargetGroup, string>> = {
  'one-hop': 'that directly follow the last item of their history in some training history',
  'multi-hop': 'that never directly follow the last item of their history in training',
  head: 'among the 10 % of items with the most training events',
  tail: 'among the 90 % of items with the fewest training events',
  'short-history': `with fewer than ${MEDIUM_HISTORY} events before them`,
  'medium-history': `with ${MEDIUM_HISTORY} to ${LONG_HISTORY - 1} events before them`,
  'long-history': `with ${LONG_HISTORY} events or more before them`,
};
