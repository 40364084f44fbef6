/**
 * Every variant of the matrix product: tile × kind × weight format × epilogue, and those for extents that are
 * not whole vectors. gemm.gpu.test.ts has some of each.
 */
import fc from 'fast-check';
import type { WeightFormat } from '../../recipe/runSpec';
import type { Gpu } from '../../gpu/device';
import { openNodeGpu } from '../../gpu/node';
import type { Campaign } from '../../testing/campaign';
import { caseSeed } from '../../testing/seed';
import {
  anyShapes,
  checkProduct,
  EPILOGUES,
  KINDS,
  openBench,
  everyTile,
  vectorShapes,
  type ProductBench,
  type Epilogue,
  type Shape,
} from '../../testing/productCheck';
import type { GemmKind } from './gemmCall';
import { SCALAR_TILE, servesF16, type GemmTile } from './gemmTiles';
import { WEIGHT_FORMATS } from './weightFormat';

/** Each variant is used once; a device that kept them all would only fill memory. */
const MOST_PIPELINES = 100;

/** Kinds that are computed in half precision where B asks for it. */
const F16_KINDS: readonly GemmKind[] = ['NN', 'NT'];

interface Variant {
  readonly tile: GemmTile;
  readonly kind: GemmKind;
  readonly format: WeightFormat;
  readonly epilogue: Epilogue;
  readonly shapes: fc.Arbitrary<Shape>;
  readonly f16?: boolean;
}

async function opened(): Promise<{ readonly gpu: Gpu; readonly bench: ProductBench }> {
  const gpu = await openNodeGpu();
  return { gpu, bench: openBench(gpu.device) };
}

const campaign: Campaign = {
  claim: 'a product of matrices of any size is that of a float64 loop, in every variant of the kernel',
  cases: 2500,
  sample: 2,
  open: async (seed) => {
    let { gpu, bench } = await opened();
    let pipelines = 0;
    const variants: readonly Variant[] = [
      ...everyTile(gpu).flatMap(([, tile]) =>
        KINDS.flatMap((kind) =>
          WEIGHT_FORMATS.flatMap((format) =>
            EPILOGUES.map((epilogue) => ({
              tile,
              kind,
              format,
              epilogue,
              shapes: vectorShapes(kind, tile),
            })),
          ),
        ),
      ),
      ...KINDS.flatMap((kind) =>
        EPILOGUES.map((epilogue) => ({ tile: SCALAR_TILE, kind, format: 'f32' as const, epilogue, shapes: anyShapes() })),
      ),
      // Last, so that cases keep their numbers. A tail is a product of its own.
      ...(gpu.adapter.f16 ? everyTile(gpu) : [])
        .filter(([, tile]) => servesF16(tile))
        .flatMap(([, tile]) =>
          F16_KINDS.flatMap((kind) =>
            WEIGHT_FORMATS.flatMap((format) =>
              EPILOGUES.filter(({ tail }) => !tail).map((epilogue) => ({
                tile,
                kind,
                format,
                epilogue,
                shapes: vectorShapes(kind, tile),
                f16: true,
              })),
            ),
          ),
        ),
    ];
    return {
      cases: variants.length,
      run: async (index) => {
        const { tile, kind, format, epilogue, shapes, f16 = false } = variants[index]!;
        if (pipelines++ === MOST_PIPELINES) {
          gpu.device.destroy();
          ({ gpu, bench } = await opened());
          pipelines = 1;
        }
        await fc.assert(
          fc.asyncProperty(shapes, async (shape) => {
            await checkProduct(bench, tile, kind, format, epilogue, shape, f16);
          }),
          { numRuns: 4, seed: caseSeed(seed, index) },
        );
        return undefined;
      },
      close: () => {
        gpu.device.destroy();
      },
    };
  },
};
export default campaign;
