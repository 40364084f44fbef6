/** A partly noised picture, and what g should predict from it. CPU only. */
import type { ArmSpec } from '../../../recipe/runSpec';

export type ImageLoss = ArmSpec['imageLoss'];

/** What L_img reconstructs, and the noise that it starts from: v [d], τ and ε [d]. */
export interface ImageDraw {
  readonly v: ArrayLike<number>;
  readonly time: number;
  readonly noise: ArrayLike<number>;
}

/**
 * What is uploaded: z = (1 − τ)ε + τv and v − ε (for `mse` v) [draws, width], 0 after d numbers; Fourier
 * features of τ [draws, 2·frequencies].
 */
export function noised(
  draws: readonly ImageDraw[],
  loss: ImageLoss,
  width: number,
  frequencies: number,
): { readonly z: Float32Array; readonly goal: Float32Array; readonly time: Float32Array } {
  const z = new Float32Array(draws.length * width);
  const goal = new Float32Array(draws.length * width);
  const time = new Float32Array(draws.length * 2 * frequencies);
  draws.forEach((draw, row) => {
    for (let c = 0; c < draw.v.length; c++) {
      const [v, noise] = [draw.v[c]!, draw.noise[c]!];
      z[row * width + c] = (1 - draw.time) * noise + draw.time * v;
      goal[row * width + c] = loss === 'mse' ? v : v - noise;
    }
    time.set(fourier(draw.time, frequencies), row * 2 * frequencies);
  });
  return { z, goal, time };
}

/** sin πkτ, then cos πkτ, k = 1 … frequencies. */
export function fourier(time: number, frequencies: number): number[] {
  const angles = Array.from({ length: frequencies }, (_, k) => Math.PI * (k + 1) * time);
  return [...angles.map(Math.sin), ...angles.map(Math.cos)];
}
