/**
 * Dense matrix products over row-major f32, in generated WGSL:
 *   NT  C = α·A[M,K]·B[N,K]ᵀ   · NN  C = α·A[M,K]·B[K,N]   · TN  C = α·A[K,M]ᵀ·B[K,N]
 * with an optional second product of the same kind (`tail`, LoRA's low-rank part: + A2·B2), a bias over
 * columns, and either `+ residual` or `+ C` (accumulate). Leading dimensions and offsets let it work on
 * sub-matrices; B may be stored in fewer bits (`weightFormat.ts`), and ask for half-precision arithmetic, or
 * be divided into tensors of some of its rows.
 */
import type { WeightFormat } from '../../recipe/runSpec';
import type { Kernel, KernelCache } from '../../gpu/kernel';
import type { Recorder } from '../../gpu/recorder';
import type { Memory, Tensor } from '../../gpu/tensor';
import { createTexels, TEXELS_HEIGHT, TEXELS_WIDTH, texelLayout, type Texels, type TexelSource } from '../../gpu/texels';
import { blocksOf, copiedParams, fitsTexels, shardedProducts, type CopiedBlock } from './gemmBlocks';
import { isFloat, type GemmCall, type Matrix } from './gemmCall';
import { gemmSource, type GemmVariant } from './gemmSource';
import { QUAD_STEP, quadGemmSource } from './gemmQuads';
import { stagedGemmSource } from './gemmStaged';
import { texelGemmSource } from './gemmTexels';
import { chooseTile, SCALAR_TILE, tileName, type GemmTile, type RatedTile } from './gemmTiles';
import { widenSource } from './weightFormat';

export type { GemmCall, GemmKind, Matrix } from './gemmCall';

export class Gemm {
  /** What A and B are copied to for tiles that read textures; null without such tiles. */
  private readonly copies: { readonly texels: { readonly A: Texels; readonly B: Texels }; readonly zeros: Tensor } | null;

  /** Weights of a block in float32, from which they are copied; null until `reserve`. */
  private widened: Tensor | null = null;

  private watcher: ((call: GemmCall) => void) | null = null;

  /**
   * @param tiles to choose from in each call
   * @param memory in which copies of operands are kept, if a tile needs them
   */
  constructor(
    private readonly kernels: KernelCache,
    private readonly recorder: Recorder,
    private readonly tiles: readonly RatedTile[],
    private readonly memory: Memory,
  ) {
    const needed = tiles.some(({ tile }) => tile.texels === true);
    this.copies = needed
      ? {
          texels: { A: createTexels(memory, 'copy of A'), B: createTexels(memory, 'copy of B') },
          zeros: memory.tensor(4 * TEXELS_WIDTH, 'zeros'),
        }
      : null;
  }

  /**
   * Allocates what products with B in that format need besides. Without it they are correct, but slower where
   * tiles read textures.
   */
  reserve(format: WeightFormat): void {
    if (format === 'f32' || this.copies === null) return;
    this.widened ??= this.memory.tensor(4 * TEXELS_WIDTH * TEXELS_HEIGHT, 'widened weights');
  }

  /**
   * Tells `watcher` of every product that is queued while `body` runs, as kernels compute it: of a divided B
   * part by part.
   */
  async watch(watcher: (call: GemmCall) => void, body: () => Promise<unknown>): Promise<void> {
    this.watcher = watcher;
    try {
      await body();
    } finally {
      this.watcher = null;
    }
  }

