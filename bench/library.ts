/** The interface of a library in the benchmark. */
import type { BlockCase, CrossEntropyCase, MatmulCase, StepCase } from './cases';
import type { BlockInputs, CrossEntropyInputs, MatmulInputs, StepInputs } from './inputs';

export const LIBRARIES = ['ours', 'jax', 'tensorflow'] as const;
export const LIBRARY_NAMES: Readonly<Record<LibraryId, string>> = { ours: 'ours', jax: 'jax-js', tensorflow: 'TensorFlow.js' };
export type LibraryId = (typeof LIBRARIES)[number];

/** Numbers compared between libraries. For a product, which has no gradient: a weighted sum of |C|, and C's norm. */
export interface Outcome {
  readonly loss: number;
  readonly gradNorm: number;
}

export interface Work {
  /** Runs the work once. Resolves when the GPU has done all of it. */
  run(): Promise<void>;
  /** The result of the last run. Not timed. */
  outcome(): Promise<Outcome>;
}

/** One library on its own device. Preparing uploads what stays the same from run to run. */
export interface Library {
  /** @param times products in one run: a GPU computes one in less time than it takes to submit it */
  matmul(benchCase: MatmulCase, inputs: MatmulInputs, times: number): Promise<Work>;
  block(benchCase: BlockCase, inputs: BlockInputs): Promise<Work>;
  crossEntropy(benchCase: CrossEntropyCase, inputs: CrossEntropyInputs): Promise<Work>;
  step(benchCase: StepCase, inputs: StepInputs): Promise<Work>;
}

/** Weighted so that a misplaced entry shows. */
export function productOutcome(c: ArrayLike<number>): Outcome {
  let loss = 0;
  let squares = 0;
  for (let i = 0; i < c.length; i++) {
    const value = c[i] ?? NaN;
    loss += (1 + (i % 97) / 97) * Math.abs(value);
    squares += value * value;
  }
  return { loss, gradNorm: Math.sqrt(squares) };
}

/** Norm over several arrays, in float64. */
export function norm(arrays: readonly Iterable<number>[]): number {
  let squares = 0;
  for (const array of arrays) {
    for (const value of array) squares += value * value;
  }
  return Math.sqrt(squares);
}
