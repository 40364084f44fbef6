/** Groups of targets by which every measure of rankings is split, besides warm and cold. */
import { z } from 'zod';

export const targetGroupSchema = z.enum([
  ...(['one-hop', 'multi-hop', 'head', 'tail', 'short-history', 'medium-history', 'long-history'] as const),
]);
export type TargetGroup = z.infer<typeof targetGroupSchema>;

/**
 * Splits of the targets by which rankings are measured: those that occur in a training event, those that
 * never do, and groups.
 */
export type PartSplit = 'warm' | 'cold' | TargetGroup;
export const PART_SPLITS: readonly PartSplit[] = ['warm', 'cold', ...targetGroupSchema.options];

/** In the order of their bits in `Evaluation.groups`. */
export const TARGET_GROUPS: readonly TargetGroup[] = targetGroupSchema.options;

/** Whether a target is in a group. @param bits of the target */
export function inGroup(bits: number, group: TargetGroup): boolean {
  return ((bits >> TARGET_GROUPS.indexOf(group)) & 1) === 1;
}

/** Minimum number of events of a medium and of a long history. */
export const MEDIUM_HISTORY = 5;
export const LONG_HISTORY = 20;