  /**
   * Queues one product. Extents of zero are skipped unless the result must be cleared.
   * @throws RangeError when a quantised B does not have rows of whole vectors.
   */
  run(call: GemmCall): void {
    if (call.rows === 0 || call.columns === 0) return;
    if (call.b.shards !== undefined) {
      for (const product of shardedProducts(call)) this.run(product);
      return;
    }
    const vector = alignedTo(4, call);
    const { tail } = call;
    const f16 = vector && call.b.f16 === true && call.kind !== 'TN';
    // Quantised weights are read as whole vectors; a low-rank part whose rank is not a multiple of 4 is then
    // a separate product, as one in f32 is.
    if (tail !== undefined && (f16 || (!vector && !isFloat(call.b)))) {
      const { kind, rows, columns, alpha = 1, out } = call;
      this.run({ ...call, tail: undefined });
      this.run({ kind, rows, columns, depth: tail.depth, a: tail.a, b: tail.b, out, alpha, accumulate: true });
      return;
    }
    this.watcher?.(call);
    const aligned = vector && alignedTo(QUAD_STEP, call);
    const copies = aligned && (isFloat(call.b) || this.widened !== null) && fitsTexels(call);
    const tile = vector ? chooseTile(this.tiles, { ...call, aligned, copies, f16 }) : SCALAR_TILE;
    if (tile.texels === true) this.runCopied(call, tile);
    else this.dispatch(call, tile, { vector, f16 });
  }

  /** A product whose operands are copied to textures, block by block where they do not fit. */
  private runCopied(call: GemmCall, tile: GemmTile): void {
    const { texels, zeros } = this.copies!;
    // Of rows that are numbers of the summed dimension, all that a step reads must be numbers.
    const missing = (QUAD_STEP - (call.depth % QUAD_STEP)) % QUAD_STEP;
    const after = missing > 0 && { after: { rows: missing, zeros } };
    let copied: TexelSource | null = null;
    for (const { left, right, product } of blocksOf(call)) {
      if (left !== copied) this.recorder.copy({ ...left, ...after }, texels.A);
      copied = left;
      const floats = this.floats(call.b, right);
      this.recorder.copy({ ...floats, ...after }, texels.B);
      const block = { left: texelLayout(left), right: texelLayout(floats) };
      this.dispatch({ ...product, b: floats }, tile, { vector: true, f16: false }, block);
    }
  }

  /** Part of B in float32. */
  private floats(b: Matrix, source: TexelSource): TexelSource {
    if (isFloat(b)) return source;
    const { stride, offset, height, width } = source;
    const scales = b.scales === undefined ? {} : { B_scales: b.scales };
    this.recorder.dispatch({
      kernel: this.kernels.source(`widen ${b.format}`, '', () => widenSource(b.format!)),
      storage: { B: b.tensor, ...scales, out: this.widened! },
      params: { offset, stride, columns: width / 4, vectors: (height * width) / 4 },
      threads: (height * width) / 4,
    });
    return { tensor: this.widened!, stride: width, offset: 0, height, width };
  }

  private dispatch(
    call: GemmCall,
    tile: GemmTile,
    { vector, f16 }: Pick<GemmVariant, 'vector' | 'f16'>,
    copied?: CopiedBlock,
  ): void {
    const { tail } = call;
    const format = call.b.format ?? 'f32';
    const variant: GemmVariant = {
      kind: call.kind,
      tile,
      vector,
      format,
      f16,
      tail: call.tail !== undefined,
      bias: call.bias !== undefined,
      residual: call.residual !== undefined,
      accumulate: call.accumulate ?? false,
    };
    if (format !== 'f32' && !vector)
      throw new RangeError(`a product with ${format} weights needs extents that are multiples of 4`);
    const { residual } = call;
    const storage: Record<string, Tensor> = { A: call.a.tensor, B: call.b.tensor, C: call.out.tensor };
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
      offbias: call.firstBias ?? 0,
      ...(copied && copiedParams(copied)),
    };
    const workgroups = [
      Math.ceil(call.columns / (tile.columns * tile.groupColumns)),
      Math.ceil(call.rows / (tile.rows * tile.groupRows)),
      1,
    ] as const;
    const flops = 2 * call.rows * call.columns * (call.depth + (tail?.depth ?? 0));
    this.recorder.dispatch({
      kernel: this.kernel(variant),
      storage,
      params,
      workgroups,
      flops,
      ...(copied && { texels: this.copies!.texels }),
    });
  }

  private kernel(variant: GemmVariant): Kernel {
    const { kind, tile, format, f16 } = variant;
    const name = [`gemm_${kind}`, tileName(tile), ...(format === 'f32' ? [] : [format]), ...(f16 ? ['in f16'] : [])].join(' ');
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
