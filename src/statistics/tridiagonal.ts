/**
 * A symmetric matrix as a tridiagonal one between reflections (Golub & Van Loan, Matrix Computations, 8.3),
 * in float64.
 */

/**
 * With the largest entry of the matrix 1, a row whose sum of squares is smaller than this counts as zero: its
 * squares underflow.
 */
const NOTHING = 1e-280;
/** Maximum number of QL steps for one eigenvalue; two or three are usual. */
const MAXIMUM_STEPS = 60;

/**
 * A symmetric tridiagonal matrix: its diagonal [size] and, in `below[i]`, the entry between i and i + 1 (the
 * last one is 0).
 */
export interface Tridiagonal {
  readonly diagonal: Float64Array;
  readonly below: Float64Array;
}

/**
 * T = H₁ … Hₙ₋₁·A·Hₙ₋₁ … H₁ with Hᵢ = 1 − v·vᵀ/half of the first i dimensions: v in row i of `rows` [size,
 * size], half in `halves[i]`.
 */
export interface Reduction extends Tridiagonal {
  readonly rows: Float64Array;
  readonly halves: Float64Array;
}

/** A copy whose largest entry is 1 or −1, unless all are 0. @throws RangeError when an entry is not finite */
export function scaled(matrix: Float64Array): { readonly a: Float64Array; readonly largest: number } {
  let largest = 0;
  for (const x of matrix) {
    if (!Number.isFinite(x)) throw new RangeError('matrix holds numbers that are not finite');
    largest = Math.max(largest, Math.abs(x));
  }
  return { a: largest === 0 ? matrix.slice() : matrix.map((x) => x / largest), largest };
}

/**
 * Reduces a symmetric matrix [size, size], of which only the lower triangle is read, and overwrites it. Each
 * reflection goes over the matrix once: what the one before changes is subtracted in the pass that multiplies
 * by the next.
 * @yields the share of the work that is done
 */
export function* tridiagonalise(a: Float64Array, size: number): Generator<number, Reduction> {
  const diagonal = new Float64Array(size);
  const below = new Float64Array(size);
  const halves = new Float64Array(size).fill(1);
  let change = { v: new Float64Array(size), w: new Float64Array(size) };
  let next = { v: new Float64Array(size), w: new Float64Array(size) };
  // Row i of the leading block is reflected onto its last entry, so that the remaining block is one smaller.
  for (let i = size - 1; i > 0; i--) {
    const row = i * size;
    const { v, w } = next;
    subtract(a, row, i, change.v, change.w);
    diagonal[i] = a[row + i]!;
    let square = 0;
    for (let k = 0; k < i; k++) square += a[row + k]! * a[row + k]!;
    if (square < NOTHING) a.fill(0, row, row + i);
    else {
      const last = a[row + i - 1]!;
      const length = last > 0 ? -Math.sqrt(square) : Math.sqrt(square);
      below[i - 1] = length;
      a[row + i - 1] = last - length;
      // v = x − length·e, ‖v‖² = 2·length·(length − last).
      halves[i] = length * (length - last);
    }
    v.set(a.subarray(row, row + i));
    multiply(a, size, i, change, v, w);
    // H·A·H = A − v·wᵀ − w·vᵀ with p = A·v/half and w = p − (p·v)/(2·half)·v.
    let along = 0;
    for (let k = 0; k < i; k++) {
      w[k]! /= halves[i]!;
      along += w[k]! * v[k]!;
    }
    for (let k = 0; k < i; k++) w[k]! -= (along / (2 * halves[i]!)) * v[k]!;
    [change, next] = [next, change];
    yield 1 - (i / size) ** 3;
  }
  if (size > 0) {
    subtract(a, 0, 0, change.v, change.w);
    diagonal[0] = a[0]!;
  }
  return { diagonal, below, halves, rows: a };
}

/** Row `i` up to its diagonal, of A − v·wᵀ − w·vᵀ. */
function subtract(a: Float64Array, row: number, i: number, v: Float64Array, w: Float64Array): void {
  const vi = v[i]!;
  const wi = w[i]!;
  for (let j = 0; j <= i; j++) a[row + j]! -= vi * w[j]! + wi * v[j]!;
}

/**
 * A −= v·wᵀ + w·vᵀ, then out = A·u, of the leading block [order, order]; lower triangle only. Four rows at a
 * time, so that each number of the vectors is read once for four entries.
 */
