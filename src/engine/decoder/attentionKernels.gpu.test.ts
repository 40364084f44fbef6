/** Rotary embedding and attention over packed sequences. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attentionPrelude } from './attention';
import { quadAttentionSource, quadThreads, quadVariant, type QuadAttention } from './attentionQuads';
import { elementPrelude, vectorPrelude, vectorWidth } from '../context';
import {
  KernelBench,
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
} from '../../testing/kernelBench';

interface Heads {
  readonly heads: number;
  readonly kvHeads: number;
  readonly size: number;
}
interface Cut {
  readonly size: number;
  /** Whether four lanes share a head, as on software adapters. */
  readonly quads: boolean;
}
/** Head sizes for vec2 and vec4, and for quarters of single floats, vec2 and vec4. */
const CUTS: readonly Cut[] = [
  { size: 6, quads: false },
  { size: 20, quads: false },
  { size: 64, quads: false },
  { size: 8, quads: true },
  { size: 20, quads: true },
  { size: 32, quads: true },
  { size: 128, quads: true },
];
/** Small heads, either way. */
const SMALL: readonly Cut[] = [
  { size: 6, quads: false },
  { size: 8, quads: true },
];
/** A head whose vectors are in an array, in a layer with a window: always included. */
const LARGE_HEADS = {
  kvHeads: 2,
  group: 2,
  cut: { size: 256, quads: false } satisfies Cut,
  lengths: [9, 0, 4],
  hide: 0.5,
  window: 3 as const,
  seed: 1,
};

let bench: KernelBench;
beforeAll(async () => {
  bench = await KernelBench.open();
});
afterAll(() => {
  bench.close();
});

/**
 * (start, end, position, hidden keys) of the rows of packed sequences. `hide` says how often a row hides
 * keys, one to three, which may leave it without any; a sequence of length 0 stands for a row of padding,
 * which sees no row and is seen by none.
 */
function packInfo(lengths: readonly number[], hide: number, seed: number): Uint32Array {
  const next = uniforms(seed);
  const info: number[] = [];
  let start = 0;
  for (const length of lengths) {
    if (length === 0) info.push(start + 1, start, 0, 0);
    for (let position = 0; position < length; position++) {
      const hidden = next() < hide ? ((1 + Math.floor(3 * next())) << 16) | Math.floor(next() * (position + 1)) : 0;
      info.push(start, start + length, position, hidden);
    }
    start += Math.max(1, length);
  }
  return Uint32Array.from(info);
}

interface Problem {
  readonly shape: Heads;
  readonly info: Uint32Array;
  readonly scale: number;
  /** Number of keys that a row sees, its own included; 0: no window. */
  readonly window: number;
  readonly quads: boolean;
}

/**
 * Textbook attention: the weights of all pairs of rows, [heads, rows, rows]; zeros in rows that see no key,
 * with log-sum-exp −∞.
 */
function attention(qkv: ArrayLike<number>, { shape, info, scale, window }: Problem) {
  const { heads, kvHeads, size } = shape;
  const rows = info.length / 4;
  const stride = (heads + 2 * kvHeads) * size;
  const q = (i: number, h: number, c: number): number => i * stride + h * size + c;
  const k = (j: number, h: number, c: number): number => j * stride + (heads + Math.floor(h / (heads / kvHeads))) * size + c;
  const v = (j: number, h: number, c: number): number => k(j, h, c) + kvHeads * size;
  const weights = new Float64Array(heads * rows * rows);
  const lse = new Float64Array(rows * heads);
  const o = new Float64Array(rows * heads * size);
  for (let h = 0; h < heads; h++) {
    for (let i = 0; i < rows; i++) {
      const scores = new Float64Array(rows).fill(-Infinity);
      for (let j = info[4 * i]!; j <= i; j++) {
        const past = j - info[4 * i]! - (info[4 * i + 3]! & 0xffff);
        if ((past >= 0 && past < info[4 * i + 3]! >> 16) || (window > 0 && i - j >= window)) continue;
        scores[j] = 0;
        for (let c = 0; c < size; c++) scores[j]! += scale * qkv[q(i, h, c)]! * qkv[k(j, h, c)]!;
      }
      const top = Math.max(...scores);
      lse[i * heads + h] = top;
      if (top === -Infinity) continue;
      const sum = scores.reduce((total, score) => total + Math.exp(score - top), 0);
      lse[i * heads + h]! += Math.log(sum);
      for (let j = 0; j < rows; j++) {
        const weight = Math.exp(scores[j]! - top) / sum;
        weights[(h * rows + i) * rows + j] = weight;
        if (weight > 0) for (let c = 0; c < size; c++) o[(i * heads + h) * size + c]! += weight * qkv[v(j, h, c)]!;
      }
    }
  }
  return { weights, lse, o, rows, at: { q, k, v } };
}

