/**
 * Which GEMM tiles are fast on an adapter: candidates are timed once on one product, and the ratings are stored under the adapter's name.
 * Software adapters have presets: timing there would cost more than it could gain.
 */
import { z } from 'zod';
import type { Gpu } from '../../gpu/device';
import { GpuFaultError } from '../../gpu/faults';
import { KernelCache } from '../../gpu/kernel';
import { Recorder } from '../../gpu/recorder';
import { realDevice } from '../../gpu/rehearsalGpu';
import { Memory, readFloats } from '../../gpu/tensor';
import { sha256Hex } from '../../storage/sha256';
import type { AdapterInfo } from '../../record/runRecord';
import { Gemm } from './gemm';
import { presetTiles, TUNING_CANDIDATES, type GemmTile, type RatedTile } from './gemmTiles';

/** Where ratings are kept between visits. */
export interface TuningStore {
  read(key: string): Promise<string | null>;
  write(key: string, ratings: string): Promise<void>;
}

export interface TuningOptions {
  readonly candidates?: readonly GemmTile[];
  /** Rows, columns and depth of the product that is timed; multiples of 4. */
  readonly size?: number;
  readonly repeats?: number;
}

const ratingsSchema = z
  .array(
    z.object({
      tile: z.object({
        rows: z.number(),
        columns: z.number(),
        groupRows: z.number(),
        groupColumns: z.number(),
        unroll: z.number().optional(),
        broadcast: z.enum(['A', 'B']).optional(),
        staged: z.number().optional(),
      }),
      speed: z.number().positive(),
    }),
  )
  .min(1);

const measured = new WeakMap<GPUDevice, readonly RatedTile[]>();

/** Tiles for products on a device: those that were timed on it, else a preset. */
export function tilesOf({ device, adapter, subgroupSize }: Gpu): readonly RatedTile[] {
  return measured.get(realDevice(device)) ?? presetTiles(adapter.fallback, subgroupSize);
}

/**
 * Makes sure that a device has its tiles before engines are created on it. Software adapters keep their preset: their current speed
 * says more about the processor's load than about tiles.
 */
export async function prepareTiles(gpu: Gpu, store: TuningStore, options: TuningOptions = {}): Promise<void> {
  if (!gpu.adapter.fallback) await tuneGemm(gpu, store, options);
}

/** Rates tiles for a device, from the store or by timing them; from then on `tilesOf` returns them. */
export async function tuneGemm(gpu: Gpu, store: TuningStore, options: TuningOptions = {}): Promise<void> {
  const key = tuningKey(gpu.adapter, options.candidates ?? TUNING_CANDIDATES);
  const known = parseRatings(await store.read(key));
  const ratings = known ?? (await rateTiles(gpu, options));
  if (ratings.length === 0) return;
  measured.set(gpu.device, ratings);
  if (known === null) await store.write(key, JSON.stringify(ratings));
}

/** What ratings depend on: the adapter's name and the candidates. Hex. */
function tuningKey({ vendor, architecture, device, description, runtime }: AdapterInfo, candidates: readonly GemmTile[]): string {
  return sha256Hex(JSON.stringify([vendor, architecture, device, description, runtime, candidates]));
}

function parseRatings(text: string | null): RatedTile[] | null {
  if (text === null) return null;
  try {
    const parsed = ratingsSchema.safeParse(JSON.parse(text));
    return parsed.success ? (parsed.data as RatedTile[]) : null;
  } catch {
    // Damaged: timed again.
    return null;
  }
}

/**
 * Multiply-adds per second of each candidate that works, fastest first. A candidate whose pipeline does not compile on this adapter, or whose
 * result differs from the first one's, is left out.
 */
export async function rateTiles(
  { device }: Gpu,
  { candidates = TUNING_CANDIDATES, size = 512, repeats = 8 }: TuningOptions = {},
): Promise<RatedTile[]> {
  const ratings: RatedTile[] = [];
  let expected: Float32Array | null = null;
  for (const tile of candidates) {
    // Separate memory, so that a fault of one candidate does not affect the next.
    const memory = new Memory(device);
    try {
      const { speed, result } = await timeTile(memory, tile, size, repeats);
      expected ??= result;
      // Whole numbers, summed exactly whatever the order.
      if (result.every((value, i) => value === expected![i])) ratings.push({ tile, speed });
    } catch (error) {
      if (!(error instanceof GpuFaultError)) throw error;
    } finally {
      memory.destroy();
    }
  }
  return ratings.sort((x, y) => y.speed - x.speed);
}

/** Multiply-adds per second, and the product. @throws GpuFaultError for a tile that does not compile here */
async function timeTile(
  memory: Memory,
  tile: GemmTile,
  size: number,
  repeats: number,
): Promise<{ readonly speed: number; readonly result: Float32Array }> {
  const { device } = memory;
  const recorder = new Recorder(memory, 64);
  const matrix = (label: string): { tensor: ReturnType<Memory['tensor']>; stride: number } => ({
    tensor: memory.upload(
      Float32Array.from({ length: size * size }, (_, i) => ((i * 7) % 13) - 6),
      label,
    ),
    stride: size,
  });
  const [a, b, out] = [matrix('tuned A'), matrix('tuned B'), matrix('tuned C')];
  const gemm = new Gemm(KernelCache.of(device), recorder, [{ tile, speed: 1 }]);
  const seconds = async (times: number): Promise<number> => {
    const start = performance.now();
    for (let i = 0; i < times; i++) {
      gemm.run({ kind: 'NN', rows: size, columns: size, depth: size, a, b, out });
    }
    recorder.submit();
    await device.queue.onSubmittedWorkDone();
    return (performance.now() - start) / 1000;
  };
  await seconds(1);
  const [result] = await readFloats(memory, [{ tensor: out.tensor, elements: size * size }]);
  // The best of three, since other programs use the adapter too.
  const best = Math.min(await seconds(repeats), await seconds(repeats), await seconds(repeats));
  return { speed: (repeats * size ** 3) / best, result: result! };
}
