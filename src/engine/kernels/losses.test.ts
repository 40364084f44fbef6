/** The losses over runs of logits, and the ranking. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roundUp4, vectorPrelude } from '../context';
import { ANY_ROW } from '../microBatch';
import {
  Bench,
  blank,
  distinct,
  dot,
  expectDerivatives,
  floats,
  integers,
  largest,
  RUNS,
  TOLERANCE,
  uniforms,
  UNTOUCHED,
} from './harness';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => {
  bench.close();
});

/** A run of rows first … first + rows − 1 out of `total`, and what they are scored against. */
interface Scores {
  readonly first: number;
  readonly rows: number;
  readonly total: number;
  readonly columns: number;
  readonly stride: number;
  /** [rows, stride]; NaN past `columns`. */
  readonly logits: Float32Array;
  readonly target: Uint32Array;
  readonly owner: Uint32Array;
  readonly logScale: number;
  readonly scaled: boolean;
  readonly masked: boolean;
  readonly rowWeight: Float32Array;
  readonly weight: number;
}

const shapes = fc.record({
  first: fc.constantFrom(0, 3, 8),
  rows: fc.oneof(fc.constantFrom(1, 16, 17), fc.integer({ min: 1, max: 40 })),
  columns: fc.oneof(fc.constantFrom(1, 64, 65), fc.integer({ min: 1, max: 150 })),
  scaled: fc.boolean(),
  masked: fc.boolean(),
  seed: fc.nat(),
});
interface Shape {
  readonly first: number;
  readonly rows: number;
  readonly columns: number;
  readonly scaled: boolean;
  readonly masked: boolean;
  readonly seed: number;
}

function make({ first, rows, columns, scaled, masked, seed }: Shape): Scores {
  const next = uniforms(seed);
  const total = first + rows + 2;
  const stride = roundUp4(columns);
  const values = floats(rows * columns, seed + 1, scaled ? 1 : 6);
  const logits = new Float32Array(rows * stride).fill(NaN);
  values.forEach((value, i) => (logits[Math.floor(i / columns) * stride + (i % columns)] = value));
  // A third of the columns belong to one row; the first column, which all rows see, is there to be a target, and what lies
  // past the columns would be seen by all.
  const owner = Uint32Array.from({ length: stride }, (_, c) =>
    c > 0 && c < columns && next() < 1 / 3 ? Math.floor(next() * total) : ANY_ROW,
  );
  const target = Uint32Array.from({ length: total }, (_, row) => {
    const c = Math.floor(next() * columns);
    return !masked || owner[c] === ANY_ROW || owner[c] === row ? c : 0;
  });
  const rowWeight = floats(total, seed + 2).map(Math.abs);
  return { first, rows, total, columns, stride, logits, target, owner, logScale: 2.5, scaled, masked, rowWeight, weight: 0.7 };
}

/** Scores of a row of the run by column; −∞ where hidden. */
function scoresOf(given: Scores, logits: ArrayLike<number>, local: number): Float64Array {
  const { first, columns, stride, owner, logScale, scaled, masked } = given;
  return Float64Array.from({ length: columns }, (_, c) => {
    const visible = !masked || owner[c] === ANY_ROW || owner[c] === first + local;
    return visible ? (scaled ? Math.exp(logScale) : 1) * logits[local * stride + c]! : -Infinity;
  });
}

const logSumExp = (scores: Float64Array): number => {
  const top = Math.max(...scores);
  return top + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - top), 0));
};
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Loss of every row of the run. */
function losses(kind: 'softmax' | 'pairwise', given: Scores, logits: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: given.rows }, (_, local) => {
    const scores = scoresOf(given, logits, local);
    const target = given.target[given.first + local]!;
    if (kind === 'softmax') return logSumExp(scores) - scores[target]!;
    return scores.reduce((sum, score, c) => (c === target ? sum : sum + softplus(score - scores[target]!)), 0);
  });
}

/** What the gradient kernel differentiates. */
function loss(kind: 'softmax' | 'pairwise', given: Scores, logits: ArrayLike<number>): number {
  const weights = kind === 'softmax' ? given.rowWeight.subarray(given.first) : new Float32Array(given.rows).fill(1);
  return given.weight * dot(losses(kind, given, logits), weights);
}