/** Gradient of Σ dO∘o from the softmax's Jacobian, and its Σ_j p_ij·dp_ij. */
function attentionGradient(qkv: ArrayLike<number>, dO: ArrayLike<number>, problem: Problem) {
  const { heads, size } = problem.shape;
  const { weights, rows, at } = attention(qkv, problem);
  const dqkv = new Float64Array(qkv.length);
  const delta = new Float64Array(rows * heads);
  for (let h = 0; h < heads; h++) {
    for (let i = 0; i < rows; i++) {
      const p = weights.subarray((h * rows + i) * rows, (h * rows + i + 1) * rows);
      const g = (c: number): number => dO[(i * heads + h) * size + c]!;
      const dp = new Float64Array(rows);
      for (let j = 0; j <= i; j++) for (let c = 0; c < size; c++) dp[j]! += g(c) * qkv[at.v(j, h, c)]!;
      const mean = dot(p, dp);
      delta[i * heads + h] = mean;
      for (let j = 0; j <= i; j++) {
        const ds = p[j]! * (dp[j]! - mean) * problem.scale;
        for (let c = 0; c < size; c++) {
          dqkv[at.q(i, h, c)]! += ds * qkv[at.k(j, h, c)]!;
          dqkv[at.k(j, h, c)]! += ds * qkv[at.q(i, h, c)]!;
          dqkv[at.v(j, h, c)]! += p[j]! * g(c);
        }
      }
    }
  }
  return { dqkv, delta };
}

/** Whole numbers, so that scores are exact in f32, with |score| up to 10⁴ at scale 1. */
function extreme(n: number, size: number, seed: number): Float32Array {
  const bound = Math.floor(Math.sqrt(1e4 / size));
  return Float32Array.from(integers(n, seed, 5), (value) => bound * [-1, 1, 1, 0, 0.5][value]!).map(Math.trunc);
}

const problems = fc.record({
  kvHeads: fc.integer({ min: 1, max: 3 }),
  group: fc.integer({ min: 1, max: 4 }),
  cut: fc.constantFrom(...CUTS),
  lengths: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 6 }),
  hide: fc.constantFrom<number>(0, 0.5, 1),
  window: fc.constantFrom(0, 0, 1, 3, 4, 100),
  seed: fc.nat(),
});

interface Given {
  readonly kvHeads: number;
  readonly group: number;
  readonly cut: (typeof CUTS)[number];
  readonly lengths: readonly number[];
  readonly hide: number;
  readonly window: number;
  readonly seed: number;
}

function make({ kvHeads, group, cut, lengths, hide, window, seed }: Given) {
  const shape = { heads: kvHeads * group, kvHeads, size: cut.size };
  const info = packInfo(lengths, hide, seed);
  const rows = info.length / 4;
  const width = shape.heads * shape.size;
  const stride = (shape.heads + 2 * shape.kvHeads) * shape.size;
  return {
    problem: { shape, info, scale: 1 / Math.sqrt(shape.size), window, quads: cut.quads },
    info,
    rows,
    width,
    stride,
  };
}

function call(name: QuadAttention, { shape, info, scale, window, quads }: Problem, heads: number) {
  const rows = info.length / 4;
  const quad = { headSize: shape.size, group: shape.heads / shape.kvHeads };
  const source = { variant: quadVariant(name, quad), code: () => quadAttentionSource(name, quad) };
  return {
    ...(quads ? { source } : { prelude: attentionPrelude(name, shape.size) }),
    params: { rows, heads: shape.heads, kv_heads: shape.kvHeads, scale, window },
    threads: quads ? quadThreads(name, quad, rows, heads) : rows * heads,
  };
}

/** Log-sum-exp as kernels keep it. */
function kept(lse: Float64Array): Float32Array {
  return Float32Array.from(lse, (value) => Math.max(value, -3e38));
}

async function forward(problem: Problem, qkv: Float32Array): Promise<{ o: Float32Array; lse: Float32Array }> {
  const { heads, size } = problem.shape;
  const rows = problem.info.length / 4;
  return bench.run('attention_forward', {
    ...call('attention_forward', problem, heads),
    storage: { rows_info: problem.info, qkv, o: blank(rows * heads * size), lse: blank(rows * heads) },
    outputs: ['o', 'lse'],
  });
}

