/** What GPU memory is taken for, and how much of it a run will take. */

import type { Precision } from '../recipe/runSpec';

export const MEMORY_GROUPS = {
  weights: 'frozen weights',
  arms: 'adapters, gradients and moments',
  activations: 'activations',
  cache: 'output of frozen layers',
  backward: 'backward scratch',
  losses: 'losses',
  features: 'item features',
  evaluation: 'evaluation',
  other: 'uniforms and reports',
} as const;
export type MemoryGroup = keyof typeof MEMORY_GROUPS;

export interface MemoryPlan {
  /** Bytes in all, and by group in the order of MEMORY_GROUPS. */
  readonly total: number;
  readonly groups: Readonly<Record<MemoryGroup, number>>;
  /** The largest single buffer, which a device has to be able to bind. */
  readonly largest: { readonly group: MemoryGroup; readonly label: string; readonly bytes: number };
}

/** Groups that take anything, the largest first. */
export function groupsBySize({ groups }: MemoryPlan): (readonly [MemoryGroup, number])[] {
  return (Object.entries(groups) as [MemoryGroup, number][]).filter(([, bytes]) => bytes > 0).sort(([, a], [, b]) => b - a);
}

/** A plan and, where the run cannot be had so, why and what to change. Without a plan, recipe and model do not fit together. */
export interface MemoryForecast {
  /** How weights are stored: as asked for, or as `auto` chose. */
  readonly precision?: Precision;
  readonly plan: MemoryPlan | null;
  readonly problem: string | null;
  /** Why the model cannot be compared with ONNX Runtime here, where that is so. */
  readonly uncertified?: string;
}

/** `171 MB`, `2.4 MB`. */
export function megabytes(bytes: number): string {
  const size = bytes / 1e6;
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} MB`;
}
