/** Every variant of the matrix product: tile × kind × weight format × epilogue, and those for extents that are not whole vectors. gemm.test.ts has some of each. */
import fc from 'fast-check';
import type { Gpu } from '../../gpu/device';
import { openNodeGpu } from '../../gpu/node';
import { Recorder } from '../../gpu/recorder';
import { Memory } from '../../gpu/tensor';
import { caseSeed, type Campaign } from '../../testing/campaign';
import { anyShapes, checkProduct, EPILOGUES, KINDS, tilesOf, vectorShapes, type Bench } from '../../testing/productCheck';
import { SCALAR_TILE } from './gemmTiles';
import { WEIGHT_FORMATS } from './weightFormat';

/** Each variant is used once; a device that kept them all would only fill memory. */
const MOST_PIPELINES = 100;

async function opened(): Promise<{ readonly gpu: Gpu; readonly bench: Bench }> {
  const gpu = await openNodeGpu();
  const memory = new Memory(gpu.device);
  return { gpu, bench: { memory, recorder: new Recorder(memory, 16) } };
}

const campaign: Campaign = {
  claim: 'a product of matrices of any size is that of a float64 loop, in every variant of the kernel',
  cases: 2500,
  sample: 2,
  open: async (seed) => {
    let { gpu, bench } = await opened();
    let pipelines = 0;
    const variants = [
      ...tilesOf(gpu).flatMap(([, tile]) =>
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
    ];
    return {
      cases: variants.length,
      run: async (index) => {
        const { tile, kind, format, epilogue, shapes } = variants[index]!;
        if (pipelines++ === MOST_PIPELINES) {
          gpu.device.destroy();
          ({ gpu, bench } = await opened());
          pipelines = 1;
        }
        await fc.assert(
          fc.asyncProperty(shapes, (shape) => checkProduct(bench, tile, kind, format, epilogue, shape)),
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