function expectForward(got: Awaited<ReturnType<typeof forward>>, expected: ReturnType<typeof attention>): void {
  bench.near('attention_forward', got.o, expected.o);
  const sees = (_: number, i: number): boolean => expected.lse[i] !== -Infinity;
  bench.near('attention_forward', got.lse.filter(sees), expected.lse.filter(sees));
  expect(got.lse.filter((value, i) => !sees(value, i)).every((value) => value === Math.fround(-3e38))).toBe(true);
}

/** dqkv from the two backward kernels, given the float64 loop's forward pass. */
async function backward(problem: Problem, qkv: Float32Array, dO: Float32Array) {
  const { heads, kvHeads, size } = problem.shape;
  const { o, lse, rows } = attention(qkv, problem);
  const shared = { rows_info: problem.info, qkv, lse: kept(lse), d_o: dO };
  const byQuery = await bench.run('attention_backward_q', {
    ...call('attention_backward_q', problem, heads),
    storage: { ...shared, o: Float32Array.from(o), delta: blank(rows * heads), dqkv: blank(qkv.length) },
    outputs: ['delta', 'dqkv'],
  });
  const stride = qkv.length / rows;
  expect(byQuery.dqkv.every((value, i) => i % stride < heads * size || value === UNTOUCHED)).toBe(true);
  const byKey = await bench.run('attention_backward_kv', {
    ...call('attention_backward_kv', problem, kvHeads),
    storage: { ...shared, delta: byQuery.delta, dqkv: byQuery.dqkv },
    outputs: ['dqkv'],
  });
  return { delta: byQuery.delta, dqkv: byKey.dqkv };
}

describe('attention', () => {
  it('forward matches the weights of every pair of rows', async () => {
    await fc.assert(
      fc.asyncProperty(problems, async (given) => {
        const { problem, rows, stride } = make(given);
        const qkv = floats(rows * stride, given.seed, 2);
        const expected = attention(qkv, problem);
        expectForward(await forward(problem, qkv), expected);
      }),
      { ...RUNS, examples: [[LARGE_HEADS]] },
    );
  });

  it('backward matches the softmax’s Jacobian and central differences', async () => {
    await fc.assert(
      fc.asyncProperty(problems, async (given) => {
        const { problem, rows, width, stride } = make(given);
        const qkv = floats(rows * stride, given.seed, 2);
        const dO = floats(rows * width, given.seed + 1);
        const expected = attentionGradient(qkv, dO, problem);
        const got = await backward(problem, qkv, dO);
        bench.near('attention_backward_q', got.delta, expected.delta);
        const { heads, size } = problem.shape;
        const part = (values: ArrayLike<number>, ofQueries: boolean): Float32Array =>
          Float32Array.from(values).filter((_, i) => i % stride < heads * size === ofQueries);
        // A sequence of one row attends only to itself: dq = 0, so what remains is the rounding of terms the
        // size of dO·v. No row attends to anything if all are padding.
        const scale = largest(expected.dqkv) || 1;
        bench.near('attention_backward_q', part(got.dqkv, true), part(expected.dqkv, true), { scale });
        bench.near('attention_backward_kv', part(got.dqkv, false), part(expected.dqkv, false), { scale });
        const loss = (x: Float64Array): number => dot(attention(x, problem).o, dO);
        expectDerivatives(got.dqkv, loss, qkv, { seed: given.seed, scale });
      }),
      { ...RUNS, examples: [[LARGE_HEADS]] },
    );
  });

  it.each(SMALL)('stays finite at scores of ±10⁴ and 0, heads of $size', async (cut) => {
    for (const size of [1, 0]) {
      const lengths = [9, 1, 7, 4];
      const given = make({ kvHeads: 2, group: 3, cut, lengths, hide: 0.3, window: 0, seed: 11 });
      const { shape } = given.problem;
      const problem = { ...given.problem, scale: 1 };
      const scores = extreme(given.rows * given.stride, shape.size, 5).map((value) => size * value);
      // The sequence of one row sees only a score near −10⁴.
      const top = largest(scores);
      for (let c = 0; c < given.stride; c++) scores[9 * given.stride + c] = c < shape.heads * shape.size ? top : -top;
      const values = floats(scores.length, 6);
      // v has ordinary values: only the scores are extreme.
      const queriesAndKeys = (shape.heads + shape.kvHeads) * shape.size;
      const qkv = scores.map((value, i) => (i % given.stride < queriesAndKeys ? value : values[i]!));
      const dO = floats(given.rows * given.width, 7);
      const expected = attention(qkv, problem);
      if (size === 1) expect(Math.min(...expected.lse)).toBeLessThan(-9000);
      if (size === 1) expect(Math.max(...expected.lse)).toBeGreaterThan(5000);
      expectForward(await forward(problem, qkv), expected);
      const gradient = await backward(problem, qkv, dO);
      // The backward pass takes exp(score − lse): at 10⁴ an f32 resolves 10⁻³, so weights are off by about
      // that share.
      bench.near('attention_backward_q', gradient.dqkv, attentionGradient(qkv, dO, problem).dqkv, {
        tolerance: size === 1 ? 2e-3 : TOLERANCE,
        scale: Math.max(1, top) * largest(values) * shape.size,
      });
    }
  });
});

