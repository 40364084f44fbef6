/** Conversion between plain arrays and jax-js. */
import { numpy as np } from '@jax-js/jax';

/** [rows, values / rows]. */
export function matrix(values: Float32Array, rows: number): np.Array {
  return np.array(values, { shape: [rows, values.length / rows] });
}

export function vector(values: Float32Array): np.Array {
  return np.array(values);
}

/** A float array's values. Consumes it. */
export async function floatsOf(array: np.Array): Promise<Float32Array> {
  return (await array.data()) as Float32Array;
}
