/**
 * Semantic IDs by residual k-means: the code of a level is the nearest centroid to what the levels before it
 * leave of an item's features. Every sum is taken in float64 in a fixed order, so that `karma.codes` in
 * Python finds the same codes of the same features to the last bit.
 */
import { forkRandom, type Random } from '../../log/random';
import { turn } from '../../log/turn';
import type { ItemCodes } from './itemCodes';
import { codeSizes } from '../../recipe/codeIndex';
import type { RunSpec } from '../../recipe/runSpec';

/** Lloyd's algorithm stops after this many rounds, or as soon as no item changes its centroid. */
const ROUNDS = 25;
/** Numbers that are compared before other work gets its turn. */
const SLICE = 2e7;

export interface QuantiseOptions {
  readonly seed: number;
  /** Called with levels done and in all. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Points as rows of one table. */
interface Points {
  readonly values: Float64Array;
  readonly count: number;
  readonly width: number;
}

/** @param features [items, width] @throws the signal's reason when aborted */
export async function residualCodes(
  features: Float32Array,
  items: number,
  objective: Pick<RunSpec['objective'], 'codeLevels' | 'codebookSize'>,
  { seed, onProgress, signal }: QuantiseOptions,
): Promise<ItemCodes> {
  const sizes = codeSizes({ ...objective, codeIndex: [] });
  const width = features.length / items;
  const left: Points = { values: Float64Array.from(features), count: items, width };
  const codes = new Uint32Array(items * sizes.length);
  for (const [level, size] of sizes.entries()) {
    signal?.throwIfAborted();
    onProgress?.(level, sizes.length);
    const { nearest, centroids } = await kMeans(left, size, forkRandom(seed, 'semantic codes', level), signal);
    for (let item = 0; item < items; item++) {
      const code = nearest[item]!;
      codes[item * sizes.length + level] = code;
      for (let c = 0; c < width; c++) left.values[item * width + c]! -= centroids[code * width + c]!;
    }
  }
  return { sizes, codes };
}

/**
 * k-means++ (Arthur & Vassilvitskii, 2007), then Lloyd's rounds. Ties go to the first centroid; one without
 * points stays where it is.
 */
async function kMeans(
  points: Points,
  size: number,
  random: Random,
  signal: AbortSignal | undefined,
): Promise<{ readonly nearest: Uint32Array; readonly centroids: Float64Array }> {
  const { values, count, width } = points;
  const centroids = seeds(points, size, random);
  const found = centroids.length / width;
  const nearest = new Uint32Array(count).fill(found);
  let compared = 0;
  for (let round = 0; ; round++) {
    let changed = false;
    for (let point = 0; point < count; point++) {
      const code = nearestOf(values, point * width, centroids, width, nearest[point]!);
      changed ||= nearest[point] !== code;
      nearest[point] = code;
      compared += found * width;
      if (compared < SLICE) continue;
      compared = 0;
      await turn();
      signal?.throwIfAborted();
    }
    if (!changed || round === ROUNDS) return { nearest, centroids };
    moveToMeans(points, nearest, centroids);
  }
}

/**
 * @param guess a centroid that is probably near, beyond which no other is measured to the end; or none, if it
 * is past the last
 */
function nearestOf(values: Float64Array, at: number, centroids: Float64Array, width: number, guess: number): number {
  const guessed = guess * width < centroids.length;
  let bound = guessed ? squaredDistance(values, at, centroids, guess * width, width, Infinity) : Infinity;
  let best = 0;
  // Not the guess's: of centroids that are equally near, the first is the nearest.
  let least = Infinity;
  for (let code = 0; code * width < centroids.length; code++) {
    const distance = squaredDistance(values, at, centroids, code * width, width, bound);
    if (distance < least) [least, best, bound] = [distance, code, distance];
  }
  return best;
}

function moveToMeans({ values, count, width }: Points, nearest: Uint32Array, centroids: Float64Array): void {
  const sums = new Float64Array(centroids.length);
  const sizes = new Uint32Array(centroids.length / width);
  for (let point = 0; point < count; point++) {
    const code = nearest[point]!;
    sizes[code]! += 1;
    for (let c = 0; c < width; c++) sums[code * width + c]! += values[point * width + c]!;
  }
  for (let code = 0; code < sizes.length; code++) {
    if (sizes[code] === 0) continue;
    for (let c = 0; c < width; c++) centroids[code * width + c] = sums[code * width + c]! / sizes[code]!;
  }
}

/**
 * Points drawn in proportion to their squared distance from those drawn before; fewer than `size` if no point
 * is apart from them.
 */
function seeds({ values, count, width }: Points, size: number, random: Random): Float64Array {
  const drawn: number[] = [random.integer(count)];
  const apart = new Float64Array(count).fill(Infinity);
  const cumulative = new Float64Array(count);
  while (drawn.length < size) {
    const last = drawn.at(-1)! * width;
    let total = 0;
    for (let point = 0; point < count; point++) {
      apart[point] = Math.min(apart[point]!, squaredDistance(values, point * width, values, last, width, apart[point]!));
      total += apart[point]!;
      cumulative[point] = total;
    }
    if (total === 0) break;
    const wanted = random.uniform() * total;
    const found = cumulative.findIndex((sum) => sum > wanted);
    // The product may round up to the total.
    drawn.push(found < 0 ? count - 1 : found);
  }
  const centroids = new Float64Array(drawn.length * width);
  drawn.forEach((point, code) => {
    centroids.set(values.subarray(point * width, (point + 1) * width), code * width);
  });
  return centroids;
}

/**
 * Exact up to `bound`. Sums of squares never fall, so one that has passed it is left at that: more than
 * `bound`, whatever the rest.
 */
function squaredDistance(a: Float64Array, aAt: number, b: Float64Array, bAt: number, width: number, bound: number): number {
  let sum = 0;
  for (let c = 0; c < width; c++) {
    const difference = a[aAt + c]! - b[bAt + c]!;
    sum += difference * difference;
    if (sum > bound) return Infinity;
  }
  return sum;
}