describe('attention at scores of ±10⁴', () => {
  it('matches a float64 loop, whatever rows see', async () => {
    await fc.assert(
      fc.asyncProperty(problems, fc.constantFrom(...SMALL), async (any, cut) => {
        const given = make({ ...any, cut });
        const { shape } = given.problem;
        const problem = { ...given.problem, scale: 1 };
        const scores = extreme(given.rows * given.stride, shape.size, any.seed + 5);
        const queriesAndKeys = (shape.heads + shape.kvHeads) * shape.size;
        const values = floats(scores.length, any.seed + 6);
        const qkv = scores.map((value, i) => (i % given.stride < queriesAndKeys ? value : values[i]!));
        const dO = floats(given.rows * given.width, any.seed + 7);
        expectForward(await forward(problem, qkv), attention(qkv, problem));
        const gradient = await backward(problem, qkv, dO);
        // As above: weights of the backward pass are off by up to the rounding of a score near 10⁴.
        bench.near('attention_backward_q', gradient.dqkv, attentionGradient(qkv, dO, problem).dqkv, {
          tolerance: 2e-3,
          scale: Math.max(1, largest(scores)) * shape.size,
        });
      }),
      RUNS,
    );
  });
});

describe('attention_map', () => {
  it('writes the weights of its layer and leaves the others unchanged', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          kvHeads: fc.integer({ min: 1, max: 2 }),
          cut: fc.constantFrom(...CUTS.slice(1, 3)),
          sequences: fc.integer({ min: 1, max: 4 }),
          length: fc.integer({ min: 1, max: 9 }),
          layer: fc.constantFrom(0, 1, 2),
          window: fc.constantFrom(0, 1, 3, 100),
          seed: fc.nat(),
        }),
        async ({ kvHeads, cut, sequences, length, layer, window, seed }) => {
          const lengths = Array<number>(sequences).fill(length);
          const { problem, rows, stride } = make({ kvHeads, group: 2, cut, lengths, hide: 0, window, seed });
          const { shape } = problem;
          const qkv = floats(rows * stride, seed, 2);
          const { weights, lse } = attention(qkv, problem);
          const layers = 3;
          const { map } = await bench.run('attention_map', {
            prelude: attentionPrelude('attention_map', shape.size),
            storage: { qkv, lse: Float32Array.from(lse), map: blank(sequences * layers * shape.heads * length * length) },
            outputs: ['map'],
            params: {
              sequences,
              length,
              layer,
              layers,
              heads: shape.heads,
              kv_heads: shape.kvHeads,
              scale: problem.scale,
              window,
            },
            threads: sequences * shape.heads * length * length,
          });
          const expected = new Float64Array(map.length).fill(UNTOUCHED);
          for (let s = 0; s < sequences; s++) {
            for (let h = 0; h < shape.heads; h++) {
              for (let i = 0; i < length; i++) {
                for (let j = 0; j < length; j++) {
                  const weight = weights[(h * rows + s * length + i) * rows + s * length + j]!;
                  expected[(((s * layers + layer) * shape.heads + h) * length + i) * length + j] = weight;
                }
              }
            }
          }
          bench.near('attention_map', map, expected, { scale: 1 });
        },
      ),
      RUNS,
    );
  });
});