function gradient(kind: 'softmax' | 'pairwise', given: Scores): Float64Array {
  const { first, rows, columns, stride, target, weight, rowWeight, scaled, logScale, logits } = given;
  const whole = new Float64Array(rows * stride);
  const scale = scaled ? Math.exp(logScale) : 1;
  for (let local = 0; local < rows; local++) {
    const scores = scoresOf(given, logits, local);
    const hit = target[first + local]!;
    const lse = logSumExp(scores);
    let pull = 0;
    for (let c = 0; c < columns; c++) {
      if (kind === 'softmax') {
        const share = Math.exp(scores[c]! - lse);
        whole[local * stride + c] = weight * rowWeight[first + local]! * scale * (share - Number(c === hit));
      } else if (c !== hit) {
        const push = weight * scale * sigmoid(scores[c]! - scores[hit]!);
        whole[local * stride + c] = push;
        pull += push;
      }
    }
    if (kind === 'pairwise') whole[local * stride + hit] = -pull;
  }
  return whole;
}

/** State and gradient from the kernels; the state of rows outside the run has to stay. */
async function run(kind: 'softmax' | 'pairwise', given: Scores) {
  const { first, rows, total, columns, stride, logits, target, owner, logScale, rowWeight, weight } = given;
  const prelude = { constants: { SCALED: Number(given.scaled), MASKED: Number(given.masked) } };
  const shared = { logits, target_column: target, owner, log_scale: Float32Array.of(logScale) };
  const params = { first_row: first, rows, columns, stride };
  const forward = {
    prelude,
    storage: { ...shared, state: blank(4 * total) },
    outputs: ['state'] as const,
    params,
    threads: rows,
  };
  const { state } = kind === 'softmax' ? await bench.run('softmax_state', forward) : await bench.run('pairwise_state', forward);
  const outside = state.filter((_, i) => i < 4 * first || i >= 4 * (first + rows));
  expect(outside).toEqual(blank(4 * (total - rows)));
  const backward = {
    prelude,
    storage: { ...shared, state, row_weight: rowWeight },
    outputs: ['logits'] as const,
    params: { ...params, weight },
    threads: rows * stride,
  };
  const got = kind === 'softmax' ? await bench.run('softmax_gradient', backward) : await bench.run('pairwise_gradient', backward);
  return { state, gradient: got.logits };
}

/** Sum of the run's losses by reduce_loss, with rows before the run at weight and state zero. */
async function reduce(given: Scores, state: Float32Array, kind: 'softmax' | 'pairwise'): Promise<number> {
  const { first, rows } = given;
  const { out } = await bench.run('reduce_loss', {
    storage: { state: state.subarray(4 * first), row_weight: given.rowWeight.subarray(first), out: blank(8).fill(0, 2, 3) },
    outputs: ['out'],
    params: { rows, kind: kind === 'softmax' ? 0 : 1, weight: given.weight, slot: 2 },
    threads: [1, 1, 1],
  });
  expect(out.filter((_, i) => i !== 2)).toEqual(blank(7));
  return out[2]!;
}

/**
 * With SCALED, exp(log_scale) may be off by (3 + 2·2.5) ulp, which scores of up to 12 turn into an absolute error that exp
 * makes a relative one.
 */
const toleranceOf = ({ scaled }: Scores): number => (scaled ? 1e-4 : TOLERANCE);

/** Rows past the logits' columns hold NaN; central differences only move real ones. */
function checkDerivatives(kind: 'softmax' | 'pairwise', given: Scores, got: Float32Array, seed: number, tolerance: number): void {
  const { rows, columns, stride } = given;
  const real = (values: Float32Array): Float32Array => values.filter((_, i) => i % stride < columns);
  const spread = (x: Float64Array): Float64Array => {
    const logits = new Float64Array(rows * stride);
    x.forEach((value, i) => (logits[Math.floor(i / columns) * stride + (i % columns)] = value));
    return logits;
  };
  expectDerivatives(real(got), (x) => loss(kind, given, spread(x)), real(given.logits), {
    seed,
    scale: largest(gradient(kind, given)) || 1,
    tolerance,
  });
}