function multiply(
  a: Float64Array,
  size: number,
  order: number,
  { v, w }: { readonly v: Float64Array; readonly w: Float64Array },
  u: Float64Array,
  out: Float64Array,
): void {
  out.fill(0, 0, order);
  let i = 0;
  for (; i + 3 < order; i += 4) {
    const [row0, row1, row2, row3] = [i * size, (i + 1) * size, (i + 2) * size, (i + 3) * size];
    const [v0, v1, v2, v3] = [v[i]!, v[i + 1]!, v[i + 2]!, v[i + 3]!];
    const [w0, w1, w2, w3] = [w[i]!, w[i + 1]!, w[i + 2]!, w[i + 3]!];
    const [u0, u1, u2, u3] = [u[i]!, u[i + 1]!, u[i + 2]!, u[i + 3]!];
    let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0];
    for (let j = 0; j < i; j++) {
      const vj = v[j]!;
      const wj = w[j]!;
      const uj = u[j]!;
      const x0 = a[row0 + j]! - (v0 * wj + w0 * vj);
      const x1 = a[row1 + j]! - (v1 * wj + w1 * vj);
      const x2 = a[row2 + j]! - (v2 * wj + w2 * vj);
      const x3 = a[row3 + j]! - (v3 * wj + w3 * vj);
      a[row0 + j] = x0;
      a[row1 + j] = x1;
      a[row2 + j] = x2;
      a[row3 + j] = x3;
      sum0 += x0 * uj;
      sum1 += x1 * uj;
      sum2 += x2 * uj;
      sum3 += x3 * uj;
      out[j]! += x0 * u0 + x1 * u1 + (x2 * u2 + x3 * u3);
    }
    out[i]! += sum0;
    out[i + 1]! += sum1;
    out[i + 2]! += sum2;
    out[i + 3]! += sum3;
    for (let k = i; k < i + 4; k++) multiplyRow(a, k * size, i, k, v, w, u, out);
  }
  for (; i < order; i++) multiplyRow(a, i * size, 0, i, v, w, u, out);
}

/** The same of row `i`, from column `from` to its diagonal. */
function multiplyRow(
  a: Float64Array,
  row: number,
  from: number,
  i: number,
  v: Float64Array,
  w: Float64Array,
  u: Float64Array,
  out: Float64Array,
): void {
  const vi = v[i]!;
  const wi = w[i]!;
  const ui = u[i]!;
  let sum = 0;
  for (let j = from; j < i; j++) {
    const x = a[row + j]! - (vi * w[j]! + wi * v[j]!);
    a[row + j] = x;
    sum += x * u[j]!;
    out[j]! += x * ui;
  }
  const x = a[row + i]! - 2 * vi * wi;
  a[row + i] = x;
  out[i]! += sum + x * ui;
}

/**
 * Turns eigenvectors of T, the rows of `vectors` [count, size], into those of A.
 * @yields the share of the work that is done
 */
export function* reflectBack({ rows, halves }: Reduction, vectors: Float64Array): Generator<number, void> {
  const size = halves.length;
  const count = vectors.length / size;
  for (let first = 0; first < count; first += 4) {
    const fours = first + 3 < count;
    for (let i = 1; i < size; i++) {
      if (fours) reflectFour(rows, i * size, i, halves[i]!, vectors, first * size, size);
      else for (let one = first; one < count; one++) reflectOne(rows, i * size, i, halves[i]!, vectors, one * size);
    }
    yield Math.min(1, (first + 4) / count);
  }
}

/** x −= v·(v·x)/half of the first `order` numbers of four vectors. */
function reflectFour(
  rows: Float64Array,
  row: number,
  order: number,
  half: number,
  x: Float64Array,
  at0: number,
  size: number,
): void {
  const [at1, at2, at3] = [at0 + size, at0 + 2 * size, at0 + 3 * size];
  let [along0, along1, along2, along3] = [0, 0, 0, 0];
  for (let k = 0; k < order; k++) {
    const v = rows[row + k]!;
    along0 += v * x[at0 + k]!;
    along1 += v * x[at1 + k]!;
    along2 += v * x[at2 + k]!;
    along3 += v * x[at3 + k]!;
  }
  along0 /= half;
  along1 /= half;
  along2 /= half;
  along3 /= half;
  for (let k = 0; k < order; k++) {
    const v = rows[row + k]!;
    x[at0 + k]! -= along0 * v;
    x[at1 + k]! -= along1 * v;
    x[at2 + k]! -= along2 * v;
    x[at3 + k]! -= along3 * v;
  }
}

function reflectOne(rows: Float64Array, row: number, order: number, half: number, x: Float64Array, at: number): void {
  let along = 0;
  for (let k = 0; k < order; k++) along += rows[row + k]! * x[at + k]!;
  along /= half;
  for (let k = 0; k < order; k++) x[at + k]! -= along * rows[row + k]!;
}

/** Eigenvalues of T by implicit QL, largest first. Its largest entry must be about 1. */
export function tridiagonalEigenvalues({ diagonal, below }: Tridiagonal): Float64Array {
  const values = diagonal.slice();
  implicitQl(values, below.slice());
  return values.sort().reverse();
}

/**
 * Replaces the diagonal of a tridiagonal matrix by its eigenvalues, in no particular order; `below` is
 * overwritten.
 */
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

/**
 * End of the block that starts at `first`: the first off-diagonal entry that is rounding compared with its
 * neighbours.
 */
function blockEnd(diagonal: Float64Array, below: Float64Array, first: number): number {
  let last = first;
  while (last < diagonal.length - 1) {
    const scale = Math.abs(diagonal[last]!) + Math.abs(diagonal[last + 1]!);
    // The largest entry of the matrix is 1, so what is far below its rounding counts as zero even between
    // zeros.
    if (Math.abs(below[last]!) <= Number.EPSILON * (scale + Number.EPSILON)) break;
    last++;
  }
  return last;
}

/**
 * One implicit QL step on the block first … last: a rotation for the shift, then rotations that chase the
 * bulge back up.
 */
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