describe('kept keys and values', () => {
  it('give the newest row of each sequence the attention that it has among all of its rows', async () => {
    await fc.assert(
      fc.asyncProperty(problems, fc.integer({ min: 0, max: 5 }), async (any, gap) => {
        const lengths = any.lengths.map((length) => length + 1);
        const { problem, info, rows, stride } = make({ ...any, lengths, hide: 0 });
        const { heads, kvHeads, size } = problem.shape;
        const qkv = floats(rows * stride, any.seed, 2);
        const { o } = attention(qkv, problem);
        // Sequences are kept in the second of two layers, the last one first, with unused places between
        // them.
        const firsts: number[] = [];
        let capacity = 0;
        for (let index = lengths.length - 1; index >= 0; index--) {
          firsts[index] = capacity;
          capacity += lengths[index]! + gap;
        }
        const sequenceOf = lengths.flatMap((length, index) => Array<number>(length).fill(index));
        const places = Uint32Array.from(sequenceOf, (index, row) => firsts[index]! + info[4 * row + 2]!);
        const width = 2 * kvHeads * size;
        const vectors = size / vectorWidth(size);
        const { kept } = await bench.run('keep_keys_values', {
          prelude: vectorPrelude(size, { HD: vectors }),
          storage: { places, qkv, kept: blank(2 * capacity * width) },
          outputs: ['kept'],
          params: { rows, heads, kv_heads: kvHeads, first: capacity },
          threads: rows * 2 * kvHeads * vectors,
        });
        const expected = new Float32Array(kept.length).fill(UNTOUCHED);
        for (let row = 0; row < rows; row++)
          expected.set(qkv.subarray(row * stride + heads * size, (row + 1) * stride), (capacity + places[row]!) * width);
        expect(kept).toEqual(expected);

        const newest = Array.from({ length: rows }, (_, row) => row).filter((row) => info[4 * row + 1] === row + 1);
        const got = await bench.run('attention_newest', {
          prelude: attentionPrelude('attention_newest', size),
          storage: {
            rows_info: Uint32Array.from(newest.flatMap((row, i) => [i, i + 1, info[4 * row + 2]!, 0])),
            places: Uint32Array.from(newest, (row) => places[row]!),
            qkv: Float32Array.from(newest.flatMap((row) => [...qkv.subarray(row * stride, (row + 1) * stride)])),
            kept,
            o: blank(newest.length * heads * size),
          },
          outputs: ['o'],
          params: {
            rows: newest.length,
            ...{ heads, kv_heads: kvHeads, scale: problem.scale, window: problem.window, first_place: capacity },
          },
          threads: newest.length * heads,
        });
        const wanted = newest.flatMap((row) => [...o.subarray(row * heads * size, (row + 1) * heads * size)]);
        bench.near('attention_newest', got.o, wanted);
      }),
      { ...RUNS, examples: [[LARGE_HEADS, 2]] },
    );
  });
});

describe('rope', () => {
  const THETA = 500;
  const angle = (position: number, c: number, half: number): number => position * THETA ** (-c / half);

  it('rotates the q and k heads by position, and back', async () => {
    await fc.assert(
      fc.asyncProperty(problems, async (given) => {
        const { problem, info, rows, stride } = make(given);
        const { heads, kvHeads, size } = problem.shape;
        const half = size / 2;
        const { prelude, width } = elementPrelude(half);
        const table = new Float32Array(9 * size);
        for (let i = 0; i < 9 * half; i++) {
          const position = Math.floor(i / half);
          table[position * size + (i % half)] = Math.cos(angle(position, i % half, half));
          table[position * size + half + (i % half)] = Math.sin(angle(position, i % half, half));
        }
        const rotated = (x: ArrayLike<number>): Float64Array => {
          const y = Float64Array.from(x);
          for (let row = 0; row < rows; row++) {
            for (let head = 0; head < heads + kvHeads; head++) {
              for (let c = 0; c < half; c++) {
                const at = row * stride + head * size + c;
                const turn = angle(info[4 * row + 2]!, c, half);
                y[at] = x[at]! * Math.cos(turn) - x[at + half]! * Math.sin(turn);
                y[at + half] = x[at + half]! * Math.cos(turn) + x[at]! * Math.sin(turn);
              }
            }
          }
          return y;
        };
        const run = async (x: Float32Array, direction: number): Promise<Float32Array> => {
          const { qkv } = await bench.run('rope', {
            prelude,
            storage: { rows_info: info, table, qkv: x },
            outputs: ['qkv'],
            params: { rows, heads: heads + kvHeads, half: half / width, stride: stride / width, direction },
            threads: (rows * (heads + kvHeads) * half) / width,
          });
          return qkv;
        };
        const x = floats(rows * stride, given.seed, 3);
        const forwards = await run(x, 1);
        bench.near('rope', forwards, rotated(x));
        bench.near('rope', await run(forwards, -1), x);
        const dy = floats(rows * stride, given.seed + 1);
        const dx = await run(dy, -1);
        expectDerivatives(dx, (values) => dot(rotated(values), dy), x, { seed: given.seed, scale: largest(dx) });
      }),
      RUNS,
    );
  });
});
