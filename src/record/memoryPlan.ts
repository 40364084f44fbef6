/** The purposes of GPU memory, and how much of it a run will take. */

import type { Precision } from '../recipe/runSpec';
import type { FileStorage } from './fileStorage';
import { message } from '../words/words';

export const MEMORY_GROUPS = {
  weights: message('frozen weights'),
  arms: message('adapters, gradients and moments'),
  activations: message('activations'),
  cache: message('output of frozen layers'),
  backward: message('backward scratch'),
  losses: message('losses'),
  features: message('item features'),
  evaluation: message('evaluation'),
  other: message('uniforms, reports and copies'),
} as const;
export type MemoryGroup = keyof typeof MEMORY_GROUPS;

const MICRO_BATCHES = message(
  'Raise the micro-batches per step (training.accumulate), or lower the users per step, the longest history or the longest y.',
);
/** Settings that make a group smaller. */
export const MEMORY_ADVICE: Readonly<Record<MemoryGroup, string>> = {
  weights: message('Store the frozen weights in fewer bits (model.precision), or choose a smaller model.'),
  arms: message(
    'Lower the LoRA rank or adapt fewer projections and layers (lora.rank, lora.targets, lora.firstLayer), or go without free item embeddings (objective.itemOutput).',
  ),
  activations: MICRO_BATCHES,
  cache: message('Lower the cache of frozen layers (training.cacheMegabytes).'),
  backward: MICRO_BATCHES,
  losses: message(
    'Lower objective.embeddingSize or use a smaller catalogue; with in-batch candidates lower the users per step or the longest history.',
  ),
  features: message('Use a log with fewer items, or a model with a smaller hidden size.'),
  evaluation: message('Lower evaluation.probes or objective.maxHistory.'),
  other: MICRO_BATCHES,
};

export interface MemoryPlan {
  /** Total bytes, and bytes by group in the order of MEMORY_GROUPS. */
  readonly total: number;
  readonly groups: Readonly<Record<MemoryGroup, number>>;
  /** The largest single buffer, which a device must be able to bind. */
  readonly largest: { readonly group: MemoryGroup; readonly label: string; readonly bytes: number };
}

/** Groups that take memory, largest first. */
export function groupsBySize({ groups }: MemoryPlan): (readonly [MemoryGroup, number])[] {
  return (Object.entries(groups) as [MemoryGroup, number][]).filter(([, bytes]) => bytes > 0).sort(([, a], [, b]) => b - a);
}

/**
 * A plan and, if the run does not fit, why and what to change. Without a plan, recipe and model do not fit
 * together.
 */
export interface MemoryForecast {
  /** How weights are stored: as requested, or as `auto` chose. */
  readonly precision?: Precision;
  /** What `file` means for this model; absent in other precisions, and for other models. */
  readonly fileStorage?: FileStorage;
  readonly plan: MemoryPlan | null;
  readonly problem: string | null;
  /** Why the model cannot be compared with ONNX Runtime here, if it cannot. */
  readonly uncertified?: string;
}

/** `171 MB`, `2.4 MB`. */
export function megabytes(bytes: number): string {
  const size = bytes / 1e6;
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} MB`;
}
