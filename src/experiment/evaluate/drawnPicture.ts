/** What an arm with L_img draws from h, and the items whose pictures are nearest to it. */
import type { ParameterLayout } from '../../engine/parameters';
import { drawnFrom } from '../../engine/terms/img/euler';
import { drawn, picturesOf } from '../../log/pictures';
import type { ArmSpec, RunSpec } from '../../recipe/runSpec';
import type { PreparedData } from '../prepare/preparedData';

/** Number of nearest pictures named. */
const NEAREST = 4;
/** Pixels per side; a drawn picture has eight waves per side. */
export const DRAWN_SIDE = 16;

export interface DrawnPicture {
  /** RGBA [side, side, 4]; null if the log's visual features were not made of pictures that can be drawn. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer> | null;
  /** Items with the nearest pictures, nearest first, one per picture. */
  readonly nearest: readonly { readonly item: number; /** Root mean square of v. */ readonly distance: number }[];
}

export interface Drawer {
  readonly data: Pick<PreparedData, 'log' | 'images'>;
  readonly recipe: Pick<RunSpec, 'seed' | 'features'>;
  readonly layout: Pick<ParameterLayout, 'slots'>;
}

/** Whether an arm's decoder draws from h. */
export function draws({ lambdaImg, imageContext }: ArmSpec): boolean {
  return lambdaImg > 0 && imageContext === 'interest';
}

/** @param flat the arm's parameters; the arm must draw */
export function drawnPicture(
  { data: { log, images }, recipe, layout }: Drawer,
  { spec, flat }: { readonly spec: ArmSpec; readonly flat: Float32Array },
  h: ArrayLike<number>,
): DrawnPicture {
  if (images === undefined) throw new Error('an arm draws without pictures to draw');
  const v = drawnFrom(h, { layout, flat, size: images.size, loss: spec.imageLoss, seed: recipe.seed });
  const drawer = recipe.features.visual === 'images' ? picturesOf(log) : null;
  const found = Array.from(images.pictured, (item) => ({ item, distance: rootMeanSquare(v, images.of(item)) }));
  found.sort((a, b) => a.distance - b.distance || a.item - b.item);
  return {
    pixels: drawer && drawn(drawer, images.unscaled(v), DRAWN_SIDE),
    // Items that share a picture have the same distance.
    nearest: found.filter(({ distance }, at) => at === 0 || distance !== found[at - 1]!.distance).slice(0, NEAREST),
  };
}

function rootMeanSquare(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  a.forEach((value, c) => (sum += (value - b[c]!) ** 2));
  return Math.sqrt(sum / a.length);
}
