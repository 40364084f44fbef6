/**
 * The picture that L_img reconstructs for each example of a step, and the noise that it starts from: seeded,
 * and the same for every arm.
 */
import { forkRandom } from './random';

export interface ImageDrawing {
  /** The item whose picture is used; null if the target has none. */
  readonly item: number | null;
  readonly time: number;
  /** [size] */
  readonly noise: readonly number[];
}

export interface ImageOptions {
  readonly seed: number;
  /** Items with a picture, in ascending order. */
  readonly pictured: Int32Array;
  /** Size of a picture's features. */
  readonly size: number;
}

/**
 * By target: a function of (seed, step) and of which items have a picture. Noise is drawn for all examples,
 * in order.
 */
export function imageDraws(
  { seed, pictured, size }: ImageOptions,
  step: number,
  targets: readonly number[],
  shuffled = false,
): ImageDrawing[] {
  const noise = forkRandom(seed, 'image noise', step);
  const items = forkRandom(seed, 'shuffled images', step);
  const places = new Map(Array.from(pictured, (item, place) => [item, place]));
  return targets.map((target) => {
    const time = noise.uniform();
    const values = Array.from({ length: size }, () => noise.normal());
    const own = places.get(target);
    if (own === undefined) return { item: null, time, noise: values };
    // One of the others, uniformly.
    const other = shuffled && pictured.length > 1 ? items.integer(pictured.length - 1) : own;
    const place = shuffled && pictured.length > 1 && other >= own ? other + 1 : other;
    return { item: pictured[place]!, time, noise: values };
  });
}
