/**
 * The inverse of a large symmetric positive definite matrix: blocked, in place, and in turns with other work.
 */

/** Thrown when a matrix is not positive definite, in the rounding of float64. */
export class NotInvertibleError extends Error {
  constructor() {
    super('the matrix to be inverted is not positive definite');
    this.name = 'NotInvertibleError';
  }
}

/** Rows of a block: two blocks of 64 × 128 numbers stay in a core's cache. */
const BLOCK = 64;
const DEPTH = 128;
const TILE = 4;

/** Rows that hold a matrix of this size: whole blocks. */
export function paddedSize(size: number): number {
  return BLOCK * Math.ceil(size / BLOCK);
}

/**
 * Replaces A by its inverse in float64: A = L·Lᵀ by Cholesky's factorisation, V = L⁻ᵀ, A⁻¹ = V·Vᵀ. All work
 * is products of rows with rows, size³/2 multiplications. Yields the share that is done, at least every 10⁸
 * multiplications or so.
 * @param a [padded, padded] with `paddedSize(size)`. Only the lower triangle of its first `size` rows and
 * columns is read; the inverse is written there in full
 * @throws NotInvertibleError when A is not positive definite
 */
export function* invertPositive(a: Float64Array, size: number): Generator<number, void, void> {
  const n = paddedSize(size);
  const blocks = n / BLOCK;
  for (let i = size; i < n; i++) {
    a.fill(0, i * n, i * n + i);
    a[i * n + i] = 1;
  }
  const total = (blocks * blocks * blocks) / 2;
  let done = 0;
  /** L⁻¹ of each block on the diagonal, [block rows, block columns], zeros above its diagonal. */
  const inverses = Array.from({ length: blocks }, () => new Float64Array(BLOCK * BLOCK));
  const tile = new Float64Array(BLOCK * BLOCK);
  // L, below the diagonal.
  for (let J = 0; J < blocks; J++) {
    const first = J * BLOCK;
    for (let I = J; I < blocks; I++) {
      const at = I * BLOCK * n + first;
      copyBlock(tile, 0, BLOCK, a, at, n);
      multiplyRows(tile, a, I * BLOCK * n, n, a, first * n, n, first, -1);
      if (I === J) {
        factoriseBlock(tile);
        invertBlock(inverses[J]!, tile);
        copyBlock(a, at, n, tile, 0, BLOCK);
      } else {
        const solved = new Float64Array(BLOCK * BLOCK);
        multiplyRows(solved, tile, 0, BLOCK, inverses[J]!, 0, BLOCK, BLOCK, 1);
        copyBlock(a, at, n, solved, 0, BLOCK);
      }
      done += J + 1;
      if (I % 8 === 7) yield Math.min(1, done / total);
    }
  }
  // V, above the diagonal: V[J, I] = −(Σ L[I, k]·V[J, k]ᵀ)ᵀ·(L[I, I]⁻¹)ᵀ.
  const panel = new Float64Array(BLOCK * n);
  for (let J = 0; J < blocks; J++) {
    const first = J * BLOCK;
    transposeBlock(panel, first, n, inverses[J]!);
    for (let I = J + 1; I < blocks; I++) {
      const column = I * BLOCK;
      tile.fill(0);
      multiplyRows(tile, panel, first, n, a, column * n + first, n, column - first, -1);
      const block = new Float64Array(BLOCK * BLOCK);
      multiplyRows(block, tile, 0, BLOCK, inverses[I]!, 0, BLOCK, BLOCK, 1);
      copyBlock(panel, column, n, block, 0, BLOCK);
      copyBlock(a, first * n + column, n, block, 0, BLOCK);
      done += I - J + 1;
      if (I % 8 === 7) yield Math.min(1, done / total);
    }
  }
  // V·Vᵀ, from the first rows on: later ones need only what is to the right of them.
  for (let I = 0; I < blocks; I++) {
    const first = I * BLOCK;
    for (let row = 0; row < BLOCK; row++)
      panel.set(a.subarray((first + row) * n + first, (first + row + 1) * n), row * n + first);
    transposeBlock(panel, first, n, inverses[I]!);
    for (let J = 0; J <= I; J++) {
      tile.fill(0);
      if (J === I) multiplyRows(tile, panel, first, n, panel, first, n, n - first, 1);
      else multiplyRows(tile, panel, first, n, a, J * BLOCK * n + first, n, n - first, 1);
      copyBlock(a, first * n + J * BLOCK, n, tile, 0, BLOCK);
      done += blocks - I;
      if (J % 8 === 7) yield Math.min(1, done / total);
    }
  }
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) a[j * n + i] = a[i * n + j]!;
  yield 1;
}

/**
 * c[i, j] += sign · Σ_k a[i, k]·b[j, k] for a block of rows i and of rows j. @param depth a multiple of four,
 * as all sizes are
 */
