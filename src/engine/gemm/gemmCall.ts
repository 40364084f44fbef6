/** One matrix product, as it is asked for. */
import type { WeightFormat } from '../../recipe/runSpec';
import type { Tensor } from '../../gpu/tensor';

/** Where the numbers of a matrix are, and the scales of its blocks. */
export interface Stored {
  readonly tensor: Tensor;
  readonly scales?: Tensor;
}

/** A matrix inside a tensor: element (r, c) is at offset + r·stride + c. */
export interface Matrix extends Stored {
  readonly stride: number;
  /** Elements before (0, 0). */
  readonly offset?: number;
  /** How it is stored (default f32; only B of a product may differ). */
  readonly format?: WeightFormat;
  /**
   * Where its rows are if one binding cannot hold them, those of `tensor` and `scales` included. Only B of a
   * product may be divided.
   */
  readonly shards?: Shards;
  /**
   * Products NT and NN with this B multiply half floats, which float32 accumulators sum. The A of NN is taken
   * for a gradient (`f16Scale`).
   */
  readonly f16?: boolean;
}

/**
 * Rows i·rows, …, (i + 1)·rows − 1 of a matrix in the i-th of several places, each with the matrix's stride
 * and no offset.
 */
export interface Shards {
  readonly rows: number;
  readonly stored: readonly Stored[];
}

/** Rows `first`, …, `first + rows − 1` of a matrix, in one place. */
export interface Shard extends Stored {
  readonly first: number;
  readonly rows: number;
}

/**
 * All rows from element 0 of a matrix's tensor on, shard by shard; one shard without an end if it is not
 * divided.
 */
export function shardsOf({ tensor, scales, shards }: Matrix): readonly Shard[] {
  if (shards === undefined) return [{ tensor, ...(scales && { scales }), first: 0, rows: 0xffff_ffff }];
  return shards.stored.map((stored, index) => ({ ...stored, first: index * shards.rows, rows: shards.rows }));
}

/** Which operands are transposed: A·B, A·Bᵀ or Aᵀ·B. */
export type GemmKind = 'NN' | 'NT' | 'TN';

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
  /** Elements of `bias` before that of the first column. */
  readonly firstBias?: number;
  /** Added to the product; same shape and stride conventions as `out`. */
  readonly residual?: Matrix;
  /** Add to what `out` holds instead of replacing it. */
  readonly accumulate?: boolean;
}

/** Whether a matrix is stored in f32. */
export function isFloat({ format = 'f32' }: Matrix): boolean {
  return format === 'f32';
}
