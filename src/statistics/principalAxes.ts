/** The directions in which centred data vary most. */
import { forkRandom } from '../log/random';
import { turn } from '../log/turn';

/** Number of orthogonal iterations. Directions not separated by then have nearly the same variance. */
const ROUNDS = 50;

/**
 * An orthonormal basis of the `count` leading eigenvectors of a symmetric positive matrix [size, size], in order: orthogonal
 * iteration (Golub & Van Loan, Matrix Computations, 8.2.4), from a fixed start. Directions whose eigenvalues hardly differ are mixed, the last ones
 * with those left out too: of eigenvalues a > b the smaller's part falls as (b/a)^50. `python/karma/head_start.py` does the same.
 * @returns [count, size] @throws RangeError when there are fewer than `count` dimensions
 */
export async function principalAxes(matrix: Float64Array, size: number, count: number): Promise<Float64Array> {
  if (count > size) throw new RangeError(`${count} axes of ${size} dimensions`);
  const random = forkRandom(0, 'principal axes');
  const axes = Float64Array.from({ length: count * size }, () => random.normal());
  orthonormalise(axes, size, count);
  const next = new Float64Array(axes.length);
  for (let round = 0; round < ROUNDS; round++) {
    for (let axis = 0; axis < count; axis++) multiply(matrix, size, axes, next, axis * size);
    axes.set(next);
    orthonormalise(axes, size, count);
    await turn();
  }
  return axes;
}

/** out[at …] = matrix · x[at …]. */
function multiply(matrix: Float64Array, size: number, x: Float64Array, out: Float64Array, at: number): void {
  for (let i = 0; i < size; i++) {
    const row = i * size;
    let sum = 0;
    for (let j = 0; j < size; j++) sum += matrix[row + j]! * x[at + j]!;
    out[at + i] = sum;
  }
}

/** Modified Gram–Schmidt, each row twice, so that rounding leaves no remainder. A row in the span of those before it becomes 0. */
function orthonormalise(rows: Float64Array, size: number, count: number): void {
  for (let row = 0; row < count; row++) {
    const at = row * size;
    const before = norm(rows, at, size);
    for (let pass = 0; pass < 2; pass++) {
      for (let other = 0; other < row; other++) {
        let along = 0;
        for (let k = 0; k < size; k++) along += rows[at + k]! * rows[other * size + k]!;
        for (let k = 0; k < size; k++) rows[at + k]! -= along * rows[other * size + k]!;
      }
    }
    const left = norm(rows, at, size);
    const scale = left > 1e-12 * before ? 1 / left : 0;
    for (let k = 0; k < size; k++) rows[at + k]! *= scale;
  }
}

function norm(values: Float64Array, at: number, size: number): number {
  let square = 0;
  for (let k = 0; k < size; k++) square += values[at + k]! * values[at + k]!;
  return Math.sqrt(square);
}
