/** Linear systems with a symmetric positive definite matrix. */

/**
 * X of A·X = B by Cholesky's factorisation, in float64.
 * @param a [size, size] symmetric positive definite; only the lower triangle is read @param b [size, columns] @returns [size, columns]
 * @throws RangeError when A is not positive definite
 */
export function solvePositive(a: Float64Array, size: number, b: Float64Array, columns: number): Float64Array {
  const l = factorise(a, size);
  const x = Float64Array.from(b);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) subtractRow(x, columns, i, k, l[i * size + k]!);
    divideRow(x, columns, i, l[i * size + i]!);
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) subtractRow(x, columns, i, k, l[k * size + i]!);
    divideRow(x, columns, i, l[i * size + i]!);
  }
  return x;
}

/** L, lower triangular, with L·Lᵀ = A. */
function factorise(a: Float64Array, size: number): Float64Array {
  const l = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let left = a[i * size + j]!;
      for (let k = 0; k < j; k++) left -= l[i * size + k]! * l[j * size + k]!;
      if (i !== j) l[i * size + j] = left / l[j * size + j]!;
      else if (left > 0) l[i * size + i] = Math.sqrt(left);
      else throw new RangeError('the matrix of a linear system is not positive definite');
    }
  }
  return l;
}

/** row i −= factor · row k. */
function subtractRow(x: Float64Array, columns: number, i: number, k: number, factor: number): void {
  for (let c = 0; c < columns; c++) x[i * columns + c]! -= factor * x[k * columns + c]!;
}

function divideRow(x: Float64Array, columns: number, i: number, divisor: number): void {
  for (let c = 0; c < columns; c++) x[i * columns + c]! /= divisor;
}
