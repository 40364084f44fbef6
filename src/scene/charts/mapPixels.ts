/** Colours of attention maps, one pixel per cell; the masked triangle stays transparent. Pure. */
import { rampIndex, type Ramp } from '../marks/ramp';

/** Smallest weight that the logarithmic colour distinguishes from 0: one step of the recorded bytes. */
export const LOG_FLOOR = 1 / 255;

/** Weight 0–1 to position 0–1 on the ramp. */
export function weightPosition(weight: number, log: boolean): number {
  if (!log) return weight;
  return weight <= LOG_FLOOR ? 0 : 1 - Math.log(weight) / Math.log(LOG_FLOOR);
}

/**
 * @param map [T, T] bytes, 255 = 1
 * @returns RGBA [T, T, 4]
 */
export function attentionPixels(map: Uint8Array, length: number, ramp: Ramp, log: boolean): Uint8ClampedArray<ArrayBuffer> {
  return paint(length, ramp, (at) => weightPosition(map[at]! / 255, log));
}

/**
 * minuend − subtrahend on [−limit, limit].
 * @returns RGBA [T, T, 4]
 */
export function differencePixels(
  minuend: Uint8Array,
  subtrahend: Uint8Array,
  length: number,
  ramp: Ramp,
  limit: number,
): Uint8ClampedArray<ArrayBuffer> {
  return paint(length, ramp, (at) => 0.5 + (minuend[at]! - subtrahend[at]!) / 255 / (2 * limit));
}

function paint(length: number, ramp: Ramp, position: (at: number) => number): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(length * length * 4);
  for (let query = 0; query < length; query++) {
    for (let key = 0; key <= query; key++) {
      const at = query * length + key;
      const colour = rampIndex(position(at)) * 3;
      pixels.set([ramp[colour]!, ramp[colour + 1]!, ramp[colour + 2]!, 255], at * 4);
    }
  }
  return pixels;
}

/** Limits that a difference legend may have. */
const LIMITS = [0.1, 0.25, 0.5, 1] as const;

/**
 * The smallest limit that holds every difference of the given pairs of maps, so that scrubbing does not
 * rescale.
 */
export function differenceLimit(pairs: readonly (readonly [Uint8Array, Uint8Array])[]): number {
  let largest = 0;
  for (const [a, b] of pairs) {
    for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  }
  return LIMITS.find((limit) => largest / 255 <= limit) ?? 1;
}
