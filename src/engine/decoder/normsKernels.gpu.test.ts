/** RMSNorm and LayerNorm of rows, and RMSNorm of query and key heads. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { vectorPrelude } from '../context';
import { normPrelude } from './norms';
import {
  KernelBench,
  blank,
  dot,
  eachRow,
  expectDerivatives,
  floats,
  largest,
  rowOf,
  RUNS,
  tableSizes,
  uneven,
} from '../../testing/kernelBench';

const EPSILON = 1e-5;

let bench: KernelBench;
beforeAll(async () => {
  bench = await KernelBench.open();
});
afterAll(() => {
  bench.close();
});

function mean(x: Float64Array): number {
  return x.reduce((sum, value) => sum + value, 0) / x.length;
}

/** 1/√(mean(x²) + ε). */
function inverseRms(x: Float64Array): number {
  return 1 / Math.sqrt(dot(x, x) / x.length + EPSILON);
}

function rmsNorm(x: Float64Array, gain: Float32Array): Float64Array {
  return x.map((value, c) => value * inverseRms(x) * gain[c]!);
}

/** Product of the RMSNorm's Jacobian with dy: ∂y_c/∂x_k = r·g_c·[c = k] − r³/d·g_c·x_c·x_k, written out. */
function rmsGradient(x: Float64Array, gain: Float32Array, dy: Float64Array): Float64Array {
  const r = inverseRms(x);
  return x.map((xk, k) => {
    let sum = 0;
    for (let c = 0; c < x.length; c++) sum += dy[c]! * gain[c]! * ((c === k ? r : 0) - (r ** 3 / x.length) * x[c]! * xk);
    return sum;
  });
}

function moments(x: Float64Array): readonly [number, number] {
  const mu = mean(x);
  return [mu, 1 / Math.sqrt(mean(x.map((value) => (value - mu) ** 2)) + EPSILON)];
}

function layerNorm(x: Float64Array, gain: Float32Array, bias: Float32Array): Float64Array {
  const [mu, r] = moments(x);
  return x.map((value, c) => (value - mu) * r * gain[c]! + bias[c]!);
}

/** ∂x̂_c/∂x_k = r·([c = k] − 1/d − x̂_c·x̂_k/d). */
function layerGradient(x: Float64Array, gain: Float32Array, dy: Float64Array): Float64Array {
  const [mu, r] = moments(x);
  const unit = x.map((value) => (value - mu) * r);
  const d = x.length;
  return x.map((_, k) => {
    let sum = 0;
    for (let c = 0; c < d; c++) sum += dy[c]! * gain[c]! * r * ((c === k ? 1 : 0) - 1 / d - (unit[c]! * unit[k]!) / d);
    return sum;
  });
}

/** Both norms in the same form: name, what is kept, and formula. */
const NORMS = [
  {
    name: 'rmsnorm',
    residual: 5,
    kept: { rms: 1 },
    bias: false,
    norm: rmsNorm,
    gradient: rmsGradient,
    keep: (x: Float64Array): readonly number[] => [inverseRms(x)],
  },
  {
    name: 'layernorm',
    residual: 6,
    kept: { moments: 2 },
    bias: true,
    norm: layerNorm,
    gradient: layerGradient,
    keep: moments,
  },
] as const;

describe.each(NORMS)('$name', ({ name, residual, kept, bias: biased, norm, gradient, keep }) => {
  const [[keptName, width]] = Object.entries(kept) as [[string, number]];
  const make = (rows: number, size: number, seed: number) => ({
    x: uneven(rows, size, seed),
    gain: floats(size, seed + 1, 2),
    bias: floats(size, seed + 4),
  });

  it.each([
    ['alone', false],
    ['onto a residual', true],
  ])('forward matches the formula %s, and keeps what the backward pass needs', async (_, onto) => {
    await fc.assert(
      fc.asyncProperty(tableSizes, async ({ size, rows, seed }) => {
        const { x, gain, bias } = make(rows, size, seed);
        const stream = floats(rows * size, seed + 5, 3);
        const call = {
          prelude: normPrelude(size, onto ? { residual } : null),
          storage: {
            x,
            gain,
            ...(biased ? { bias } : {}),
            y: blank(rows * size),
            [keptName]: blank(rows * width),
            ...(onto ? { residual: stream } : {}),
          },
          outputs: ['y', keptName],
          params: { rows, epsilon: EPSILON },
          threads: rows,
        };
        const got = name === 'rmsnorm' ? await bench.run('rmsnorm_forward', call) : await bench.run('layernorm_forward', call);
        const expected = eachRow(rows, size, (row) =>
          norm(rowOf(x, row, size), gain, bias).map((value, c) => value + (onto ? stream[row * size + c]! : 0)),
        );
        bench.near(`${name}_forward`, got.y!, expected, { width: size });
        const read = eachRow(rows, width, (row) => keep(rowOf(x, row, size)));
        // If terms cancel, a mean is only as exact as the numbers averaged.
        bench.near(`${name}_forward`, got[keptName]!, read, { width, ...(biased ? { scale: largest(read) } : {}) });
      }),
      RUNS,
    );
  });

  it.each([
    ['is the Jacobian’s product', false],
    ['adds it to what is there', true],
  ])('backward %s', async (_, adds) => {
    await fc.assert(
      fc.asyncProperty(tableSizes, async ({ size, rows, seed }) => {
        const { x, gain, bias } = make(rows, size, seed);
        const dy = floats(rows * size, seed + 2);
        const start = floats(x.length, seed + 3, 5);
        const call = {
          prelude: normPrelude(size, adds ? 'dx' : null),
          storage: {
            x,
            gain,
            [keptName]: Float32Array.from(eachRow(rows, width, (row) => keep(rowOf(x, row, size)))),
            dy,
            dx: start,
          },
          outputs: ['dx'] as const,
          params: { rows },
          threads: rows,
        };
        const { dx } =
          name === 'rmsnorm' ? await bench.run('rmsnorm_backward', call) : await bench.run('layernorm_backward', call);
        const expected = eachRow(rows, size, (row) => gradient(rowOf(x, row, size), gain, rowOf(dy, row, size)));
        if (adds) {
          const sums = expected.map((value, i) => value + start[i]!);
          bench.near(`${name}_backward`, dx, sums, { width: size });
          return;
        }
        bench.near(`${name}_backward`, dx, expected, { width: size });
        const loss = (values: Float64Array): number => dot(norm(values, gain, bias), rowOf(dy, 0, size));
        expectDerivatives(dx, loss, rowOf(x, 0, size), { seed, scale: largest(rowOf(expected, 0, size)) });
      }),
      RUNS,
    );
  });
});

