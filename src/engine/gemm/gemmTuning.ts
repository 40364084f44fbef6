/**
 * Which GEMM tiles are fast on an adapter: candidates are timed once on products of a training step, and the
 * ratings are stored under the adapter's name. Software adapters have presets: timing there would cost more
 * than it could gain.
 */
import type { z } from 'zod';
import { completion } from '../../gpu/completion';
import type { Gpu } from '../../gpu/device';
import { GpuFaultError } from '../../gpu/faults';
import { KernelCache } from '../../gpu/kernel';
import { Recorder } from '../../gpu/recorder';
import { realDevice } from '../../gpu/rehearsalGpu';
import { Memory, readFloats } from '../../gpu/tensor';
import { parsedJson } from '../../storage/parsedJson';
import { sha256Hex } from '../../storage/sha256';
import { adapterNames } from '../../gpu/adapterNames';
import type { Profile } from '../../record/profile';
import type { AdapterInfo } from '../../record/runRecord';
import { Gemm, type Matrix } from './gemm';
import { f16Scale } from './gemmSource';
import {
  paddedWork,
  presetTiles,
  servesF16,
  tunedProducts,
  tuningCandidates,
  type GemmTile,
  type RatedTile,
  type TimedProduct,
} from './gemmTiles';
import { ratingsSchema, type TimedTile } from './ratings';
import { leastSeconds, secondsEach, type TimingOptions } from '../timing';

/** Where what was measured of adapters is kept between visits, as JSON. */
export interface TuningStore {
  read(key: string): Promise<string | null>;
  write(key: string, text: string): Promise<void>;
}

/** What is tried on a device. */
interface Trial {
  readonly candidates: readonly GemmTile[];
  readonly products: readonly TimedProduct[];
}

export interface TuningOptions {
  readonly candidates?: readonly GemmTile[];
  /** What they are timed on; extents are multiples of 8. */
  readonly products?: readonly TimedProduct[];
  /** Seconds that one timing takes at least, of as many products as that takes. */
  readonly least?: number;
  /** Milliseconds after which no further candidate is tried; each product gets its share of them. */
  readonly budget?: number;
}

const tilesOfDevices = new WeakMap<GPUDevice, readonly RatedTile[]>();

/** Tiles for products on a device: those that `tuneGemm` found, else a preset. */
export function deviceTiles({ device, adapter, subgroupSize }: Gpu): readonly RatedTile[] {
  return tilesOfDevices.get(realDevice(device)) ?? presetTiles(adapter.fallback, subgroupSize);
}

/** Where the tiles of a device come from. */
export function tileOrigin({ device }: Pick<Gpu, 'device'>): Pick<Profile, 'tiles'> {
  return { tiles: tilesOfDevices.has(realDevice(device)) ? 'timed' : 'preset' };
}

/**
 * Makes sure that a device has its tiles before engines are created on it. Software adapters keep their
 * preset: their current speed says more about the processor's load than about tiles.
 */
export async function prepareTiles(gpu: Gpu, store: TuningStore, options: TuningOptions = {}): Promise<void> {
  if (!gpu.adapter.fallback) await tuneGemm(gpu, store, options);
}

/** Rates tiles for a device, from the store or by timing them; from then on `deviceTiles` returns them. */
export async function tuneGemm(gpu: Gpu, store: TuningStore, options: TuningOptions = {}): Promise<void> {
  const { candidates = tuningCandidates(gpu), products = tunedProducts(gpu) } = options;
  const key = tuningKey(gpu.adapter, { candidates, products });
  const kept = await readMeasured(store, key, ratingsSchema);
  const ratings = kept ? sharingProducts(kept) : await rateTiles(gpu, options);
  if (ratings.length === 0) return;
  tilesOfDevices.set(gpu.device, ratings);
  if (kept === null) await store.write(key, JSON.stringify(ratings));
}

/** What ratings depend on: the adapter's name, the candidates and the products. Hex. */
function tuningKey(adapter: AdapterInfo, { candidates, products }: Trial): string {
  return sha256Hex(JSON.stringify([...adapterNames(adapter), candidates, products]));
}