function multiplyRows(
  c: Float64Array,
  a: Float64Array,
  fromA: number,
  strideA: number,
  b: Float64Array,
  fromB: number,
  strideB: number,
  depth: number,
  sign: 1 | -1,
): void {
  for (let k0 = 0; k0 < depth; k0 += DEPTH) {
    const length = Math.min(DEPTH, depth - k0);
    for (let i = 0; i < BLOCK; i += TILE) {
      const a0 = fromA + i * strideA + k0;
      for (let j = 0; j < BLOCK; j += TILE) {
        multiplyTile(c, i * BLOCK + j, a, a0, strideA, b, fromB + j * strideB + k0, strideB, length, sign);
      }
    }
  }
}

/** Four rows of each. */
function multiplyTile(
  c: Float64Array,
  at: number,
  a: Float64Array,
  a0: number,
  strideA: number,
  b: Float64Array,
  b0: number,
  strideB: number,
  length: number,
  sign: 1 | -1,
): void {
  const a1 = a0 + strideA;
  const a2 = a1 + strideA;
  const a3 = a2 + strideA;
  const b1 = b0 + strideB;
  const b2 = b1 + strideB;
  const b3 = b2 + strideB;
  let s00 = 0;
  let s01 = 0;
  let s02 = 0;
  let s03 = 0;
  let s10 = 0;
  let s11 = 0;
  let s12 = 0;
  let s13 = 0;
  let s20 = 0;
  let s21 = 0;
  let s22 = 0;
  let s23 = 0;
  let s30 = 0;
  let s31 = 0;
  let s32 = 0;
  let s33 = 0;
  for (let k = 0; k < length; k++) {
    const p = a[a0 + k]!;
    const q = a[a1 + k]!;
    const r = a[a2 + k]!;
    const s = a[a3 + k]!;
    const w = b[b0 + k]!;
    const x = b[b1 + k]!;
    const y = b[b2 + k]!;
    const z = b[b3 + k]!;
    s00 += p * w;
    s01 += p * x;
    s02 += p * y;
    s03 += p * z;
    s10 += q * w;
    s11 += q * x;
    s12 += q * y;
    s13 += q * z;
    s20 += r * w;
    s21 += r * x;
    s22 += r * y;
    s23 += r * z;
    s30 += s * w;
    s31 += s * x;
    s32 += s * y;
    s33 += s * z;
  }
  c[at]! += sign * s00;
  c[at + 1]! += sign * s01;
  c[at + 2]! += sign * s02;
  c[at + 3]! += sign * s03;
  c[at + BLOCK]! += sign * s10;
  c[at + BLOCK + 1]! += sign * s11;
  c[at + BLOCK + 2]! += sign * s12;
  c[at + BLOCK + 3]! += sign * s13;
  c[at + 2 * BLOCK]! += sign * s20;
  c[at + 2 * BLOCK + 1]! += sign * s21;
  c[at + 2 * BLOCK + 2]! += sign * s22;
  c[at + 2 * BLOCK + 3]! += sign * s23;
  c[at + 3 * BLOCK]! += sign * s30;
  c[at + 3 * BLOCK + 1]! += sign * s31;
  c[at + 3 * BLOCK + 2]! += sign * s32;
  c[at + 3 * BLOCK + 3]! += sign * s33;
}

function copyBlock(to: Float64Array, at: number, strideTo: number, from: Float64Array, begin: number, strideFrom: number): void {
  for (let row = 0; row < BLOCK; row++)
    to.set(from.subarray(begin + row * strideFrom, begin + row * strideFrom + BLOCK), at + row * strideTo);
}

function transposeBlock(to: Float64Array, at: number, stride: number, from: Float64Array): void {
  for (let i = 0; i < BLOCK; i++) for (let j = 0; j < BLOCK; j++) to[at + i * stride + j] = from[j * BLOCK + i]!;
}

/** The block's L in its lower triangle; the rest becomes 0. */
function factoriseBlock(block: Float64Array): void {
  for (let i = 0; i < BLOCK; i++) {
    for (let j = 0; j <= i; j++) {
      let left = block[i * BLOCK + j]!;
      for (let k = 0; k < j; k++) left -= block[i * BLOCK + k]! * block[j * BLOCK + k]!;
      if (i !== j) block[i * BLOCK + j] = left / block[j * BLOCK + j]!;
      else if (left > 0) block[i * BLOCK + i] = Math.sqrt(left);
      else throw new NotInvertibleError();
    }
    block.fill(0, i * BLOCK + i + 1, (i + 1) * BLOCK);
  }
}

function invertBlock(inverse: Float64Array, l: Float64Array): void {
  for (let i = 0; i < BLOCK; i++) {
    const own = l[i * BLOCK + i]!;
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let k = j; k < i; k++) sum += l[i * BLOCK + k]! * inverse[k * BLOCK + j]!;
      inverse[i * BLOCK + j] = -sum / own;
    }
    inverse[i * BLOCK + i] = 1 / own;
  }
}
