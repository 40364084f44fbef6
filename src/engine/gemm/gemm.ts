/**
 * Dense matrix products over row-major f32, in generated WGSL:
 *   NT  C = α·A[M,K]·B[N,K]ᵀ   · NN  C = α·A[M,K]·B[K,N]   · TN  C = α·A[K,M]ᵀ·B[K,N]
 * with an optional second product of the same kind (`tail`, LoRA's low-rank part: + A2·B2), a bias over columns, and either `+ residual` or `+ C`
 * (accumulate). Leading dimensions and offsets let it work on sub-matrices; B may be stored in fewer bits (`weightFormat.ts`).
 */
import type { Kernel, KernelCache } from '../../gpu/kernel';
import type { Recorder } from '../../gpu/recorder';
import type { Memory, Tensor } from '../../gpu/tensor';
import { TEXEL_STRIDE, texelColumns, texelRows, type Texels } from '../../gpu/texels';
import { gemmSource, type GemmKind, type GemmVariant } from './gemmSource';
import { QUAD_STEP, quadGemmSource } from './gemmQuads';
import { stagedGemmSource } from './gemmStaged';
import { texelGemmSource } from './gemmTexels';
import { chooseTile, SCALAR_TILE, tileName, type GemmTile, type RatedTile } from './gemmTiles';
import type { WeightFormat } from './weightFormat';

export type { GemmKind } from './gemmSource';

/** A matrix inside a tensor: element (r, c) is at offset + r·stride + c. */
export interface Matrix {
  readonly tensor: Tensor;
  readonly stride: number;
  /** Elements before (0, 0). */
  readonly offset?: number;
  /** How it is stored (default f32; only B of a product may differ), and the scales of its blocks. */
  readonly format?: WeightFormat;
  readonly scales?: Tensor;
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

export class Gemm {
  /** What A and B are copied to for tiles that read textures; null without such tiles. */
  private readonly copies: { readonly A: Texels; readonly B: Texels } | null;

  /** @param tiles to choose from in each call @param memory in which copies of operands are kept, if a tile needs them */
  constructor(
    private readonly kernels: KernelCache,
    private readonly recorder: Recorder,
    private readonly tiles: readonly RatedTile[],
    memory: Memory,
  ) {
    const needed = tiles.some(({ tile }) => tile.texels === true);
    this.copies = needed ? { A: memory.texels('copy of A'), B: memory.texels('copy of B') } : null;
  }

  /**
   * Queues one product. Extents of zero are skipped unless the result must be cleared.
   * @throws RangeError when a quantised B does not have rows of whole vectors.
   */
  run(call: GemmCall): void {
    if (call.rows === 0 || call.columns === 0) return;
    const vector = alignedTo(4, call);
    const { tail } = call;
    // Quantised weights are read as whole vectors; a low-rank part whose rank is not a multiple of 4 is then a separate product.
    if (!vector && tail !== undefined && (call.b.format ?? 'f32') !== 'f32') {
      const { kind, rows, columns, alpha = 1, out } = call;
      this.run({ ...call, tail: undefined });
      this.run({ kind, rows, columns, depth: tail.depth, a: tail.a, b: tail.b, out, alpha, accumulate: true });
      return;
    }
    const aligned = vector && alignedTo(QUAD_STEP, call);
    const tile = vector ? chooseTile(this.tiles, { ...call, aligned, copies: aligned && fitsTexels(call) }) : SCALAR_TILE;
    if (tile.texels === true) this.runCopied(call, tile);
    else this.dispatch(call, tile, vector);
  }

  /** A product whose operands are copied to textures, block by block where they do not fit. */
  private runCopied(call: GemmCall, tile: GemmTile): void {
    const { kind, rows, columns, depth, a, b, out, residual } = call;
    const { A, B } = this.copies!;
    const [height, width] = texelBlock(call);
    const part = (matrix: Matrix, row: number, column: number): Matrix => ({
      ...matrix,
      offset: (matrix.offset ?? 0) + row * matrix.stride + column,
    });
    for (let m = 0; m < rows; m += height) {
      const some = Math.min(height, rows - m);
      const { tensor, stride, offset = 0 } = kind === 'TN' ? part(a, 0, m) : part(a, m, 0);
      const [high, wide] = kind === 'TN' ? [depth, some] : [some, depth];
      this.recorder.copy({ tensor, stride, offset, height: high, width: wide }, A);
      for (let n = 0; n < columns; n += width) {
        const few = Math.min(width, columns - n);
        const from = kind === 'NT' ? part(b, n, 0) : part(b, 0, n);
        const [deep, broad] = kind === 'NT' ? [few, depth] : [depth, few];
        this.recorder.copy({ ...from, offset: from.offset ?? 0, height: deep, width: broad }, B);
        this.dispatch(
          {
            ...call,
            rows: some,
            columns: few,
            a: { tensor, stride: wide / 4 },
            // With its first column, where the block's bias begins.
            b: { tensor: b.tensor, stride: broad / 4, offset: n },
            out: part(out, m, n),
            ...(residual && { residual: part(residual, m, n) }),
          },
          tile,
          true,
        );
      }
    }
  }

