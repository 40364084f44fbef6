/** Eigenvalues of a symmetric matrix. */

/** With the largest entry of the matrix 1, a row whose sum of squares is smaller than this counts as zero: its squares underflow. */
const NOTHING = 1e-280;
/** Maximum number of QL steps for one eigenvalue; two or three are usual. */
const MAXIMUM_STEPS = 60;

/**
 * Eigenvalues in float64, largest first: Householder reduction to a tridiagonal matrix, then implicit QL with Wilkinson's shift
 * (Golub & Van Loan, Matrix Computations, 8.3). About ⁴⁄₃·size³ operations.
 * @param matrix [size, size] symmetric; only the lower triangle is read, and it is not changed
 * @throws RangeError when an entry is not finite
 */
export function symmetricEigenvalues(matrix: Float64Array, size: number): Float64Array {
  if (!matrix.every(Number.isFinite)) throw new RangeError('matrix holds numbers that are not finite');
  const largest = matrix.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  if (largest === 0) return new Float64Array(size);
  const { diagonal, below } = tridiagonal(
    matrix.map((x) => x / largest),
    size,
  );
  implicitQl(diagonal, below);
  return diagonal
    .map((x) => x * largest)
    .sort()
    .reverse();
}

/** A similar tridiagonal matrix: its diagonal [size] and, in `below[i]`, the entry between i and i + 1 (the last one is 0). Overwrites `a`. */
function tridiagonal(a: Float64Array, size: number): { readonly diagonal: Float64Array; readonly below: Float64Array } {
  const diagonal = new Float64Array(size);
  const below = new Float64Array(size);
  const v = new Float64Array(size);
  const p = new Float64Array(size);
  // Row i of the leading block is reflected onto its last entry, so that the remaining block is one smaller.
  for (let i = size - 1; i > 0; i--) {
    const row = i * size;
    let square = 0;
    for (let k = 0; k < i; k++) {
      v[k] = a[row + k]!;
      square += v[k]! * v[k]!;
    }
    diagonal[i] = a[row + i]!;
    if (square < NOTHING) continue;
    const last = v[i - 1]!;
    const length = last > 0 ? -Math.sqrt(square) : Math.sqrt(square);
    below[i - 1] = length;
    v[i - 1] = last - length;
    // v = x − length·e, ‖v‖² = 2·length·(length − last).
    reflect(a, size, i, v, p, length * (length - last));
  }
  if (size > 0) diagonal[0] = a[0]!;
  return { diagonal, below };
}

/** H·A·H of the leading block [order, order], H = 1 − v·vᵀ/half; lower triangle only. */
function reflect(a: Float64Array, size: number, order: number, v: Float64Array, p: Float64Array, half: number): void {
  p.fill(0, 0, order);
  for (let i = 0; i < order; i++) {
    const row = i * size;
    const vi = v[i]!;
    let sum = a[row + i]! * vi;
    for (let j = 0; j < i; j++) {
      const x = a[row + j]!;
      sum += x * v[j]!;
      p[j]! += x * vi;
    }
    p[i]! += sum;
  }
  let along = 0;
  for (let i = 0; i < order; i++) {
    p[i]! /= half;
    along += p[i]! * v[i]!;
  }
  for (let i = 0; i < order; i++) p[i]! -= (along / (2 * half)) * v[i]!;
  for (let i = 0; i < order; i++) {
    const row = i * size;
    const vi = v[i]!;
    const pi = p[i]!;
    for (let j = 0; j <= i; j++) a[row + j]! -= vi * p[j]! + pi * v[j]!;
  }
}

/** Replaces the diagonal of a tridiagonal matrix by its eigenvalues, in no particular order; `below` is overwritten. */
function implicitQl(diagonal: Float64Array, below: Float64Array): void {
  const size = diagonal.length;
  for (let first = 0; first < size; first++) {
    for (let step = 0; ; step++) {
      const last = blockEnd(diagonal, below, first);
      if (last === first) break;
      if (step === MAXIMUM_STEPS) throw new Error(`eigenvalue ${first + 1} of ${size} was not found in ${MAXIMUM_STEPS} steps`);
      qlStep(diagonal, below, first, last);
    }
  }
}

/** End of the block that starts at `first`: the first off-diagonal entry that is rounding compared with its neighbours. */
function blockEnd(diagonal: Float64Array, below: Float64Array, first: number): number {
  let last = first;
  while (last < diagonal.length - 1) {
    const scale = Math.abs(diagonal[last]!) + Math.abs(diagonal[last + 1]!);
    // The largest entry of the matrix is 1, so what is far below its rounding counts as zero even between zeros.
    if (Math.abs(below[last]!) <= Number.EPSILON * (scale + Number.EPSILON)) break;
    last++;
  }
  return last;
}

/** One implicit QL step on the block first … last: a rotation for the shift, then rotations that chase the bulge back up. */
function qlStep(diagonal: Float64Array, below: Float64Array, first: number, last: number): void {
  const gap = (diagonal[first + 1]! - diagonal[first]!) / (2 * below[first]!);
  const root = Math.hypot(gap, 1);
  let g = diagonal[last]! - diagonal[first]! + below[first]! / (gap >= 0 ? gap + root : gap - root);
  let [sine, cosine, moved] = [1, 1, 0];
  for (let i = last - 1; i >= first; i--) {
    const f = sine * below[i]!;
    const b = cosine * below[i]!;
    const r = Math.hypot(f, g);
    below[i + 1] = r;
    if (r === 0) {
      // The block splits here; the next steps process its parts.
      diagonal[i + 1]! -= moved;
      below[last] = 0;
      return;
    }
    sine = f / r;
    cosine = g / r;
    g = diagonal[i + 1]! - moved;
    const t = (diagonal[i]! - g) * sine + 2 * cosine * b;
    moved = sine * t;
    diagonal[i + 1] = g + moved;
    g = cosine * t - b;
  }
  diagonal[first]! -= moved;
  below[first] = g;
  below[last] = 0;
}
