/**
 * What g draws from an embedding: noise that follows the flow to a picture in Euler steps or, with
 * regression, g's output itself. On the CPU, one at a time.
 */
import { forkRandom } from '../../../log/random';
import { slotOf, type ParameterLayout } from '../../parameters';
import { fourier, type ImageLoss } from './noised';

export const EULER_STEPS = 8;

export interface Drawing {
  readonly layout: Pick<ParameterLayout, 'slots'>;
  /** An arm's parameters. */
  readonly flat: Float32Array;
  /** Size of v. */
  readonly size: number;
  readonly loss: ImageLoss;
  /** Seed of the noise, which depends on nothing else, so that all arms start from the same noise. */
  readonly seed: number;
}

/** v drawn from h by an arm with c = h, on the scale of L_img: [size]. */
export function drawnFrom(h: ArrayLike<number>, drawing: Drawing): Float32Array {
  const { size, seed, loss } = drawing;
  if (loss === 'mse') return velocity(h, drawing, null);
  const random = forkRandom(seed, 'drawn pictures');
  const z = Float32Array.from({ length: size }, () => random.normal());
  for (let step = 0; step < EULER_STEPS; step++) {
    const towards = velocity(h, drawing, { z, time: step / EULER_STEPS });
    for (let c = 0; c < size; c++) z[c]! += towards[c]! / EULER_STEPS;
  }
  return z;
}

/** g(z, τ, h), or g(h) without z and τ. */
function velocity(
  h: ArrayLike<number>,
  { layout, flat, size }: Drawing,
  at: { readonly z: Float32Array; readonly time: number } | null,
): Float32Array {
  const units = slotOf(layout, 'img_2').rows;
  const sums = Float64Array.from(parameter('img_b1'));
  const add = (name: string, x: ArrayLike<number>, out: Float64Array): void => {
    const { offset, columns } = slotOf(layout, name);
    for (let row = 0; row < out.length; row++) {
      for (let c = 0; c < x.length; c++) out[row]! += flat[offset + row * columns + c]! * x[c]!;
    }
  };
  add('img_h', h, sums);
  if (at !== null) {
    add('img_z', at.z, sums);
    add('img_t', fourier(at.time, slotOf(layout, 'img_t').columns / 2), sums);
  }
  const second = Float64Array.from(parameter('img_b2').subarray(0, units));
  add('img_2', sums.map(silu), second);
  const out = Float64Array.from(parameter('img_b3').subarray(0, size));
  add('img_3', second.map(silu), out);
  return Float32Array.from(out);

  function parameter(name: string): Float32Array {
    const { offset, rows, columns } = slotOf(layout, name);
    return flat.subarray(offset, offset + rows * columns);
  }
}

function silu(x: number): number {
  return x / (1 + Math.exp(-x));
}
