/**
 * Eigenvectors of a symmetric tridiagonal matrix by inverse iteration (Golub & Van Loan, Matrix Computations,
 * 8.4.2), in float64.
 */
import type { Random } from '../log/random';
import { orthogonalise, scaleRow } from './orthogonal';
import type { Tridiagonal } from './tridiagonal';

/** Maximum number of iterations for one vector; two are usual. */
const MAXIMUM_ITERATIONS = 20;
/** After the first, which leaves some of the eigenvectors next to it, there is always another. */
const MINIMUM_ITERATIONS = 2;
/** Iterations after which there is a new start, for a number a few roundings beside the eigenvalue. */
const PATIENCE = 4;
/**
 * A residual of so many roundings ends the iteration: what is left of others in a vector stays in all that
 * are kept orthogonal to it.
 */
const CLOSE = 4;
/**
 * Otherwise, before a new start, this share of the matrix's norm: an eigenvalue's own rounding, and that of
 * the vectors before.
 */
const ENOUGH = 1e-12;

/**
 * Orthonormal eigenvectors [values, size] of those eigenvalues, which are in order. All are kept orthogonal
 * to those before them, so that they span the right space however close their eigenvalues are.
 * @param random where each iteration starts @yields the share of the work that is done
 */
export function* tridiagonalVectors(matrix: Tridiagonal, values: Float64Array, random: Random): Generator<number, Float64Array> {
  const size = matrix.diagonal.length;
  const vectors = new Float64Array(values.length * size);
  const norm = normOf(matrix);
  const least = Number.EPSILON * norm;
  const factors = factorsOf(size);
  for (let index = 0; index < values.length; index++) {
    const at = index * size;
    const x = vectors.subarray(at, at + size);
    for (let iteration = 1; ; iteration++) {
      // An eigenvalue hit far more closely than those next to it would bring its eigenvector back, however
      // often it is removed.
      if (iteration % PATIENCE === 1) {
        factorise(matrix, values[index]! + (iteration - 1) * least, least, factors);
        for (let k = 0; k < size; k++) x[k] = random.normal();
      }
      solve(factors, x);
      scaleRow(vectors, at, size);
      orthogonalise(vectors, index, size);
      const patient = iteration % PATIENCE !== 0;
      if (iteration >= MINIMUM_ITERATIONS && residual(matrix, values[index]!, x) <= (patient ? CLOSE * least : ENOUGH * norm))
        break;
      if (iteration === MAXIMUM_ITERATIONS)
        throw new Error(`eigenvector ${index + 1} of ${size} was not found in ${MAXIMUM_ITERATIONS} iterations`);
    }
    yield ((index + 1) / values.length) ** 2;
  }
  return vectors;
}

/**
 * P·(T − λ) = L·U: three diagonals of U, L's multipliers, and whether row i was exchanged with the one below
 * it.
 */
interface Factors {
  readonly pivot: Float64Array;
  readonly above: Float64Array;
  readonly second: Float64Array;
  readonly multiplier: Float64Array;
  readonly exchanged: Uint8Array;
}

function factorsOf(size: number): Factors {
  const numbers = (): Float64Array => new Float64Array(size);
  return {
    pivot: numbers(),
    above: numbers(),
    second: numbers(),
    multiplier: numbers(),
    exchanged: new Uint8Array(size),
  };
}

/** Gaussian elimination with partial pivoting; pivots smaller than `least` are replaced by it. */
function factorise({ diagonal, below }: Tridiagonal, value: number, least: number, factors: Factors): void {
  const { pivot, above, second, multiplier, exchanged } = factors;
  const size = diagonal.length;
  let p = diagonal[0]! - value;
  let q = below[0]!;
  for (let i = 0; i + 1 < size; i++) {
    const under = below[i]!;
    const nextPivot = diagonal[i + 1]! - value;
    const nextAbove = below[i + 1]!;
    if (Math.abs(p) >= Math.abs(under) || Math.abs(under) < least) {
      if (Math.abs(p) < least) p = least;
      const factor = under / p;
      pivot[i] = p;
      above[i] = q;
      second[i] = 0;
      multiplier[i] = factor;
      exchanged[i] = 0;
      p = nextPivot - factor * q;
      q = nextAbove;
    } else {
      const factor = p / under;
      pivot[i] = under;
      above[i] = nextPivot;
      second[i] = nextAbove;
      multiplier[i] = factor;
      exchanged[i] = 1;
      p = q - factor * nextPivot;
      q = -factor * nextAbove;
    }
  }
  pivot[size - 1] = Math.abs(p) < least ? least : p;
}

/** x becomes (T − λ)⁻¹·x. */
function solve({ pivot, above, second, multiplier, exchanged }: Factors, x: Float64Array): void {
  const size = x.length;
  for (let i = 0; i + 1 < size; i++) {
    if (exchanged[i] === 1) {
      const upper = x[i]!;
      x[i] = x[i + 1]!;
      x[i + 1] = upper - multiplier[i]! * x[i]!;
    } else x[i + 1]! -= multiplier[i]! * x[i]!;
  }
  let [one, two] = [0, 0];
  for (let i = size - 1; i >= 0; i--) {
    const value = (x[i]! - above[i]! * one - second[i]! * two) / pivot[i]!;
    x[i] = value;
    two = one;
    one = value;
  }
}

/** ‖T·x − λ·x‖. */
function residual({ diagonal, below }: Tridiagonal, value: number, x: Float64Array): number {
  let square = 0;
  for (let i = 0; i < x.length; i++) {
    let left = (diagonal[i]! - value) * x[i]!;
    if (i > 0) left += below[i - 1]! * x[i - 1]!;
    if (i + 1 < x.length) left += below[i]! * x[i + 1]!;
    square += left * left;
  }
  return Math.sqrt(square);
}

/** Largest sum of magnitudes of a row; 1 of a matrix of zeros. */
function normOf({ diagonal, below }: Tridiagonal): number {
  let most = 0;
  for (let i = 0; i < diagonal.length; i++)
    most = Math.max(most, Math.abs(diagonal[i]!) + Math.abs(below[i]!) + Math.abs(below[i - 1] ?? 0));
  return most === 0 ? 1 : most;
}
