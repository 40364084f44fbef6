/** The losses over runs of logits. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roundUp4 } from '../context';
import { WEIGHT_FORMATS, encodeWeights } from '../gemm/weightFormat';
import { readerPrelude } from '../gemm/weightMatrix';
import {
  Bench,
  blank,
  dot,
  expectDerivatives,
  floats,
  integers,
  largest,
  RUNS,
  TOLERANCE,
  uniforms,
  UNTOUCHED,
} from '../kernels/harness';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => {
  bench.close();
});

type Kind = 'softmax' | 'pairwise';
const KINDS = ['softmax', 'pairwise'] as const;

const constantsOf = (kind: Kind): { readonly PAIRWISE: number } => ({ PAIRWISE: Number(kind === 'pairwise') });

/** A run of rows first … first + rows − 1 out of `total`, and what they are scored against. */
interface Scores {
  readonly first: number;
  readonly rows: number;
  readonly total: number;
  readonly columns: number;
  /** Columns of all tiles but the last; a multiple of 4. */
  readonly tile: number;
  /** [rows, columns], before scaling. */
  readonly logits: Float32Array;
  readonly target: Uint32Array;
  /** Columns that all rows see; the others belong to one row each. */
  readonly shared: number;
  readonly owner: Uint32Array;
  readonly scale: number;
  readonly rowWeight: Float32Array;
  readonly weight: number;
}

const shapes = fc.record({
  first: fc.constantFrom(0, 3, 8),
  rows: fc.oneof(fc.constantFrom(1, 16, 17), fc.integer({ min: 1, max: 40 })),
  columns: fc.oneof(fc.constantFrom(1, 64, 65), fc.integer({ min: 1, max: 300 })),
  tile: fc.constantFrom(4, 60, 128, 300),
  shared: fc.constantFrom(0.2, 0.7, 1),
  seed: fc.nat(),
});
interface Shape {
  readonly first: number;
  readonly rows: number;
  readonly columns: number;
  readonly tile: number;
  /** Share of the columns that all rows see. */
  readonly shared: number;
  readonly seed: number;
}

function make({ first, rows, columns, tile, shared: share, seed }: Shape): Scores {
  const next = uniforms(seed);
  const total = first + rows + 2;
  const shared = Math.max(1, Math.floor(share * columns));
  const owner = integers(columns - shared, seed + 3, total);
  const target = Uint32Array.from({ length: total }, (_, row) => {
    const c = Math.floor(next() * columns);
    return c < shared || owner[c - shared] === row ? c : 0;
  });
  const rowWeight = floats(total, seed + 2).map(Math.abs);
  const logits = floats(rows * columns, seed + 1, 2);
  return { first, rows, total, columns, tile, logits, target, shared, owner, scale: 3, rowWeight, weight: 0.7 };
}

/** Scores of a row of the run by column; −∞ where hidden. */
function scoresOf(given: Scores, logits: ArrayLike<number>, local: number): Float64Array {
  const { first, columns, shared, owner, scale } = given;
  return Float64Array.from({ length: columns }, (_, c) => {
    const visible = c < shared || owner[c - shared] === first + local;
    return visible ? scale * logits[local * columns + c]! : -Infinity;
  });
}

const logSumExp = (scores: Float64Array): number => {
  const top = Math.max(...scores);
  return top + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - top), 0));
};
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Loss of every row of the run. */
function losses(kind: Kind, given: Scores, logits: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: given.rows }, (_, local) => {
    const scores = scoresOf(given, logits, local);
    const target = given.target[given.first + local]!;
    if (kind === 'softmax') return logSumExp(scores) - scores[target]!;
    return scores.reduce((sum, score, c) => (c === target ? sum : sum + softplus(score - scores[target]!)), 0);
  });
}

/** What the gradient kernel differentiates. */
function loss(kind: Kind, given: Scores, logits: ArrayLike<number>): number {
  return given.weight * dot(losses(kind, given, logits), given.rowWeight.subarray(given.first));
}

