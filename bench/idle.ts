/**
 * Whether the machine does nothing else. Two things are looked at before and after every case: how much of
 * the processor threads lose to others while every core has one that counts time, and how long one product
 * takes on the adapter, which tells of other work on a GPU and of a clock that has changed.
 */
import { z } from 'zod';
import type { TimedTile } from '../src/engine/gemm/ratings';
import { mean, median } from '../src/statistics/statistics';
import { asking, runOnce, type Contestant } from './rounds';

export const calibrationSchema = z.object({
  /** Share of the processors' time that went to others. */
  lost: z.number().min(0).max(1),
  /** Median time of the product. */
  productMs: z.number().positive(),
});
export type Calibration = z.infer<typeof calibrationSchema>;

/** Largest share of the processors' time that others may take. */
export const MOST_LOST = 0.1;

/** Largest ratio of the two times of the calibration product. */
export const MOST_DRIFT = 1.15;

/** Spinning shorter would miss programs that wake up now and then. */
const SPIN_MS = 600;

/** Shortest run of the calibration product: a run of a GPU's product would measure the submission. */
const LEAST_PRODUCT_MS = 10;
const PRODUCTS = 9;
const PRODUCT = { kind: 'matmul', id: 'calibration', rows: 256, columns: 256, depth: 256 } as const;

export class NotIdleError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotIdleError';
  }
}

/** What threads measure. */
export interface Spinners {
  /** Spins on all cores at once for about `ms`. @returns the share of time that each thread lost */
  spin(ms: number): Promise<readonly number[]>;
  close(): void;
}

export interface Calibrator {
  /**
   * Chooses how often the product is run, and warms up.
   * @returns the tiles that our engine timed here, if it did
   * @throws Error if the engine cannot multiply here
   */
  prepare(): Promise<readonly TimedTile[] | undefined>;
  /** To be called once prepared. */
  measure(): Promise<Calibration>;
  close(): void;
}

/** @param contestant a realm for our engine, closed with the calibrator, as the spinners are */
export function openCalibrator(contestant: Contestant, spinners: Spinners): Calibrator {
  const ask = asking(contestant, 'calibration: ');
  const run = async (): Promise<number> => (await runOnce(ask)).ms;
  const measure = async (): Promise<Calibration> => {
    const lost = await spinners.spin(SPIN_MS);
    const ms: number[] = [];
    for (let i = 0; i < PRODUCTS; i++) ms.push(await run());
    return { lost: mean(lost), productMs: median(ms) };
  };
  return {
    async prepare() {
      let tiles: readonly TimedTile[] | undefined;
      for (let times = 1; ; times *= 2) {
        const reply = await ask({ type: 'prepare', library: 'ours', benchCase: PRODUCT, times });
        if (reply.type === 'prepared') ({ tiles } = reply);
        // The first run compiles.
        await run();
        if (times >= 1024 || (await run()) >= LEAST_PRODUCT_MS) break;
      }
      await measure();
      return tiles;
    },
    measure,
    close() {
      contestant.close();
      spinners.close();
    },
  };
}

/** Why a machine is too busy to start; null if it is idle. */
export function loadProblem({ lost }: Calibration): string | null {
  if (lost <= MOST_LOST) return null;
  return `other programs take ${percent(lost)} of the processors`;
}

/** Why the machine was not idle from one calibration to the other; null if it was. */
export function disturbance(before: Calibration, after: Calibration): string | null {
  const load = loadProblem(before) ?? loadProblem(after);
  if (load !== null) return load;
  const drift = Math.max(before.productMs / after.productMs, after.productMs / before.productMs);
  if (drift <= MOST_DRIFT) return null;
  return `the calibration product took ${before.productMs.toFixed(1)} ms before and ${after.productMs.toFixed(1)} ms after`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