describe('softmax', () => {
  it('state holds maximum, sum and target score; the gradient is the softmax less the target', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, async (shape) => {
        const given = make(shape);
        const tolerance = toleranceOf(given);
        const got = await run('softmax', given);
        const { first, rows, target } = given;
        for (let local = 0; local < rows; local++) {
          const scores = scoresOf(given, given.logits, local);
          const top = Math.max(...scores);
          const sum = scores.reduce((total, score) => total + Math.exp(score - top), 0);
          const [gotTop, gotSum, gotTarget, nothing] = got.state.subarray(4 * (first + local));
          const hit = scores[target[first + local]!]!;
          const scale = largest(scores.filter(Number.isFinite));
          bench.near('softmax_state', Float32Array.of(gotTop!, gotTarget!), [top, hit], { tolerance, scale });
          bench.near('softmax_state', Float32Array.of(gotSum!), [sum], { tolerance });
          expect(nothing).toBe(0);
        }
        bench.near('softmax_gradient', got.gradient, gradient('softmax', given), { tolerance });
        checkDerivatives('softmax', given, got.gradient, shape.seed, tolerance);
        const sum = await reduce(given, got.state, 'softmax');
        // Σ |w|·(|maximum| + |target score|) is what cancels.
        const scale = given.rowWeight.reduce((total, value) => total + value, 0) * 12;
        bench.near('reduce_loss', Float32Array.of(sum), [loss('softmax', given, given.logits) / given.weight], {
          scale,
          tolerance,
        });
      }),
      { ...RUNS, numRuns: 20 },
    );
  });
});

describe('pairwise', () => {
  it('state holds loss, pull and target score; the gradient is the sigmoids’', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, async (shape) => {
        const given = { ...make({ ...shape, masked: true }) };
        const tolerance = toleranceOf(given);
        const got = await run('pairwise', given);
        const { first, rows, target } = given;
        const rowLosses = losses('pairwise', given, given.logits);
        for (let local = 0; local < rows; local++) {
          const scores = scoresOf(given, given.logits, local);
          const hit = target[first + local]!;
          const pull = scores.reduce((sum, score, c) => (c === hit ? sum : sum + sigmoid(score - scores[hit]!)), 0);
          const expected = [rowLosses[local]!, pull, scores[hit]!, 0];
          // log(1 + e) of a small e keeps an absolute accuracy only.
          const state = got.state.subarray(4 * (first + local), 4 * (first + local) + 4);
          bench.near('pairwise_state', state, expected, { tolerance, scale: Math.max(1, largest(expected)) });
        }
        bench.near('pairwise_gradient', got.gradient, gradient('pairwise', given), { tolerance });
        checkDerivatives('pairwise', given, got.gradient, shape.seed, tolerance);
        const sum = await reduce(given, got.state, 'pairwise');
        const expected = loss('pairwise', given, given.logits);
        bench.near('reduce_loss', Float32Array.of(sum), [expected], { tolerance, scale: Math.max(1, expected) });
      }),
      { ...RUNS, numRuns: 20 },
    );
  });
});

describe.each(['softmax', 'pairwise'] as const)('%s at the edges', (kind) => {
  const shape = { first: 3, rows: 20, columns: 50, scaled: true, masked: true, seed: 5 };

  it.each([1e4, 0])('stays finite at logits of ±%d', async (size) => {
    // exp(0) = 1 is exact, and so are the scores.
    const made = make(shape);
    const signs = integers(made.logits.length, 6, 3);
    const logits = made.logits.map((value, i) => (Number.isNaN(value) ? value : size * (signs[i]! - 1)));
    const given = { ...made, logScale: 0, logits };
    const got = await run(kind, given);
    bench.near(`${kind}_gradient`, got.gradient, gradient(kind, given));
    const expected = loss(kind, given, given.logits) / (kind === 'softmax' ? given.weight : 1);
    bench.near('reduce_loss', Float32Array.of(await reduce(given, got.state, kind)), [expected]);
    if (size > 0) expect(expected).toBeGreaterThan(1e4);
  });

  it('costs nothing where the target is the only visible candidate', async () => {
    for (const size of [1, 1e4]) {
      const made = make(shape);
      const { first, rows, total, stride } = made;
      // Every row sees its own column alone; so many columns belong to rows outside the run.
      const owner = Uint32Array.from({ length: stride }, (_, c) => c);
      const target = Uint32Array.from({ length: total }, (_, row) => row);
      const given = { ...made, owner, target, logits: made.logits.map((value) => size * value) };
      const got = await run(kind, given);
      expect([...got.gradient].every((value) => value === 0)).toBe(true);
      for (let row = first; row < first + rows; row++) {
        const [a, b, hit] = got.state.subarray(4 * row);
        if (kind === 'softmax') expect([a, b]).toEqual([hit, 1]);
        else expect([a, b]).toEqual([0, 0]);
      }
      expect(await reduce(given, got.state, kind)).toBe(0);
    }
  });
});

