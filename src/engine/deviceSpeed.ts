/**
 * How fast a device is at what training steps consist of, from a few short measurements, and how long a step
 * will therefore take.
 */
import { z } from 'zod';
import { adapterNames } from '../gpu/adapterNames';
import type { Gpu } from '../gpu/device';
import { wait } from '../log/turn';
import { sha256Hex } from '../storage/sha256';
import { createContext, type Context } from './context';
import { readMeasured, deviceTiles, type TuningStore } from './gemm/gemmTuning';
import { fill } from './rows/rows';
import { THIN_SIDES, type StepCost } from './stepCost';
import { leastSeconds, secondsEach } from './timing';

const speedSchema = z.object({
  /** Seconds per operation of a product, by its smaller side as in `THIN_SIDES`. */
  products: z.array(z.number()).length(THIN_SIDES.length).readonly(),
  /** Seconds per thread of an element-wise kernel. */
  thread: z.number(),
  /** Seconds per dispatch, however little it does. */
  dispatch: z.number(),
});
export type DeviceSpeed = Readonly<z.infer<typeof speedSchema>>;

const keptSchema = z.object({ speed: speedSchema, measurements: z.number() });

/** Visits in which a device is measured: it may be busy in one, and the best of some is its speed. */
const MEASUREMENTS = 3;

/** Milliseconds before a first visit looks: the page itself keeps the processor busy while it opens. */
const OPENING_MS = 1000;
/** Times that it then looks at one product, until the last two agree. */
const MOST_LOOKS = 5;
const PAUSE_MS = 500;
/** Ratio of times that agree. */
const AGREEMENT = 1.15;

export interface SpeedOptions {
  readonly measure?: (gpu: Gpu) => Promise<DeviceSpeed>;
  /** Seconds of a short measurement. */
  readonly look?: (gpu: Gpu) => Promise<number>;
  readonly pause?: (milliseconds: number) => Promise<void>;
  /** Whether other work has begun, which would be measured as well, and would have to wait. */
  readonly isBusy?: () => boolean;
}

/**
 * The best of the adapter's first few measurements. Takes one now if there are too few. Null if other work
 * began before the first one.
 * @throws what the GPU throws
 */
export async function knownSpeed(gpu: Gpu, store: TuningStore, options: SpeedOptions = {}): Promise<DeviceSpeed | null> {
  const { measure = measureSpeed } = options;
  // Tiles and kernels change with the program.
  const key = sha256Hex(JSON.stringify(['speed', ...adapterNames(gpu.adapter), deviceTiles(gpu)]));
  const kept = await readMeasured(store, key, keptSchema);
  if (kept !== null && kept.measurements >= MEASUREMENTS) return kept.speed;
  if (kept === null && !(await settled(gpu, options))) return null;
  const measured = await measure(gpu);
  const speed = kept === null ? measured : best(kept.speed, measured);
  await store.write(key, JSON.stringify({ speed, measurements: (kept?.measurements ?? 0) + 1 }));
  return speed;
}

/**
 * Resolves when the device is as fast as it was half a second before: true, or false as soon as other work
 * has begun.
 */
async function settled(gpu: Gpu, { look = lookAtProduct, pause = wait, isBusy = () => false }: SpeedOptions): Promise<boolean> {
  let before: number | null = null;
  for (let looks = 0; looks < MOST_LOOKS; looks++) {
    await pause(looks === 0 ? OPENING_MS : PAUSE_MS);
    if (isBusy()) return false;
    const now = await look(gpu);
    if (before !== null && Math.max(now / before, before / now) < AGREEMENT) break;
    before = now;
  }
  return !isBusy();
}

function best(a: DeviceSpeed, b: DeviceSpeed): DeviceSpeed {
  return {
    products: a.products.map((seconds, index) => Math.min(seconds, b.products[index]!)),
    thread: Math.min(a.thread, b.thread),
    dispatch: Math.min(a.dispatch, b.dispatch),
  };
}

/**
 * Of which the device's answer, which takes a millisecond or two, is a small part. A look is only compared
 * with the next, and may be shorter.
 */
const LEAST_SECONDS = 0.02;
/** Larger sides of the measured products: rows of a step, and a model's width. */
const [ROWS, DEPTH] = [512, 256];
const ELEMENTS = 1 << 18;

/** Seconds of a call that queues work, the first of which compiles. */
type Stopwatch = (context: Context, queue: () => void) => Promise<number>;

/**
 * @param least seconds that a timing takes at least
 * @param clock seconds, of which differences are taken
 */
function stopwatch(least: number, clock = (): number => performance.now() / 1000): Stopwatch {
  return async ({ memory, recorder }, queue) => {
    const report = memory.tensor(4, 'report');
    const take = async (calls: number): Promise<number> => {
      const begin = clock();
      for (let i = 0; i < calls; i++) queue();
      await recorder.submitAndRead(report, 1);
      return clock() - begin;
    };
    await take(1);
    return secondsEach(take, { least, repeats: 2 });
  };
}

/** @param clock seconds, of which differences are taken */
export async function measureSpeed(gpu: Gpu, clock?: () => number): Promise<DeviceSpeed> {
  const context = createContext(gpu);
  const seconds = stopwatch(LEAST_SECONDS, clock);
  try {
    const products: number[] = [];
    for (const side of THIN_SIDES) products.push(await productSeconds(context, side, seconds));
    const { memory } = context;
    const large = memory.tensor(ELEMENTS, 'elements');
    const small = memory.tensor(64, 'element');
    const dispatch = await seconds(context, () => {
      fill(context, small, 64);
    });
    const filled = await seconds(context, () => {
      fill(context, large, ELEMENTS);
    });
    return { products, dispatch, thread: Math.max(0, filled - dispatch) / ELEMENTS };
  } finally {
    context.memory.destroy();
  }
}

/** The product that is most of a step. */
async function lookAtProduct(gpu: Gpu): Promise<number> {
  const context = createContext(gpu);
  try {
    return await productSeconds(context, THIN_SIDES.at(-1)!, stopwatch(leastSeconds(gpu)));
  } finally {
    context.memory.destroy();
  }
}

/** Seconds per operation. */
async function productSeconds(context: Context, side: number, secondsOf: Stopwatch): Promise<number> {
  const { memory, gemm } = context;
  const a = { tensor: memory.tensor(ROWS * DEPTH, 'A'), stride: DEPTH };
  const b = { tensor: memory.tensor(side * DEPTH, 'B'), stride: DEPTH };
  const out = { tensor: memory.tensor(ROWS * side, 'C'), stride: side };
  const seconds = await secondsOf(context, () => {
    gemm.run({ kind: 'NT', rows: ROWS, columns: side, depth: DEPTH, a, b, out });
  });
  return seconds / (2 * ROWS * side * DEPTH);
}

/** Seconds of attention per second of products with the same number of operations. */
export const ATTENTION = 1.5;
/** Seconds of a thread of a step's element-wise kernels per second of one that writes a number. */
export const ELEMENTWISE = 4;

/** Seconds of a step. */
export function predictSeconds({ products, attention, threads, dispatches }: StepCost, speed: DeviceSpeed): number {
  const multiplied = products.reduce((sum, flops, index) => sum + flops * speed.products[index]!, 0);
  const attended = ATTENTION * attention * speed.products.at(-1)!;
  return multiplied + attended + ELEMENTWISE * threads * speed.thread + dispatches * speed.dispatch;
}
