/**
 * What both peers need to know about a training step. All sequences have the same length, so padding costs no
 * one.
 */
import type { EncodedExample } from '../../src/engine/decoder/sequence';
import type { StepCase } from '../cases';

/** Trainable parameters outside LoRA that an arm uses. */
export function headNames({ lambdaRec }: StepCase): string[] {
  return ['w_in', 'b_in', 'w_o', 'w_e', 'emb', 'log_scale', ...(lambdaRec > 0 ? ['w_d', 'b_d'] : [])];
}

/** AdamW decays matrices only. */
export function isDecayed(name: string): boolean {
  return name.startsWith('lora.') || name.startsWith('w_');
}

/** What a step uploads: items of all histories, targets of all predictions, text tokens. */
export function batchIndices(batch: readonly EncodedExample[]): {
  readonly items: Int32Array;
  readonly targets: Int32Array;
  readonly tokens: Int32Array;
} {
  return {
    items: Int32Array.from(batch.flatMap(({ history }) => history)),
    targets: Int32Array.from(batch.flatMap(({ history, target }) => [...history.slice(1), target])),
    tokens: Int32Array.from(batch.flatMap(({ text }) => text)),
  };
}
