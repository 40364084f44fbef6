/** The directions in which centred data vary most. */
import { forkRandom } from '../log/random';
import { inTurns, type TurnOptions } from '../log/turn';
import { reflectBack, scaled, tridiagonalEigenvalues, tridiagonalise } from './tridiagonal';
import { tridiagonalVectors } from './tridiagonalVectors';

/**
 * The first entry of an axis that is at least this share of its largest one is positive: of two that are
 * equal, rounding does not choose.
 */
const NEARLY_LARGEST = 0.99;
/** Shares of the work at which the reduction ends, and the eigenvectors of the tridiagonal matrix. */
const REDUCED = 0.6;
const FOUND = 0.75;

export interface PrincipalAxes {
  /** [count, size], orthonormal. The first entry of nearly the largest magnitude is positive. */
  readonly axes: Float64Array;
  /** Eigenvalues [count], largest first: variances along the axes if the matrix is a covariance. */
  readonly variances: Float64Array;
}

/**
 * The `count` leading eigenvectors of a symmetric positive matrix [size, size], in float64: Householder
 * reduction to a tridiagonal matrix, its eigenvalues by implicit QL, and its leading eigenvectors by inverse
 * iteration. Axes of equal variance are some basis of the space that they span. `python/karma/axes.py` finds
 * the same axes by LAPACK.
 * @param matrix only the lower triangle is read, and it is not changed
 * @throws RangeError when there are fewer than `count` dimensions, or an entry is not finite; the signal's
 * reason
 */
export async function principalAxes(
  matrix: Float64Array,
  size: number,
  count: number,
  options: TurnOptions = {},
): Promise<PrincipalAxes> {
  if (count > size) throw new RangeError(`${count} axes of ${size} dimensions`);
  return inTurns(leading(matrix, size, count), options);
}

function* leading(matrix: Float64Array, size: number, count: number): Generator<number, PrincipalAxes> {
  const { a, largest } = scaled(matrix);
  const reduction = yield* within(tridiagonalise(a, size), 0, REDUCED);
  const values = tridiagonalEigenvalues(reduction).subarray(0, count);
  const axes = yield* within(tridiagonalVectors(reduction, values, forkRandom(0, 'principal axes')), REDUCED, FOUND);
  yield* within(reflectBack(reduction, axes), FOUND, 1);
  for (let axis = 0; axis < count; axis++) setUpright(axes.subarray(axis * size, (axis + 1) * size));
  return { axes, variances: values.map((value) => value * largest) };
}

/** Work whose share of the whole goes from `from` to `to`. */
function* within<T>(work: Generator<number, T>, from: number, to: number): Generator<number, T> {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
    yield from + (to - from) * value;
  }
}

function setUpright(axis: Float64Array): void {
  let largest = 0;
  for (const value of axis) largest = Math.max(largest, Math.abs(value));
  if (axis.find((value) => Math.abs(value) >= NEARLY_LARGEST * largest)! > 0) return;
  for (let k = 0; k < axis.length; k++) axis[k] = -axis[k]!;
}
