/** The interface of a library in the benchmark. */
import type { TimedTile } from '../src/engine/gemm/ratings';
import type {
  AttentionCase,
  BenchCase,
  BlockCase,
  CrossEntropyCase,
  EmbedCase,
  ExperimentCase,
  GenerateCase,
  MatmulCase,
  StepCase,
} from './cases';
import type {
  AttentionInputs,
  BlockInputs,
  CrossEntropyInputs,
  ExperimentInputs,
  MatmulInputs,
  StepInputs,
  TokenInputs,
} from './inputs';

export const LIBRARIES = ['ours', 'jax', 'tensorflow', 'onnx', 'torch'] as const;
export const LIBRARY_NAMES: Readonly<Record<LibraryId, string>> = {
  ours: 'ours',
  jax: 'jax-js',
  tensorflow: 'TensorFlow.js',
  onnx: 'ONNX Runtime',
  torch: 'PyTorch',
};
export type LibraryId = (typeof LIBRARIES)[number];

/**
 * Numbers compared between libraries. For a product, which has no gradient: a weighted sum of |C|, and C's
 * norm.
 */
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

/**
 * Which libraries can do a kind of work, apart from us: an inference engine trains nothing. PyTorch needs a
 * process beside the browser.
 */
const PEERS: Readonly<Record<BenchCase['kind'], readonly LibraryId[]>> = {
  matmul: ['jax', 'tensorflow', 'torch'],
  block: ['jax', 'tensorflow'],
  crossEntropy: ['jax', 'tensorflow'],
  step: ['jax', 'tensorflow', 'torch'],
  attention: ['jax', 'tensorflow'],
  embed: ['jax', 'onnx'],
  generate: ['onnx'],
  experiment: [],
};

/** Those of the given libraries that take part in a case. */
export function contestants(
  { kind, f16 = false }: Pick<BenchCase, 'kind' | 'f16'>,
  libraries: readonly LibraryId[],
): readonly LibraryId[] {
  return libraries.filter((id) => id === 'ours' || (!f16 && PEERS[kind].includes(id)));
}

/**
 * One library on its own device. It has a method for each kind of work that it can do. Preparing uploads what
 * stays the same from run to run.
 */
export interface Library {
  /** The tiles that our engine timed when it was opened. */
  readonly tiles?: readonly TimedTile[];
  /** @param times products in one run: a GPU computes one in less time than it takes to submit it */
  matmul?(benchCase: MatmulCase, inputs: MatmulInputs, times: number): Promise<Work>;
  block?(benchCase: BlockCase, inputs: BlockInputs): Promise<Work>;
  crossEntropy?(benchCase: CrossEntropyCase, inputs: CrossEntropyInputs): Promise<Work>;
  step?(benchCase: StepCase, inputs: StepInputs): Promise<Work>;
  attention?(benchCase: AttentionCase, inputs: AttentionInputs): Promise<Work>;
  embed?(benchCase: EmbedCase, inputs: TokenInputs): Promise<Work>;
  generate?(benchCase: GenerateCase, inputs: TokenInputs): Promise<Work>;
  experiment?(benchCase: ExperimentCase, inputs: ExperimentInputs): Promise<Work>;
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

/** A continuation, as numbers that are compared: the mean of −log p, and the tokens in their order. */
export function writtenOutcome(written: readonly { readonly token: number; readonly probability: number }[]): Outcome {
  const loss = written.reduce((sum, { probability }) => sum - Math.log(probability), 0) / written.length;
  const gradNorm = written.reduce((sum, { token }, place) => sum + (1 + token) * (1 + (place % 7)), 0);
  return { loss, gradNorm };
}

/** Norm over several arrays, in float64. */
export function norm(arrays: readonly Iterable<number>[]): number {
  let squares = 0;
  for (const array of arrays) {
    for (const value of array) squares += value * value;
  }
  return Math.sqrt(squares);
}