describe('reduce_loss', () => {
  it.each([0, 1, 63, 64, 65, 500])('adds the states of %d rows to what is there', async (rows) => {
    const state = floats(4 * rows, 1, 3).map((value, i) => (i % 4 === 1 ? Math.abs(value) + 0.1 : value));
    const weights = floats(rows, 2).map(Math.abs);
    const parts = Array.from(weights, (weight, row) => {
      const [top, sum, hit] = state.subarray(4 * row);
      return [weight * (top! + Math.log(sum!) - hit!), 0.25 * top!] as const;
    });
    for (const kind of [0, 1] as const) {
      const { out } = await bench.run('reduce_loss', {
        storage: { state, row_weight: weights, out: blank(4).fill(0.5, kind, kind + 1) },
        outputs: ['out'],
        params: { rows, kind, weight: 0.25, slot: kind },
        threads: [1, 1, 1],
      });
      const expected = parts.reduce((sum, part) => sum + part[kind], 0.5);
      const scale = Math.max(
        1,
        parts.reduce((sum, part) => sum + Math.abs(part[kind]), 0),
      );
      bench.near('reduce_loss', out.subarray(kind, kind + 1), [expected], { scale });
      expect(out.filter((_, i) => i !== kind)).toEqual(blank(3));
    }
  });
});

describe('scale_gradient', () => {
  it('adds h·dh over all rows', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.integer({ min: 1, max: 130 }), fc.integer({ min: 1, max: 5000 })),
        fc.nat(),
        async (count, seed) => {
          const h = floats(count, seed);
          const dh = floats(count, seed + 1, 4);
          const { out } = await bench.run('scale_gradient', {
            storage: { h, dh, out: blank(2).fill(0.5, 0, 1) },
            outputs: ['out'],
            params: { count },
            threads: [1, 1, 1],
          });
          const scale = dot(h.map(Math.abs), dh.map(Math.abs));
          bench.near('scale_gradient', out.subarray(0, 1), [0.5 + dot(h, dh)], { scale: Math.max(1, scale) });
          expect(out[1]).toBe(UNTOUCHED);
        },
      ),
      RUNS,
    );
  });

  it('is the derivative of the loss by log_scale', async () => {
    // Through the kernels' own gradients: dh = G·E, with G from softmax_gradient over scores exp(log_scale)·h·e.
    const [rows, columns, depth] = [12, 37, 6] as const;
    const h = floats(rows * depth, 1);
    const e = floats(columns * depth, 2);
    const product = (i: number, j: number): number =>
      dot(h.subarray(i * depth, (i + 1) * depth), e.subarray(j * depth, (j + 1) * depth));
    const made = make({ first: 0, rows, columns, scaled: true, masked: false, seed: 3 });
    const logits = made.logits.map((_, i) =>
      i % made.stride < columns ? product(Math.floor(i / made.stride), i % made.stride) : NaN,
    );
    const given = { ...made, logits };
    const { gradient: g } = await run('softmax', given);
    const dh = Float32Array.from(h, (_, i) => {
      let sum = 0;
      for (let j = 0; j < columns; j++) sum += g[Math.floor(i / depth) * made.stride + j]! * e[j * depth + (i % depth)]!;
      return sum;
    });
    const { out } = await bench.run('scale_gradient', {
      storage: { h, dh, out: new Float32Array(1) },
      outputs: ['out'],
      params: { count: h.length },
      threads: [1, 1, 1],
    });
    const at = (logScale: number): number => loss('softmax', { ...given, logScale }, logits);
    const slope = (at(given.logScale + 1e-4) - at(given.logScale - 1e-4)) / 2e-4;
    bench.near('scale_gradient', out, [slope], { tolerance: 1e-4 });
  });
});

