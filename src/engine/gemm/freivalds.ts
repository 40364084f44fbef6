/**
 * Whether C is the product that it should be, in the time that reading the matrices takes (Freivalds' method): C·x is compared with A·(B·x), and yᵀ·C
 * with (yᵀ·A)·B, for vectors of random signs. An entry that is wrong by more than the tolerance of its row and column is missed by one vector in at
 * most half of the cases, whatever the other entries are.
 */

/** A matrix in an array, of which one of the two steps is 1. */
export interface Numbers {
  readonly values: ArrayLike<number>;
  readonly rows: number;
  readonly columns: number;
  readonly offset: number;
  /** Elements from a row to the next, and from a column to the next. */
  readonly rowStep: number;
  readonly columnStep: number;
}

/** C = α·Σ left·right + bias over columns + addend. */
export interface ExpectedProduct {
  readonly alpha: number;
  readonly factors: readonly { readonly left: Numbers; readonly right: Numbers }[];
  readonly bias: Numbers | null;
  readonly addend: Numbers | null;
}

/** Vectors of each side; those of both sides miss an entry with a probability of at most 2⁻¹⁰. */
export const VECTORS = 5;

const ROUNDING = 2 ** -24;

/**
 * What an entry of the difference may be, relative to the norms of what it is computed from. Rounding errors of a sum of n products grow like √n; over
 * the products of a run the largest is a tenth of this. Half floats round each factor. @param depth numbers that an entry sums
 */
export function toleranceOf(depth: number, f16: boolean): number {
  return 4 * ROUNDING * Math.sqrt(depth + 4) + (f16 ? 2 ** -10 : 0);
}

/**
 * The largest error over all rows and columns, relative to the norms of what they are computed from; infinite if one is not a number.
 * @param random in [0, 1)
 */
export function productError(got: Numbers, expected: ExpectedProduct, random: () => number = Math.random): number {
  return Math.max(sideError(got, expected, random), sideError(transposed(got), transposedProduct(expected), random));
}

/** Of the products with vectors on the right. */
function sideError(got: Numbers, { alpha, factors, bias, addend }: ExpectedProduct, random: () => number): number {
  const x = Float64Array.from({ length: got.columns * VECTORS }, () => (random() < 0.5 ? -1 : 1));
  const difference = times(got, x);
  const scales = new Float64Array(got.rows);
  for (const { left, right } of factors) {
    const part = times(left, times(right, x));
    for (let i = 0; i < difference.length; i++) difference[i]! -= alpha * part[i]!;
    const size = Math.abs(alpha) * Math.sqrt(rowSquares(right).reduce((sum, square) => sum + square, 0));
    rowSquares(left).forEach((square, row) => (scales[row]! += size * Math.sqrt(square)));
  }
  for (const matrix of [bias, addend]) {
    if (matrix === null) continue;
    const part = times(matrix, x);
    for (let i = 0; i < difference.length; i++) difference[i]! -= part[i]!;
    rowSquares(matrix).forEach((square, row) => (scales[row]! += Math.sqrt(square)));
  }
  let worst = 0;
  difference.forEach((value, i) => {
    if (value === 0) return;
    const error = Math.abs(value) / scales[Math.floor(i / VECTORS)]!;
    worst = Math.max(worst, Number.isNaN(error) ? Infinity : error);
  });
  return worst;
}

export function transposed(matrix: Numbers): Numbers {
  const { rows, columns, rowStep, columnStep } = matrix;
  return { ...matrix, rows: columns, columns: rows, rowStep: columnStep, columnStep: rowStep };
}

function transposedProduct({ alpha, factors, bias, addend }: ExpectedProduct): ExpectedProduct {
  return {
    alpha,
    factors: factors.map(({ left, right }) => ({ left: transposed(right), right: transposed(left) })),
    bias: bias && transposed(bias),
    addend: addend && transposed(addend),
  };
}

/** Matrix times vectors. @param x [columns, VECTORS] @returns [rows, VECTORS] */
function times(matrix: Numbers, x: Float64Array): Float64Array {
  const { values, rows, columns, offset, rowStep, columnStep } = matrix;
  const y = new Float64Array(rows * VECTORS);
  // Along the memory.
  const alongRows = columnStep === 1;
  const outer = alongRows ? rows : columns;
  const inner = alongRows ? columns : rows;
  const step = alongRows ? rowStep : columnStep;
  for (let o = 0; o < outer; o++) {
    const first = offset + o * step;
    for (let i = 0; i < inner; i++) {
      const value = values[first + i * (alongRows ? 1 : rowStep)]!;
      const to = VECTORS * (alongRows ? o : i);
      const from = VECTORS * (alongRows ? i : o);
      for (let v = 0; v < VECTORS; v++) y[to + v]! += value * x[from + v]!;
    }
  }
  return y;
}

/** Σ of squares of each row. */
function rowSquares(matrix: Numbers): Float64Array {
  const { values, rows, columns, offset, rowStep, columnStep } = matrix;
  const squares = new Float64Array(rows);
  const alongRows = columnStep === 1;
  const outer = alongRows ? rows : columns;
  const inner = alongRows ? columns : rows;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const row = alongRows ? o : i;
      const column = alongRows ? i : o;
      squares[row]! += values[offset + row * rowStep + column * columnStep]! ** 2;
    }
  }
  return squares;
}
