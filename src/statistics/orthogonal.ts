/** Rows of a matrix made orthonormal. */

/** Divides the row that starts at `at` by its length. */
export function scaleRow(rows: Float64Array, at: number, size: number): void {
  // Numbers near the largest that there are have no square.
  let largest = 0;
  for (let k = at; k < at + size; k++) largest = Math.max(largest, Math.abs(rows[k]!));
  for (let k = at; k < at + size; k++) rows[k]! /= largest;
  const length = norm(rows, at, size);
  for (let k = at; k < at + size; k++) rows[k]! /= length;
}

/**
 * Subtracts from row `index`, of length 1, its parts along the rows before it, which are orthonormal, and
 * divides it by its length.
 */
export function orthogonalise(rows: Float64Array, index: number, size: number): void {
  const at = index * size;
  // Rounding is a part of what was there before: with little left, once more.
  for (let left = 0, pass = 0; left < 0.5 && pass < 4; pass++) {
    let other = 0;
    for (; other + 3 < index; other += 4) subtractFour(rows, at, other * size, size);
    for (; other < index; other++) subtractOne(rows, at, other * size, size);
    left = norm(rows, at, size);
    scaleRow(rows, at, size);
  }
}

/** Four rows at a time, so that the row at `at` is read once for four. */
function subtractFour(rows: Float64Array, at: number, other0: number, size: number): void {
  const [other1, other2, other3] = [other0 + size, other0 + 2 * size, other0 + 3 * size];
  let [along0, along1, along2, along3] = [0, 0, 0, 0];
  for (let k = 0; k < size; k++) {
    const x = rows[at + k]!;
    along0 += x * rows[other0 + k]!;
    along1 += x * rows[other1 + k]!;
    along2 += x * rows[other2 + k]!;
    along3 += x * rows[other3 + k]!;
  }
  for (let k = 0; k < size; k++)
    rows[at + k]! -=
      along0 * rows[other0 + k]! + along1 * rows[other1 + k]! + (along2 * rows[other2 + k]! + along3 * rows[other3 + k]!);
}

function subtractOne(rows: Float64Array, at: number, other: number, size: number): void {
  let along = 0;
  for (let k = 0; k < size; k++) along += rows[at + k]! * rows[other + k]!;
  for (let k = 0; k < size; k++) rows[at + k]! -= along * rows[other + k]!;
}

function norm(values: Float64Array, at: number, size: number): number {
  let square = 0;
  for (let k = at; k < at + size; k++) square += values[k]! * values[k]!;
  return Math.sqrt(square);
}