  private dispatch(call: GemmCall, tile: GemmTile, vector: boolean): void {
    const { tail } = call;
    const format = call.b.format ?? 'f32';
    const variant: GemmVariant = {
      kind: call.kind,
      tile,
      vector,
      format,
      tail: call.tail !== undefined,
      bias: call.bias !== undefined,
      residual: call.residual !== undefined,
      accumulate: call.accumulate ?? false,
    };
    if (format !== 'f32' && !vector)
      throw new RangeError(`a product with ${format} weights needs extents that are multiples of 4`);
    const { residual } = call;
    const storage: Record<string, Tensor> = { A: call.a.tensor, B: call.b.tensor, C: call.out.tensor };
    const texels = tile.texels === true ? { texels: this.copies! } : {};
    if (call.b.scales !== undefined) storage.B_scales = call.b.scales;
    if (tail !== undefined) Object.assign(storage, { A2: tail.a.tensor, B2: tail.b.tensor });
    if (call.bias !== undefined) storage.bias = call.bias;
    if (residual !== undefined) storage.R = residual.tensor;
    const params: Record<string, number> = {
      M: call.rows,
      N: call.columns,
      K: call.depth,
      alpha: call.alpha ?? 1,
      lda: call.a.stride,
      offa: call.a.offset ?? 0,
      ldb: call.b.stride,
      offb: call.b.offset ?? 0,
      ldc: call.out.stride,
      offc: call.out.offset ?? 0,
      K2: tail?.depth ?? 0,
      lda2: tail?.a.stride ?? 0,
      offa2: tail?.a.offset ?? 0,
      ldb2: tail?.b.stride ?? 0,
      offb2: tail?.b.offset ?? 0,
      ldr: residual?.stride ?? 0,
      offr: residual?.offset ?? 0,
    };
    const workgroups = [
      Math.ceil(call.columns / (tile.columns * tile.groupColumns)),
      Math.ceil(call.rows / (tile.rows * tile.groupRows)),
      1,
    ] as const;
    const flops = 2 * call.rows * call.columns * (call.depth + (tail?.depth ?? 0));
    this.recorder.dispatch({ kernel: this.kernel(variant), storage, params, workgroups, flops, ...texels });
  }

  private kernel(variant: GemmVariant): Kernel {
    const { kind, tile, format } = variant;
    const name = [`gemm_${kind}`, tileName(tile), ...(format === 'f32' ? [] : [format])].join(' ');
    return this.kernels.source(name, JSON.stringify(variant), () => variantSource(variant));
  }
}

/** WGSL of a variant, with operands in registers or staged as its tile says. */
export function variantSource(variant: GemmVariant): string {
  const { staged, quads, texels } = variant.tile;
  if (texels === true) return texelGemmSource(variant);
  if (quads === true) return quadGemmSource(variant);
  return staged === undefined ? gemmSource(variant) : stagedGemmSource(variant, staged);
}

/** Fewest rows and columns of a block that is worth copying. */
const LEAST_BLOCK = 64;

/**
 * Whether operands can be copied to textures: floats, whose rows are far enough apart for a copy, and of which a texture holds a block that is worth it. A
 * low-rank part is not copied.
 */
function fitsTexels(call: GemmCall): boolean {
  const { a, b, depth, rows, columns, tail } = call;
  if ((b.format ?? 'f32') !== 'f32' || tail !== undefined || depth === 0) return false;
  if (a.stride % TEXEL_STRIDE !== 0 || b.stride % TEXEL_STRIDE !== 0) return false;
  const [height, width] = texelBlock(call);
  return height >= Math.min(rows, LEAST_BLOCK) && width >= Math.min(columns, LEAST_BLOCK);
}

/** Rows and columns of C whose operands textures hold: whole workgroups', but for the last block. */
function texelBlock({ kind, depth }: GemmCall): readonly [number, number] {
  const along = texelRows(depth);
  const across = texelColumns(depth);
  const whole = (n: number): number => Math.floor(n / LEAST_BLOCK) * LEAST_BLOCK;
  return [whole(kind === 'TN' ? across : along), whole(kind === 'NT' ? along : across)];
}

/** Whether all extents, strides and offsets along rows are multiples of `unit`. */
function alignedTo(unit: number, call: GemmCall): boolean {
  const matrices = [call.a, call.b, call.out, call.residual, call.tail?.a, call.tail?.b];
  const rows = matrices.every(
    (matrix) => matrix === undefined || (matrix.stride % unit === 0 && (matrix.offset ?? 0) % unit === 0),
  );
  if (!rows || call.columns % unit !== 0) return false;
  if (call.kind === 'TN') return call.rows % unit === 0;
  return call.depth % unit === 0 && (call.tail?.depth ?? 0) % unit === 0;
}