/** What a store keeps under a key; null if there is nothing, or it is damaged and must be measured again. */
export async function readMeasured<T>(store: TuningStore, key: string, schema: z.ZodType<T>): Promise<T | null> {
  const text = await store.read(key);
  return text === null ? null : parsedJson(text, schema);
}

/**
 * The same ratings, with one object for each product that they were timed on, by which `chooseTile` tells
 * them apart.
 */
function sharingProducts(ratings: readonly TimedTile[]): RatedTile[] {
  const known = new Map<string, TimedProduct>();
  return ratings.map((rated) => {
    const key = JSON.stringify(rated.at);
    const at = known.get(key) ?? rated.at;
    known.set(key, at);
    return { ...rated, at };
  });
}

/**
 * Multiply-adds per second of each candidate that works, padding included; for each product, fastest first.
 * Left out are candidates whose pipeline does not compile on this adapter, whose result differs from the
 * first one's, or for which no time is left.
 */
export async function rateTiles(
  gpu: Gpu,
  {
    candidates = tuningCandidates(gpu),
    products = tunedProducts(gpu),
    least = leastSeconds(gpu),
    budget = 3000,
  }: TuningOptions = {},
): Promise<RatedTile[]> {
  const { device } = gpu;
  const ratings: RatedTile[] = [];
  const start = performance.now();
  for (const [index, at] of products.entries()) {
    const rated: RatedTile[] = [];
    const until = start + (budget * (index + 1)) / products.length;
    let expected: Float32Array | null = null;
    let best = Infinity;
    for (const tile of candidates.filter((one) => at.f16 !== true || servesF16(one))) {
      if (rated.length > 0 && performance.now() > until) break;
      // Separate memory, so that a fault of one candidate does not affect the next.
      const memory = new Memory(device);
      try {
        const { seconds, result } = await timeTile(memory, tile, at, { least, best });
        expected ??= result;
        // Whole numbers, summed exactly whatever the order.
        if (!result.every((value, i) => value === expected![i])) continue;
        best = Math.min(best, seconds);
        rated.push({ tile, at, speed: (paddedWork(tile, at) * at.depth) / seconds });
      } catch (error) {
        if (!(error instanceof GpuFaultError)) throw error;
      } finally {
        memory.destroy();
      }
    }
    const cost = ({ tile, speed }: RatedTile): number => paddedWork(tile, at) / speed;
    ratings.push(...rated.sort((x, y) => cost(x) - cost(y)));
  }
  return ratings;
}

/** Dispatches in one submit of a timing. */
const SLOTS = 1024;

/** Seconds for one product, and the product. @throws GpuFaultError for a tile that does not compile here */
async function timeTile(
  memory: Memory,
  tile: GemmTile,
  { kind, rows, columns, depth, f16 = false }: TimedProduct,
  timing: TimingOptions,
): Promise<{ readonly seconds: number; readonly result: Float32Array }> {
  const { device } = memory;
  const recorder = new Recorder(memory, SLOTS);
  const matrix = (elements: number, stride: number, label: string, unit = 1): Matrix => ({
    tensor: memory.upload(
      Float32Array.from({ length: elements }, (_, i) => unit * (((i * 7) % 13) - 6)),
      label,
    ),
    stride,
  });
  // Half floats hold whole numbers exactly, up to 2,048.
  const a = matrix(rows * depth, kind === 'TN' ? rows : depth, 'tuned A', 1 / f16Scale({ kind, f16 }));
  const b = { ...matrix(columns * depth, kind === 'NT' ? depth : columns, 'tuned B'), f16 };
  const out = matrix(rows * columns, columns, 'tuned C');
  const gemm = new Gemm(KernelCache.of(device), recorder, [{ tile, speed: 1 }], memory);
  const timed = async (calls: number): Promise<number> => {
    const start = performance.now();
    for (let i = 0; i < calls; i++) gemm.run({ kind, rows, columns, depth, a, b, out });
    recorder.submit();
    await completion(device, device.queue.onSubmittedWorkDone());
    return (performance.now() - start) / 1000;
  };
  await timed(1);
  const [result] = await readFloats(memory, [{ tensor: out.tensor, elements: rows * columns }]);
  return { seconds: await secondsEach(timed, timing), result: result! };
}
