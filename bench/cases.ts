/** What is measured. Sizes only: inputs are generated from them in `inputs.ts`, and each library's work is in `peers/`. */
import type { DecoderConfig } from '../src/model/decoderConfig';
import type { RunSpec } from '../src/recipe/runSpec';

/** C [rows, columns] = A [rows, depth] · B [depth, columns]. */
export interface MatmulCase {
  readonly kind: 'matmul';
  readonly id: string;
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
}

/** One decoder block and the norm after it, forward and backward; loss Σ y·g with a given g. Gradients of the input and of LoRA. */
export interface BlockCase {
  readonly kind: 'block';
  readonly id: string;
  readonly config: DecoderConfig;
  readonly sequences: number;
  readonly length: number;
  readonly rank: number;
}

/** Mean cross-entropy of h [rows, depth] · E [columns, depth]ᵀ, forward and backward; E frozen, gradient of h. */
export interface CrossEntropyCase {
  readonly kind: 'crossEntropy';
  readonly id: string;
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
}

/** A whole training step: LoRA on a model, every loss of an arm, clipping, AdamW. */
export interface StepCase {
  readonly kind: 'step';
  readonly id: string;
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

export type BenchCase = MatmulCase | BlockCase | CrossEntropyCase | StepCase;
