/** Eigenvalues of a symmetric matrix. */

const MAXIMUM_SWEEPS = 60;

/**
 * Eigenvalues by cyclic Jacobi rotations in float64 (Golub & Van Loan, Matrix Computations, 8.5), largest first.
 * Stops when the off-diagonal Frobenius norm is below 1e-14 of the whole.
 * @param matrix [size, size] symmetric; left unchanged
 */
export function symmetricEigenvalues(matrix: Float64Array, size: number): Float64Array {
  const a = matrix.slice();
  let whole = 0;
  for (const x of a) whole += x * x;
  if (!Number.isFinite(whole)) throw new RangeError('matrix holds numbers that are not finite');
  const limit = whole * 1e-28;
  // An entry this small leaves the off-diagonal norm below the limit even if all were as large.
  const skip = Math.sqrt(limit) / Math.max(1, size);
  for (let sweep = 0; sweep < MAXIMUM_SWEEPS && offDiagonalSquare(a, size) > limit; sweep++) {
    for (let p = 0; p < size - 1; p++) {
      for (let q = p + 1; q < size; q++) rotate(a, size, p, q, skip);
    }
  }
  const values = new Float64Array(size);
  for (let i = 0; i < size; i++) values[i] = a[i * size + i]!;
  return values.sort().reverse();
}

function offDiagonalSquare(a: Float64Array, size: number): number {
  let sum = 0;
  for (let i = 1; i < size; i++) {
    for (let j = 0; j < i; j++) sum += 2 * a[i * size + j]! * a[i * size + j]!;
  }
  return sum;
}

/** One rotation that makes a[p, q] zero; both triangles are kept, so rows p and q are read and written in order. */
function rotate(a: Float64Array, size: number, p: number, q: number, skip: number): void {
  const rowP = p * size;
  const rowQ = q * size;
  const apq = a[rowP + q]!;
  if (Math.abs(apq) <= skip) return;
  const app = a[rowP + p]!;
  const aqq = a[rowQ + q]!;
  const theta = (aqq - app) / (2 * apq);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < size; k++) {
    if (k === p || k === q) continue;
    const x = a[rowP + k]!;
    const y = a[rowQ + k]!;
    const nextP = c * x - s * y;
    const nextQ = s * x + c * y;
    a[rowP + k] = nextP;
    a[rowQ + k] = nextQ;
    a[k * size + p] = nextP;
    a[k * size + q] = nextQ;
  }
  a[rowP + p] = app - t * apq;
  a[rowQ + q] = aqq + t * apq;
  a[rowP + q] = 0;
  a[rowQ + p] = 0;
}