/** [rows, columns] */
function gradient(kind: Kind, given: Scores): Float64Array {
  const { first, rows, columns, target, weight, rowWeight, scale, logits } = given;
  const whole = new Float64Array(rows * columns);
  for (let local = 0; local < rows; local++) {
    const scores = scoresOf(given, logits, local);
    const hit = target[first + local]!;
    const size = weight * rowWeight[first + local]! * scale;
    const lse = logSumExp(scores);
    let pull = 0;
    for (let c = 0; c < columns; c++) {
      if (kind === 'softmax') {
        whole[local * columns + c] = size * (Math.exp(scores[c]! - lse) - Number(c === hit));
      } else if (c !== hit) {
        const push = size * sigmoid(scores[c]! - scores[hit]!);
        whole[local * columns + c] = push;
        pull += push;
      }
    }
    if (kind === 'pairwise') whole[local * columns + hit] = -pull;
  }
  return whole;
}

/** Columns of a matrix [rows, columns] as a tile, NaN up to whole quads. */
function cut(values: Float32Array, rows: number, columns: number, from: number, width: number): Float32Array {
  const stride = roundUp4(width);
  return Float32Array.from({ length: rows * stride }, (_, i) =>
    i % stride < width ? values[Math.floor(i / stride) * columns + from + (i % stride)]! : NaN,
  );
}

/** State [total, 4] and gradient [rows, columns] from the kernels, tile by tile; the state of rows outside the run has to stay. */
async function run(kind: Kind, given: Scores) {
  const { first, rows, total, columns, tile, logits, target, shared, owner, scale, rowWeight, weight } = given;
  const prelude = { constants: constantsOf(kind) };
  const lanes = Math.ceil(tile / 64);
  const start = blank(4 * total);
  for (let local = 0; local < rows; local++) {
    const z = scale * logits[local * columns + target[first + local]!]!;
    start.set(kind === 'softmax' ? [z, 1, z, scale] : [0, 0, z, scale], 4 * (first + local));
  }
  const tiles = Array.from({ length: Math.ceil(columns / tile) }, (_, i) => i * tile).map((from) => {
    const width = Math.min(tile, columns - from);
    const stride = roundUp4(width);
    const params = { first_row: first, rows, first_column: from, columns: width, stride, shared_columns: shared, lanes };
    return { from, width, stride, params, logits: cut(logits, rows, columns, from, width) };
  });
  const shownTo = { target_column: target, owner: owner.length > 0 ? owner : Uint32Array.of(0) };
  let partials = blank(2 * rows * lanes);
  for (const one of tiles) {
    const storage = { ...shownTo, logits: one.logits, state: start, partials };
    const call = { prelude, storage, outputs: ['partials'] as const, params: one.params, threads: rows * lanes };
    partials = (await bench.run('loss_partial', call)).partials;
  }
  const { state } = await bench.run('loss_state', {
    prelude,
    storage: { partials, state: start },
    outputs: ['state'],
    params: { first_row: first, rows, lanes },
    threads: rows,
  });
  const outside = state.filter((_, i) => i < 4 * first || i >= 4 * (first + rows));
  expect(outside).toEqual(blank(4 * (total - rows)));
  const got = new Float32Array(rows * columns);
  for (const one of tiles) {
    const back = await bench.run('loss_gradient', {
      prelude,
      storage: { ...shownTo, logits: one.logits, state, row_weight: rowWeight },
      outputs: ['logits'],
      params: { ...one.params, weight },
      threads: rows * lanes,
    });
    back.logits.forEach((value, i) => {
      const c = i % one.stride;
      if (c < one.width) got[Math.floor(i / one.stride) * columns + one.from + c] = value;
      else expect(value).toBe(0);
    });
  }
  return { state, gradient: got };
}

/** Weighted sum of the run's losses by reduce_loss. */
async function reduce({ first, rows, rowWeight }: Scores, state: Float32Array, kind: Kind): Promise<number> {
  const { out } = await bench.run('reduce_loss', {
    prelude: { constants: constantsOf(kind) },
    storage: { state: state.subarray(4 * first), row_weight: rowWeight.subarray(first), out: blank(8).fill(0, 2, 3) },
    outputs: ['out'],
    params: { rows, slot: 2 },
    threads: [1, 1, 1],
  });
  expect(out.filter((_, i) => i !== 2)).toEqual(blank(7));
  return out[2]!;
}

