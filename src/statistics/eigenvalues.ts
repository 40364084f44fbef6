/** Eigenvalues of a symmetric matrix. */
import { scaled, tridiagonalEigenvalues, tridiagonalise } from './tridiagonal';

/**
 * Eigenvalues in float64, largest first: Householder reduction to a tridiagonal matrix, then implicit QL with
 * Wilkinson's shift (Golub & Van Loan, Matrix Computations, 8.3). About ⁴⁄₃·size³ operations.
 * @param matrix [size, size] symmetric; only the lower triangle is read, and it is not changed
 * @throws RangeError when an entry is not finite
 */
export function symmetricEigenvalues(matrix: Float64Array, size: number): Float64Array {
  const { a, largest } = scaled(matrix);
  if (largest === 0) return new Float64Array(size);
  const reduction = tridiagonalise(a, size);
  for (;;) {
    const { done, value } = reduction.next();
    if (done === true) return tridiagonalEigenvalues(value).map((x) => x * largest);
  }
}
