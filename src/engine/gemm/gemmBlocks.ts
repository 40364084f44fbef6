/** Products in blocks whose operands fit the textures that they are copied to. */
import { texelColumns, texelRows, type TexelLayout, type TexelSource } from '../../gpu/texels';
import { isFloat, type GemmCall, type Matrix } from './gemmCall';
import { QUAD_STEP } from './gemmQuads';
import type { GemmKind } from './gemmSource';

/** A block of C: what is copied of A and B, and its own product, which reads the rest from buffers. */
export interface ProductBlock {
  /** The same object for all blocks that begin in one row. */
  readonly left: TexelSource;
  readonly right: TexelSource;
  /** The block's first column of C. */
  readonly column: number;
  /** With all of B. */
  readonly product: GemmCall;
}

/** The blocks of a product that `fitsTexels`, row after row. */
export function* blocksOf(call: GemmCall): Generator<ProductBlock> {
  const { kind, rows, columns, depth, a, b, out, residual, tail } = call;
  const [height, width] = blockSize(call);
  for (let m = 0; m < rows; m += height) {
    const some = Math.min(height, rows - m);
    const left = partOfA(kind, a, depth, m, some);
    for (let n = 0; n < columns; n += width) {
      const few = Math.min(width, columns - n);
      const product = {
        ...call,
        rows: some,
        columns: few,
        out: part(out, m, n, some, few),
        tail: tail && {
          a: partOfA(kind, tail.a, tail.depth, m, some),
          b: partOfB(kind, tail.b, tail.depth, n, few),
          depth: tail.depth,
        },
        ...(residual && { residual: part(residual, m, n, some, few) }),
      };
      yield { left, right: partOfB(kind, b, depth, n, few), column: n, product };
    }
  }
}

/** Part of a matrix. */
function part({ tensor, stride, offset = 0 }: Matrix, row: number, column: number, height: number, width: number): TexelSource {
  return { tensor, stride, offset: offset + row * stride + column, height, width };
}

/** What `count` rows of C from `first` on need of A, which `depth` numbers are summed along. */
function partOfA(kind: GemmKind, a: Matrix, depth: number, first: number, count: number): TexelSource {
  return kind === 'TN' ? part(a, 0, first, depth, count) : part(a, first, 0, count, depth);
}

/** The same of B, for columns of C. */
function partOfB(kind: GemmKind, b: Matrix, depth: number, first: number, count: number): TexelSource {
  return kind === 'NT' ? part(b, first, 0, count, depth) : part(b, 0, first, depth, count);
}

/** Where the operands of a block lie in textures, and the first of its columns in the whole product. */
export interface CopiedBlock {
  readonly left: TexelLayout;
  readonly right: TexelLayout;
  readonly column: number;
}

/** Uniforms of a kernel that reads them there. */
export function copiedParams({ left, right, column }: CopiedBlock): Record<string, number> {
  return {
    lda: left.stride,
    banda: left.band,
    abreasta: left.abreast,
    ldb: right.stride,
    bandb: right.band,
    abreastb: right.abreast,
    column,
  };
}

/** Fewest rows and columns of a block that is worth copying. */
const LEAST_BLOCK = 64;

/**
 * Whether operands can be copied to textures in blocks that are worth it.
 * @param call with extents, strides and offsets along rows that are multiples of 8
 */
export function fitsTexels(call: GemmCall): boolean {
  const { depth, rows, columns } = call;
  if (depth === 0) return false;
  const [height, width] = blockSize(call);
  return height >= Math.min(rows, LEAST_BLOCK) && width >= Math.min(columns, LEAST_BLOCK);
}

/** Rows and columns of C whose operands textures hold, whole workgroups' but for the last block. */
function blockSize({ kind, depth, a, b }: GemmCall): readonly [number, number] {
  const whole = (n: number): number => Math.floor(n / LEAST_BLOCK) * LEAST_BLOCK;
  const steps = QUAD_STEP * Math.ceil(depth / QUAD_STEP);
  const of = (matrix: Matrix, across: boolean): number => {
    // Widened rows lie side by side.
    const stride = isFloat(matrix) ? matrix.stride : across ? LEAST_BLOCK : depth;
    return whole(across ? texelColumns(steps, stride) : texelRows(depth, stride));
  };
  return [of(a, kind === 'TN'), of(b, kind !== 'NT')];
}