describe.each(KINDS)('%s over tiles', (kind) => {
  it('has the state, the gradient and the loss of a float64 loop, whatever the tiles and owners', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, async (shape) => {
        const given = make(shape);
        const { first, rows, target, scale } = given;
        const got = await run(kind, given);
        const rowLosses = losses(kind, given, given.logits);
        for (let local = 0; local < rows; local++) {
          const scores = scoresOf(given, given.logits, local);
          const hit = scores[target[first + local]!]!;
          const top = Math.max(...scores);
          const sum = scores.reduce((all, score) => all + Math.exp(score - top), 0);
          const pull = scores.reduce((all, score, c) => (c === target[first + local] ? all : all + sigmoid(score - hit)), 0);
          const [a, b, z, kept] = got.state.subarray(4 * (first + local));
          expect(kept).toBe(scale);
          bench.near('loss_state', Float32Array.of(z!), [hit], { scale: Math.max(1, Math.abs(hit)) });
          const expected = kind === 'softmax' ? [top, sum] : [rowLosses[local]!, pull];
          // log(1 + e) of a small e keeps an absolute accuracy only.
          bench.near('loss_partial', Float32Array.of(a!, b!), expected, { scale: Math.max(1, largest(expected)) });
        }
        bench.near('loss_gradient', got.gradient, gradient(kind, given));
        const size = largest(gradient(kind, given)) || 1;
        expectDerivatives(got.gradient, (x) => loss(kind, given, x), given.logits, { seed: shape.seed, scale: size });
        const expected = loss(kind, given, given.logits) / given.weight;
        // Σ |w|·(|maximum| + |target score|) is what cancels in the cross-entropy.
        const cancels = 12 * given.rowWeight.reduce((total, value) => total + value, 0);
        bench.near('reduce_loss', Float32Array.of(await reduce(given, got.state, kind)), [expected], {
          scale: kind === 'softmax' ? cancels : Math.max(1, expected),
        });
      }),
      { ...RUNS, numRuns: 16 },
    );
  });

  const shape = { first: 3, rows: 20, columns: 50, tile: 32, shared: 0.6, seed: 5 };

  it.each([1e4, 0])('stays finite at logits of ±%d', async (size) => {
    let largestLoss = 0;
    await fc.assert(
      fc.asyncProperty(shapes, async (anyShape) => {
        const made = make(anyShape);
        const signs = integers(made.logits.length, anyShape.seed + 6, 3);
        const given = { ...made, scale: 1, logits: made.logits.map((_, i) => size * (signs[i]! - 1)) };
        const got = await run(kind, given);
        bench.near('loss_gradient', got.gradient, gradient(kind, given));
        const expected = loss(kind, given, given.logits) / given.weight;
        // The cross-entropy of scores of ±10⁴ cancels where the target is among the best.
        const weights = given.rowWeight.reduce((total, value) => total + value, 0);
        bench.near('reduce_loss', Float32Array.of(await reduce(given, got.state, kind)), [expected], {
          scale: Math.max(expected, (1 + size) * weights),
        });
        largestLoss = Math.max(largestLoss, expected);
      }),
      { ...RUNS, numRuns: 8 },
    );
    if (size > 0) expect(largestLoss).toBeGreaterThan(1e4);
  });

  it('costs nothing where the target is the only visible candidate', async () => {
    for (const size of [1, 1e4]) {
      const made = make(shape);
      const { first, rows, total, columns } = made;
      // Every row sees its own column alone; so many columns belong to rows outside the run.
      const owner = Uint32Array.from({ length: columns }, (_, c) => c);
      const target = Uint32Array.from({ length: total }, (_, row) => row);
      const given = { ...made, shared: 0, owner, target, logits: made.logits.map((value) => size * value) };
      const got = await run(kind, given);
      expect([...got.gradient].every((value) => value === 0)).toBe(true);
      for (let row = first; row < first + rows; row++) {
        const [a, b, hit] = got.state.subarray(4 * row);
        expect([a, b]).toEqual(kind === 'softmax' ? [hit, 1] : [0, 0]);
      }
      expect(await reduce(given, got.state, kind)).toBe(0);
    }
  });
});