describe('head norms', () => {
  const shapes = fc.record({
    rows: fc.oneof(fc.constantFrom(1, 7, 17), fc.integer({ min: 1, max: 40 })),
    heads: fc.integer({ min: 1, max: 5 }),
    kvHeads: fc.integer({ min: 1, max: 3 }),
    size: fc.constantFrom(6, 20),
    seed: fc.nat(),
  });
  interface Shape {
    readonly rows: number;
    readonly heads: number;
    readonly kvHeads: number;
    readonly size: number;
  }
  /** Applies `f` to every query and key head of fused rows; value heads are unchanged. */
  const eachHead = (
    x: ArrayLike<number>,
    { rows, heads, kvHeads, size }: Shape,
    f: (head: Float64Array, kind: 0 | 1, index: number) => Float64Array,
  ): Float64Array =>
    eachRow(rows, (heads + 2 * kvHeads) * size, (row) => {
      const whole = rowOf(x, row, (heads + 2 * kvHeads) * size);
      for (let head = 0; head < heads + kvHeads; head++) {
        const at = head * size;
        whole.set(f(whole.slice(at, at + size), head < heads ? 0 : 1, row * (heads + kvHeads) + head), at);
      }
      return whole;
    });
  const params = ({ rows, heads, kvHeads }: Shape) => ({ rows, heads, kv_heads: kvHeads, epsilon: EPSILON });
  const gainOf = (gains: Float32Array, kind: number, size: number) => gains.subarray(kind * size, (kind + 1) * size);

  it('forward normalises queries and keys in place, each with its gain, and keeps the originals', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, async (shape) => {
        const { rows, heads, kvHeads, size, seed } = shape;
        const qkv = floats(rows * (heads + 2 * kvHeads) * size, seed, 3);
        qkv.fill(0, 0, size);
        const gains = floats(2 * size, seed + 1, 2);
        const got = await bench.run('head_norm_forward', {
          prelude: vectorPrelude(size),
          storage: { gains, qkv, raw: blank(rows * (heads + kvHeads) * size) },
          outputs: ['qkv', 'raw'],
          params: params(shape),
          threads: rows * (heads + kvHeads),
        });
        const raw = new Float64Array(got.raw.length);
        const expected = eachHead(qkv, shape, (head, kind, index) => {
          raw.set(head, index * size);
          return rmsNorm(head, gainOf(gains, kind, size));
        });
        bench.near('head_norm_forward', got.qkv, expected, { width: size });
        bench.near('head_norm_forward', got.raw, raw, { width: size });
      }),
      RUNS,
    );
  });

  it('backward is the Jacobian’s product, in place', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, async (shape) => {
        const { rows, heads, kvHeads, size, seed } = shape;
        const qkv = floats(rows * (heads + 2 * kvHeads) * size, seed, 3);
        const gains = floats(2 * size, seed + 1, 2);
        const dy = floats(qkv.length, seed + 2);
        const raw = new Float32Array(rows * (heads + kvHeads) * size);
        const normed = (x: ArrayLike<number>): Float64Array =>
          eachHead(x, shape, (head, kind, index) => {
            raw.set(head, index * size);
            return rmsNorm(head, gainOf(gains, kind, size));
          });
        normed(qkv);
        const kept = raw.slice();
        const { dqkv } = await bench.run('head_norm_backward', {
          prelude: vectorPrelude(size),
          storage: { gains, raw: kept, dqkv: dy },
          outputs: ['dqkv'],
          params: params(shape),
          threads: rows * (heads + kvHeads),
        });
        const expected = eachHead(dy, shape, (head, kind, index) =>
          rmsGradient(rowOf(kept, index, size), gainOf(gains, kind, size), head),
        );
        bench.near('head_norm_backward', dqkv, expected, { width: size, scale: largest(expected) });
        expectDerivatives(dqkv, (x) => dot(normed(x), dy), qkv, { seed, scale: largest(expected) });
      }),
      RUNS,
    );
  });
});
