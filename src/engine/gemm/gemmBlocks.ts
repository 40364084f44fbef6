/** Products in blocks whose operands fit the textures that they are copied to. */
import { texelColumns, texelRows, type TexelLayout, type TexelSource } from '../../gpu/texels';
import { isFloat, type GemmCall, type GemmKind, type Matrix } from './gemmCall';
import { QUAD_STEP } from './gemmQuads';

/** A block of C: what is copied of A and B, and its own product, which reads the rest from buffers. */
export interface ProductBlock {
  /** The same object for all blocks that begin in one row. */
  readonly left: TexelSource;
  readonly right: TexelSource;
  /** With all of A and B. */
  readonly product: GemmCall;
}

/** The blocks of a product that `fitsTexels`, row after row. */
export function* blocksOf(call: GemmCall): Generator<ProductBlock> {
  const { kind, rows, columns, depth, a, b } = call;
  const [height, width] = blockSize(call);
  for (let m = 0; m < rows; m += height) {
    const some = Math.min(height, rows - m);
    const left = partOfA(kind, a, depth, m, some);
    for (let n = 0; n < columns; n += width) {
      const few = Math.min(width, columns - n);
      yield { left, right: partOfB(kind, b, depth, n, few), product: blockOf(call, m, n, some, few) };
    }
  }
}

/** `height` rows and `width` columns of C from (`row`, `column`) on, still with all of A and B. */
function blockOf(call: GemmCall, row: number, column: number, height: number, width: number): GemmCall {
  const { kind, out, residual, tail, firstBias = 0 } = call;
  return {
    ...call,
    rows: height,
    columns: width,
    out: part(out, row, column, height, width),
    firstBias: firstBias + column,
    tail: tail && {
      a: partOfA(kind, tail.a, tail.depth, row, height),
      b: partOfB(kind, tail.b, tail.depth, column, width),
      depth: tail.depth,
    },
    ...(residual && { residual: part(residual, row, column, height, width) }),
  };
}

/**
 * The products that make up one whose B is divided, in the order in which they must run: NT's have some
 * columns of C each, those of NN and TN add up over the summed dimension.
 */
export function* shardedProducts(call: GemmCall): Generator<GemmCall> {
  const { kind, rows, columns, depth, a, b, out, alpha = 1 } = call;
  const { shards, offset = 0, ...whole } = b;
  const { stride } = b;
  const firstRow = Math.floor(offset / stride);
  const length = kind === 'NT' ? columns : depth;
  let done = 0;
  do {
    const shard = Math.floor((firstRow + done) / shards!.rows);
    const row = firstRow + done - shard * shards!.rows;
    const count = Math.min(length - done, shards!.rows - row);
    const some = { ...whole, ...shards!.stored[shard]!, offset: row * stride + (offset % stride) };
    if (kind === 'NT') yield { ...blockOf(call, 0, done, rows, count), b: some };
    else {
      const left = kind === 'TN' ? part(a, done, 0, count, rows) : part(a, 0, done, rows, count);
      yield done === 0
        ? { ...call, depth: count, a: left, b: some }
        : { kind, rows, columns, depth: count, alpha, a: left, b: some, out, accumulate: true };
    }
    done += count;
  } while (done < length);
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

/** Where the operands of a block lie in textures. */
export interface CopiedBlock {
  readonly left: TexelLayout;
  readonly right: TexelLayout;
}

/** Uniforms of a kernel that reads them there. */
export function copiedParams({ left, right }: CopiedBlock): Record<string, number> {
  return {
    lda: left.stride,
    banda: left.band,
    abreasta: left.abreast,
    ldb: right.stride,
    bandb: right.band,
    abreastb: right.abreast,
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
