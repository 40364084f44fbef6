/** One matrix product, as it is asked for. */
import type { Tensor } from '../../gpu/tensor';
import type { GemmKind } from './gemmSource';
import type { WeightFormat } from './weightFormat';

/** A matrix inside a tensor: element (r, c) is at offset + r·stride + c. */
export interface Matrix {
  readonly tensor: Tensor;
  readonly stride: number;
  /** Elements before (0, 0). */
  readonly offset?: number;
  /** How it is stored (default f32; only B of a product may differ), and the scales of its blocks. */
  readonly format?: WeightFormat;
  readonly scales?: Tensor;
  /** Products NT and NN with this B multiply half floats, which float32 accumulators sum. The A of NN is taken for a gradient (`f16Scale`). */
  readonly f16?: boolean;
}

export interface GemmCall {
  readonly kind: GemmKind;
  readonly rows: number;
  readonly columns: number;
  /** Length of the summed dimension. */
  readonly depth: number;
  readonly a: Matrix;
  readonly b: Matrix;
  readonly out: Matrix;
  readonly alpha?: number;
  readonly tail?: { readonly a: Matrix; readonly b: Matrix; readonly depth: number } | undefined;
  readonly bias?: Tensor;
  /** Added to the product; same shape and stride conventions as `out`. */
  readonly residual?: Matrix;
  /** Add to what `out` holds instead of replacing it. */
  readonly accumulate?: boolean;
}

/** Whether a matrix is stored in f32. */
export function isFloat({ format = 'f32' }: Matrix): boolean {
  return format === 'f32';
}
