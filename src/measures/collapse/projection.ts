/**
 * The plane in which embeddings of all arms and steps are drawn, and how a record stores the points.
 * Definition: docs/metrics.md.
 */
import { fromBase64, toBase64 } from '../../record/base64';
import { meanRow, rowCount, scatter } from './scatter';

/** Number of iterations; enough for axes whose variances differ by a few per cent. */
const MAXIMUM_TURNS = 1000;
const CONVERGED = 1e-10;
/** Largest value of a stored coordinate. */
const STEPS = 32767;

/** An origin and two orthogonal unit vectors. */
export interface Plane {
  readonly origin: Float64Array;
  readonly axes: readonly [Float64Array, Float64Array];
}

/**
 * The plane through the mean of the rows along their two principal components, by orthogonal iteration on the
 * scatter matrix in float64 (Golub & Van Loan, Matrix Computations, 8.2). Each axis is turned so that its
 * largest entry is positive.
 * @param embeddings [rows, size], size of at least 2
 */
export function principalPlane(embeddings: Float32Array, size: number): Plane {
  if (size < 2) throw new RangeError(`rows of ${size} span no plane`);
  const origin = meanRow(embeddings, size);
  const moments = scatter(embeddings, origin);
  let first = start(size, 1);
  let second = withoutPart(start(size, 2), first);
  for (let turn = 0; turn < MAXIMUM_TURNS; turn++) {
    const nextFirst = unit(times(moments, first), first);
    const nextSecond = withoutPart(unit(times(moments, second), second), nextFirst);
    const change = Math.max(distance(first, nextFirst), distance(second, nextSecond));
    [first, second] = [nextFirst, nextSecond];
    if (change < CONVERGED) break;
  }
  return { origin, axes: [upright(first), upright(second)] };
}

export interface Projected {
  /** [chosen rows, 2]. */
  readonly points: Float64Array;
  /**
   * Share of the variance of **all** rows around their own mean that lies in the plane; 0 without variance.
   */
  readonly share: number;
}

/** Coordinates of some rows in a plane. */
export function project(plane: Plane, embeddings: Float32Array, chosen: ArrayLike<number>): Projected {
  const { origin, axes } = plane;
  const size = origin.length;
  const along = (row: number, axis: Float64Array): number => {
    let sum = 0;
    for (let k = 0; k < size; k++) sum += (embeddings[row * size + k]! - origin[k]!) * axis[k]!;
    return sum;
  };
  const points = Float64Array.from({ length: 2 * chosen.length }, (_, at) => along(chosen[at >> 1]!, axes[at % 2 === 0 ? 0 : 1]));
  return { points, share: shareOf(axes, embeddings) };
}

function shareOf(axes: Plane['axes'], embeddings: Float32Array): number {
  const size = axes[0].length;
  const rows = rowCount(embeddings, size);
  const mean = meanRow(embeddings, size);
  let whole = 0;
  let inside = 0;
  for (let r = 0; r < rows; r++) {
    let [x, y] = [0, 0];
    for (let k = 0; k < size; k++) {
      const away = embeddings[r * size + k]! - mean[k]!;
      whole += away * away;
      x += away * axes[0][k]!;
      y += away * axes[1][k]!;
    }
    inside += x * x + y * y;
  }
  return whole > 0 ? inside / whole : 0;
}

/** Base64 of little-endian int16, each coordinate over `reach` times 32,767. */
export function encodePoints(points: Float64Array, reach: number): string {
  const bytes = new Uint8Array(2 * points.length);
  const view = new DataView(bytes.buffer);
  points.forEach((value, at) => {
    view.setInt16(2 * at, reach > 0 ? Math.round((STEPS * value) / reach) : 0, true);
  });
  return toBase64(bytes);
}

/**
 * @returns [points, 2], each coordinate within reach / 65,534 of what was encoded
 * @throws RangeError when `data` does not hold that many points
 */
export function decodePoints(data: string, reach: number, points: number): Float64Array {
  const bytes = fromBase64(data);
  if (bytes.length !== 4 * points) throw new RangeError(`projection holds ${bytes.length} bytes, expected ${4 * points}`);
  const view = new DataView(bytes.buffer);
  return Float64Array.from({ length: 2 * points }, (_, at) => (view.getInt16(2 * at, true) / STEPS) * reach);
}

/** A vector that is unlikely to be orthogonal to any data. */
function start(size: number, which: number): Float64Array {
  const vector = Float64Array.from({ length: size }, (_, k) => Math.cos(which * (k + 1) * (k + 2)));
  return unit(vector, vector);
}

/** Product of a symmetric matrix, given by its lower triangle, with a vector. */
function times(lower: Float64Array, vector: Float64Array): Float64Array {
  const size = vector.length;
  const product = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    let sum = lower[i * size + i]! * vector[i]!;
    for (let j = 0; j < i; j++) {
      const x = lower[i * size + j]!;
      sum += x * vector[j]!;
      product[j]! += x * vector[i]!;
    }
    product[i]! += sum;
  }
  return product;
}

/** `fallback` is returned if there is no direction, because the data have no variance. */
function unit(vector: Float64Array, fallback: Float64Array): Float64Array {
  const length = Math.sqrt(dot(vector, vector));
  return length > 0 ? vector.map((x) => x / length) : fallback;
}

/**
 * The unit vector along the part of `vector` that is orthogonal to `axis` or, if there is none, along that of
 * a coordinate axis.
 */
function withoutPart(vector: Float64Array, axis: Float64Array): Float64Array {
  const rest = rejected(vector, axis);
  if (dot(rest, rest) > 1e-20) return unit(rest, rest);
  const least = axis.reduce((best, x, k) => (Math.abs(x) < Math.abs(axis[best]!) ? k : best), 0);
  const other = rejected(
    axis.map((_, k) => (k === least ? 1 : 0)),
    axis,
  );
  return unit(other, other);
}

/** Twice, since for a vector nearly along the axis the first pass leaves little more than rounding. */
function rejected(vector: Float64Array, axis: Float64Array): Float64Array {
  const once = (of: Float64Array): Float64Array => {
    const along = dot(of, axis);
    return of.map((x, k) => x - along * axis[k]!);
  };
  return once(once(vector));
}

function upright(axis: Float64Array): Float64Array {
  const largest = axis.reduce((best, x) => (Math.abs(x) > Math.abs(best) ? x : best), 0);
  return largest < 0 ? axis.map((x) => -x) : axis;
}

function distance(a: Float64Array, b: Float64Array): number {
  return Math.sqrt(a.reduce((sum, x, k) => sum + (x - b[k]!) ** 2, 0));
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, x, k) => sum + x * b[k]!, 0);
}
