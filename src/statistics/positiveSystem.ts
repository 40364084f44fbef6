/** Linear systems with a symmetric positive definite matrix. */
import { inTurns, type TurnOptions } from '../log/turn';

/** Rows of L, and of right-hand sides, that are computed together: they stay in the cache while the rows above pass by. */
const BLOCK = 32;
/** Share of the work at which L and the forward substitution are done. */
const FACTORISED = 0.6;

/**
 * X of A·X = B by Cholesky's factorisation, block by block, in float64. Right-hand sides and solutions are rows: B and X are transposed.
 * @param a [size, size] symmetric positive definite; only the lower triangle is read @param b [columns, size] @returns [columns, size]
 * @throws RangeError when A is not positive definite; the signal's reason
 */
export async function solvePositive(
  a: Float64Array,
  size: number,
  b: Float64Array,
  options: TurnOptions = {},
): Promise<Float64Array> {
  return inTurns(solve(a, size, b), options);
}

function* solve(a: Float64Array, size: number, b: Float64Array): Generator<number, Float64Array> {
  const l = a.slice();
  const x = b.slice();
  const columns = size === 0 ? 0 : b.length / size;
  // L·Lᵀ = A. A row of X is a row below L: forward substitution does to it what the factorisation does to L's rows.
  for (let row = 0; row < size; row += BLOCK) {
    const rows = Math.min(BLOCK, size - row);
    eliminate(l, row, rows, l, row, size);
    factorise(l, row, rows, size);
    yield FACTORISED * ((row + rows) / (size + columns)) ** 2;
  }
  for (let row = 0; row < columns; row += BLOCK) {
    const rows = Math.min(BLOCK, columns - row);
    eliminate(x, row, rows, l, size, size);
    yield FACTORISED * ((size + row + rows) / (size + columns)) ** 2;
  }
  for (let row = 0; row < columns; row += 4) {
    const fours = row + 3 < columns;
    for (let k = size - 1; k >= 0; k--) {
      if (fours) subtractFour(x, row * size, l, k, size);
      else for (let one = row; one < columns; one++) subtractOne(x, one * size, l, k, size);
    }
    yield FACTORISED + (1 - FACTORISED) * Math.min(1, (row + 4) / columns);
  }
  return x;
}

/** Rows of `x` times the inverse of Lᵀ, as far as its first `end` columns: x_j = (x_j − Σ_{k<j} x_k·l_jk)/l_jj, in blocks of columns. */
function eliminate(x: Float64Array, row: number, rows: number, l: Float64Array, end: number, size: number): void {
  for (let column = 0; column < end; column += BLOCK) {
    const columns = Math.min(BLOCK, end - column);
    subtractProducts(x, row, rows, l, column, columns, column, size);
    for (let i = row; i < row + rows; i++) substitute(x, i, l, column, columns, size);
  }
  // What is left of the block on the diagonal, for `factorise`.
  if (x === l) subtractProducts(l, row, rows, l, row, rows, row, size);
}

/** x_ij −= Σ_k x_ik·l_jk over the first `depth` k. Four rows by two columns at a time, so that each number is read for several products. */
function subtractProducts(
  x: Float64Array,
  row: number,
  rows: number,
  l: Float64Array,
  column: number,
  columns: number,
  depth: number,
  size: number,
): void {
  const [lastRow, lastColumn] = [row + rows, column + columns];
  let i = row;
  for (; i + 3 < lastRow; i += 4) {
    const [x0, x1, x2, x3] = [i * size, (i + 1) * size, (i + 2) * size, (i + 3) * size];
    let j = column;
    for (; j + 1 < lastColumn; j += 2) {
      const [l0, l1] = [j * size, (j + 1) * size];
      let [s00, s01, s10, s11, s20, s21, s30, s31] = [0, 0, 0, 0, 0, 0, 0, 0];
      for (let k = 0; k < depth; k++) {
        const a = l[l0 + k]!;
        const b = l[l1 + k]!;
        const y0 = x[x0 + k]!;
        const y1 = x[x1 + k]!;
        const y2 = x[x2 + k]!;
        const y3 = x[x3 + k]!;
        s00 += y0 * a;
        s01 += y0 * b;
        s10 += y1 * a;
        s11 += y1 * b;
        s20 += y2 * a;
        s21 += y2 * b;
        s30 += y3 * a;
        s31 += y3 * b;
      }
      x[x0 + j]! -= s00;
      x[x0 + j + 1]! -= s01;
      x[x1 + j]! -= s10;
      x[x1 + j + 1]! -= s11;
      x[x2 + j]! -= s20;
      x[x2 + j + 1]! -= s21;
      x[x3 + j]! -= s30;
      x[x3 + j + 1]! -= s31;
    }
    for (; j < lastColumn; j++) for (let r = i; r < i + 4; r++) x[r * size + j]! -= product(x, r * size, l, j * size, depth);
  }
  for (; i < lastRow; i++) for (let j = column; j < lastColumn; j++) x[i * size + j]! -= product(x, i * size, l, j * size, depth);
}

function product(x: Float64Array, xAt: number, y: Float64Array, yAt: number, length: number): number {
  let sum = 0;
  for (let k = 0; k < length; k++) sum += x[xAt + k]! * y[yAt + k]!;
  return sum;
}

/** The columns of one block in row `i`, once those before it are subtracted. */
function substitute(x: Float64Array, i: number, l: Float64Array, column: number, columns: number, size: number): void {
  const at = i * size + column;
  for (let j = 0; j < columns; j++) {
    const row = (column + j) * size + column;
    x[at + j] = (x[at + j]! - product(x, at, l, row, j)) / l[row + j]!;
  }
}

/** The block on the diagonal, once the blocks before it are subtracted. */
function factorise(l: Float64Array, row: number, rows: number, size: number): void {
  for (let i = row; i < row + rows; i++) {
    substitute(l, i, l, row, i - row, size);
    const at = i * size + row;
    const left = l[i * size + i]! - product(l, at, l, at, i - row);
    if (!(left > 0)) throw new RangeError('the matrix of a linear system is not positive definite');
    l[i * size + i] = Math.sqrt(left);
  }
}

/** Back substitution of x_k in four rows: x_k /= l_kk, and x_j −= x_k·l_kj for the j before it. */
function subtractFour(x: Float64Array, x0: number, l: Float64Array, k: number, size: number): void {
  const [x1, x2, x3] = [x0 + size, x0 + 2 * size, x0 + 3 * size];
  const row = k * size;
  const pivot = l[row + k]!;
  const y0 = (x[x0 + k]! /= pivot);
  const y1 = (x[x1 + k]! /= pivot);
  const y2 = (x[x2 + k]! /= pivot);
  const y3 = (x[x3 + k]! /= pivot);
  for (let j = 0; j < k; j++) {
    const value = l[row + j]!;
    x[x0 + j]! -= y0 * value;
    x[x1 + j]! -= y1 * value;
    x[x2 + j]! -= y2 * value;
    x[x3 + j]! -= y3 * value;
  }
}

function subtractOne(x: Float64Array, at: number, l: Float64Array, k: number, size: number): void {
  const row = k * size;
  const y = (x[at + k]! /= l[row + k]!);
  for (let j = 0; j < k; j++) x[at + j]! -= y * l[row + j]!;
}