describe('rank_count', () => {
  interface Catalogue {
    readonly h: Float32Array;
    readonly e: Float32Array;
    readonly targets: Uint32Array;
    /** Items left out, by user. */
    readonly masked: readonly (readonly number[])[];
  }
  const run = async ({ h, e, targets, masked }: Catalogue, size: number, runLength: number): Promise<Uint32Array> => {
    const users = targets.length;
    const items = e.length / size;
    const words = Math.ceil(items / 32);
    const bits = new Uint32Array(users * words);
    masked.forEach((list, user) => {
      for (const item of list) bits[user * words + (item >>> 5)]! |= 1 << (item & 31);
    });
    const { counts } = await bench.run('rank_count', {
      prelude: vectorPrelude(size),
      storage: { h, e, targets, masked: bits, counts: new Float32Array(2 * users) },
      outputs: ['counts'],
      params: { users, items, words, run: runLength },
      threads: [Math.ceil(users / 8), Math.ceil(items / runLength / 8), 1],
    });
    return new Uint32Array(counts.buffer, counts.byteOffset, counts.length);
  };
  const expected = ({ h, e, targets, masked }: Catalogue, size: number): Uint32Array => {
    const counts = new Uint32Array(2 * targets.length);
    targets.forEach((target, user) => {
      const score = (item: number): number => {
        const mine = h.subarray(user * size, (user + 1) * size);
        return dot(mine, e.subarray(item * size, (item + 1) * size));
      };
      for (let item = 0; item * size < e.length; item++) {
        if (item === target || masked[user]!.includes(item)) continue;
        if (score(item) > score(target)) counts[2 * user]!++;
        if (score(item) === score(target)) counts[2 * user + 1]!++;
      }
    });
    return counts;
  };
  /** Small whole numbers: scores are exact in f32 and ties are many. */
  const whole = (n: number, seed: number): Float32Array => Float32Array.from(integers(n, seed, 5), (value) => value - 2);

  it('counts items above and level with the target, masked ones and the target left out', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          size: fc.constantFrom(6, 8),
          users: fc.integer({ min: 1, max: 20 }),
          items: fc.oneof(fc.constantFrom(1, 31, 32, 33, 64), fc.integer({ min: 1, max: 700 })),
          runLength: fc.constantFrom(1, 7, 128),
          share: fc.constantFrom(0, 0.3, 1),
          seed: fc.nat(),
        }),
        async ({ size, users, items, runLength, share, seed }) => {
          const catalogue = {
            h: whole(users * size, seed),
            e: whole(items * size, seed + 1),
            targets: integers(users, seed + 2, items),
            // With share 1 everything is masked, the target too: it is not a rival of its own.
            masked: Array.from({ length: users }, (_, user) => [...distinct(Math.floor(share * items), seed + 3 + user, items)]),
          };
          expect(await run(catalogue, size, runLength)).toEqual(expected(catalogue, size));
        },
      ),
      { ...RUNS, numRuns: 20 },
    );
  });

  it('sees equal embeddings as level, to the last bit', async () => {
    const size = 20;
    const items = 300;
    const e = floats(items * size, 1);
    const targets = Uint32Array.of(7, 150, 299);
    for (const copy of [8, 100, 140, 290]) e.copyWithin(copy * size, 7 * size, 8 * size);
    e.copyWithin(0, 150 * size, 151 * size);
    const catalogue = { h: floats(3 * size, 2), e, targets, masked: [[100], [], [5, 299]] };
    const got = await run(catalogue, size, 128);
    expect([got[1], got[3], got[5]]).toEqual([3, 1, 0]);
    expect(got).toEqual(expected(catalogue, size));
  });

  it('has everything level when all scores are zero', async () => {
    const catalogue = { h: new Float32Array(12), e: floats(40 * 6, 1), targets: Uint32Array.of(0, 39), masked: [[1, 2, 39], []] };
    expect([...(await run(catalogue, 6, 7))]).toEqual([0, 36, 0, 39]);
  });
});