describe('target_score', () => {
  it.each(WEIGHT_FORMATS)('starts every row from its target, %s', async (format) => {
    for (const [kind, scaled, depth] of [
      ['softmax', 1, 64],
      ['pairwise', 0, 64],
      ['softmax', 0, format === 'f32' ? 6 : 32],
    ] as const) {
      const [rows, columns] = [19, 11];
      const [h, e] = [floats(rows * depth, 1), floats(columns * depth, 2)];
      const target = integers(rows, 3, columns);
      const { values, scales } = encodeWeights(format, e);
      const { constants, code } = readerPrelude({ columns: depth, format }, 'e', 6);
      const { state } = await bench.run('target_score', {
        prelude: { constants: { ...constants, ...constantsOf(kind) }, ...(code === undefined ? {} : { code }) },
        storage: {
          h,
          e: values,
          ...(scales === null ? {} : { e_scales: scales }),
          target_column: target,
          log_scale: Float32Array.of(1.5),
          state: blank(4 * rows),
        },
        outputs: ['state'],
        params: { rows, scaled },
        threads: rows,
      });
      const scale = scaled === 1 ? Math.exp(1.5) : 1;
      const expected = Array.from(target, (column, row) => {
        const z = scale * dot(h.subarray(row * depth, (row + 1) * depth), e.subarray(column * depth, (column + 1) * depth));
        return kind === 'softmax' ? [z, 1, z, scale] : [0, 0, z, scale];
      }).flat();
      // Rounding of the format, over `depth` terms.
      const tolerance = { f32: TOLERANCE, f16: 1e-3, int8: 0.02, int4: 0.3 }[format];
      bench.near('target_score', state, expected, { tolerance, scale: 10 });
    }
  });
});

describe('reduce_loss', () => {
  it.each([0, 1, 63, 64, 65, 500])('adds the states of %d rows to what is there', async (rows) => {
    const state = floats(4 * rows, 1, 3).map((value, i) => (i % 4 === 1 ? Math.abs(value) + 0.1 : value));
    const weights = floats(rows, 2).map(Math.abs);
    const parts = Array.from(weights, (weight, row) => {
      const [top, sum, hit] = state.subarray(4 * row);
      return [weight * (top! + Math.log(sum!) - hit!), weight * top!] as const;
    });
    for (const kind of [0, 1] as const) {
      const { out } = await bench.run('reduce_loss', {
        prelude: { constants: { PAIRWISE: kind } },
        storage: { state, row_weight: weights, out: blank(4).fill(0.5, kind, kind + 1) },
        outputs: ['out'],
        params: { rows, slot: kind },
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
    // Through the kernels' own gradients: dh = G·E, with G from loss_gradient over scores exp(log_scale)·h·e.
    const [rows, columns, depth] = [12, 37, 6] as const;
    const h = floats(rows * depth, 1);
    const e = floats(columns * depth, 2);
    const product = (i: number, j: number): number =>
      dot(h.subarray(i * depth, (i + 1) * depth), e.subarray(j * depth, (j + 1) * depth));
    const made = make({ first: 0, rows, columns, tile: 40, shared: 1, seed: 3 });
    const logits = made.logits.map((_, i) => product(Math.floor(i / columns), i % columns));
    const given = { ...made, logits, scale: Math.exp(1.2) };
    const { gradient: g } = await run('softmax', given);
    const dh = Float32Array.from(h, (_, i) => {
      let sum = 0;
      for (let j = 0; j < columns; j++) sum += g[Math.floor(i / depth) * columns + j]! * e[j * depth + (i % depth)]!;
      return sum;
    });
    const { out } = await bench.run('scale_gradient', {
      storage: { h, dh, out: new Float32Array(1) },
      outputs: ['out'],
      params: { count: h.length },
      threads: [1, 1, 1],
    });
    const at = (logScale: number): number => loss('softmax', { ...given, scale: Math.exp(logScale) }, logits);
    const slope = (at(1.2 + 1e-4) - at(1.2 - 1e-4)) / 2e-4;
    bench.near('scale_gradient', out, [slope], { tolerance: 1e-4 });
  });
});
