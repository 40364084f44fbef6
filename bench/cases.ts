/**
 * What is measured. Sizes only: inputs are generated from them in `inputs.ts`, and each library's work is in
 * `peers/`.
 */
import type { DecoderConfig } from '../src/model/decoderConfig';
import type { PresetId } from '../src/recipe/presets';
import type { RunSpec } from '../src/recipe/runSpec';

interface CommonCase {
  readonly id: string;
  /**
   * Too long for a run of all cases on a software adapter: there it is measured only if asked for by name.
   */
  readonly long?: boolean;
  /** Left out on adapters without `shader-f16`. */
  readonly f16?: boolean;
}

/** C [rows, columns] = A [rows, depth] · B [depth, columns]. */
export interface MatmulCase extends CommonCase {
  readonly kind: 'matmul';
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
}

/**
 * One decoder block and the norm after it, forward and backward; loss Σ y·g with a given g. Gradients of the
 * input and of LoRA.
 */
export interface BlockCase extends CommonCase {
  readonly kind: 'block';
  readonly config: DecoderConfig;
  readonly sequences: number;
  readonly length: number;
  readonly rank: number;
}

/**
 * Causal attention over given q, k and v, without rotation, forward and backward; loss Σ o·g with a given g.
 * Gradients of q, k and v.
 */
export interface AttentionCase extends CommonCase {
  readonly kind: 'attention';
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
  readonly sequences: number;
  readonly length: number;
}

/** Mean last hidden state of texts of one length, by the frozen model: the features of a catalogue. */
export interface EmbedCase extends CommonCase {
  readonly kind: 'embed';
  readonly model: string | DecoderConfig;
  readonly texts: number;
  readonly tokens: number;
}

/** Greedy continuation of one prompt by the frozen model; end tokens do not end it. */
export interface GenerateCase extends CommonCase {
  readonly kind: 'generate';
  readonly model: string | DecoderConfig;
  readonly prompt: number;
  readonly tokens: number;
}

/** A whole run of a preset on the sample store, from the files to the record. */
export interface ExperimentCase extends CommonCase {
  readonly kind: 'experiment';
  readonly preset: PresetId;
}

/**
 * Mean cross-entropy of h [rows, depth] · E [columns, depth]ᵀ, forward and backward; E frozen, gradient of h.
 */
export interface CrossEntropyCase extends CommonCase {
  readonly kind: 'crossEntropy';
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
}

/** A whole training step: LoRA on a model, every loss of an arm, clipping, AdamW. */
export interface StepCase extends CommonCase {
  readonly kind: 'step';
  /** A model's folder under public/models, or the shape of one with random weights. */
  readonly model: string | DecoderConfig;
  readonly items: number;
  /** Items per history, and tokens per target's text. */
  readonly history: number;
  readonly text: number;
  readonly spec: Pick<RunSpec, 'seed' | 'model' | 'lora' | 'objective' | 'training'>;
  readonly lambdaGen: number;
  readonly lambdaRec: number;
}

export type BenchCase =
  | MatmulCase
  | BlockCase
  | CrossEntropyCase
  | StepCase
  | AttentionCase
  | EmbedCase
  | GenerateCase
  | ExperimentCase;
