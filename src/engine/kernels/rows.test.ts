/** Kernels that work row by row, or that move rows about. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linearGrid } from '../../gpu/recorder';
import { readerPrelude } from '../weightMatrix';
import { SOURCE } from '../sequence';
import { elementPrelude, vectorPrelude, vectorWidth } from '../context';
import { Bench, blank, distinct, dot, expectDerivatives, floats, integers, largest, RUNS, uniforms, UNTOUCHED } from './harness';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => {
  bench.close();
});

/** Row sizes read as vec2 and vec4; up to several workgroups of 16 rows. */
const tables = fc.record({
  size: fc.constantFrom(6, 20),
  rows: fc.oneof(fc.constantFrom(1, 15, 16, 17, 33), fc.integer({ min: 1, max: 70 })),
  seed: fc.nat(),
});

/** Rows of ordinary numbers, but for one of zeros and one of ±10⁴. */
function uneven(rows: number, size: number, seed: number): Float32Array {
  const x = floats(rows * size, seed, 2);
  if (rows > 2) x.fill(0, size, 2 * size);
  if (rows > 3) x.set(floats(size, seed + 9, 1e4), 2 * size);
  return x;
}

function rowOf(x: ArrayLike<number>, row: number, size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, c) => x[row * size + c]!);
}

function eachRow(rows: number, size: number, f: (row: number) => ArrayLike<number>): Float64Array {
  const whole = new Float64Array(rows * size);
  for (let row = 0; row < rows; row++) whole.set(Float64Array.from(f(row)), row * size);
  return whole;
}

describe('rmsnorm', () => {
  const EPSILON = 1e-5;
  const inverse = (x: Float64Array): number => 1 / Math.sqrt(dot(x, x) / x.length + EPSILON);
  const normed = (x: Float64Array, gain: Float32Array): Float64Array => x.map((value, c) => value * inverse(x) * gain[c]!);

  it('forward matches x·r·g and keeps r', async () => {
    await fc.assert(
      fc.asyncProperty(tables, async ({ size, rows, seed }) => {
        const x = uneven(rows, size, seed);
        const gain = floats(size, seed + 1, 2);
        const got = await bench.run('rmsnorm_forward', {
          prelude: vectorPrelude(size),
          storage: { x, gain, y: blank(rows * size), rms: blank(rows) },
          outputs: ['y', 'rms'],
          params: { rows, epsilon: EPSILON },
          threads: rows,
        });
        const expected = eachRow(rows, size, (row) => normed(rowOf(x, row, size), gain));
        bench.near('rmsnorm_forward', got.y, expected, { width: size });
        const r = eachRow(rows, 1, (row) => [inverse(rowOf(x, row, size))]);
        bench.near('rmsnorm_forward', got.rms, r, { width: 1 });
      }),
      RUNS,
    );
  });

  it('backward adds the Jacobian’s product', async () => {
    await fc.assert(
      fc.asyncProperty(tables, async ({ size, rows, seed }) => {
        const x = uneven(rows, size, seed);
        const gain = floats(size, seed + 1, 2);
        const dy = floats(rows * size, seed + 2);
        const call = {
          prelude: vectorPrelude(size),
          outputs: ['dx'] as const,
          params: { rows },
          threads: rows,
        };
        const rms = Float32Array.from(eachRow(rows, 1, (row) => [inverse(rowOf(x, row, size))]));
        // ∂y_c/∂x_k = r·g_c·[c = k] − r³/d·g_c·x_c·x_k, written out.
        const gradient = (row: number): Float64Array => {
          const values = rowOf(x, row, size);
          const r = inverse(values);
          return values.map((xk, k) => {
            let sum = 0;
            for (let c = 0; c < size; c++) {
              const jacobian = (c === k ? r : 0) - (r ** 3 / size) * values[c]! * xk;
              sum += dy[row * size + c]! * gain[c]! * jacobian;
            }
            return sum;
          });
        };
        const expected = eachRow(rows, size, gradient);
        const { dx } = await bench.run('rmsnorm_backward', {
          ...call,
          storage: { x, gain, rms, dy, dx: new Float32Array(x.length) },
        });
        bench.near('rmsnorm_backward', dx, expected, { width: size });
        const loss = (values: Float64Array): number =>
          dot(
            eachRow(1, size, () => normed(values, gain)),
            rowOf(dy, 0, size),
          );
        expectDerivatives(dx, loss, rowOf(x, 0, size), { seed, scale: largest(rowOf(expected, 0, size)) });
        const start = floats(x.length, seed + 3, 5);
        const added = await bench.run('rmsnorm_backward', { ...call, storage: { x, gain, rms, dy, dx: start } });
        const sums = expected.map((value, i) => value + start[i]!);
        bench.near('rmsnorm_backward', added.dx, sums, { width: size });
      }),
      RUNS,
    );
  });
});

describe('normalise', () => {
  const length = (x: Float64Array): number => Math.max(Math.sqrt(dot(x, x)), 1e-12);
  const unit = (x: Float64Array): Float64Array => x.map((value) => value / length(x));

  it('forward gives unit rows, zeros for a row of zeros', async () => {
    await fc.assert(
      fc.asyncProperty(tables, async ({ size, rows, seed }) => {
        const x = uneven(rows, size, seed);
        const got = await bench.run('normalise_forward', {
          prelude: vectorPrelude(size),
          storage: { x, norm: blank(rows) },
          outputs: ['x', 'norm'],
          params: { rows },
          threads: rows,
        });
        const expected = eachRow(rows, size, (row) => unit(rowOf(x, row, size)));
        bench.near('normalise_forward', got.x, expected, { width: size });
        const norms = eachRow(rows, 1, (row) => [length(rowOf(x, row, size))]);
        bench.near('normalise_forward', got.norm, norms, { width: 1 });
      }),
      RUNS,
    );
  });

  it('backward matches the Jacobian, with the divisor constant for a row of zeros', async () => {
    await fc.assert(
      fc.asyncProperty(tables, async ({ size, rows, seed }) => {
        const x = uneven(rows, size, seed);
        const start = floats(rows * size, seed + 1);
        const gradient = (row: number): Float64Array => {
          const values = rowOf(x, row, size);
          const n = length(values);
          const y = unit(values);
          return values.map((_, k) => {
            let sum = 0;
            for (let c = 0; c < size; c++) sum += (start[row * size + c]! * ((c === k ? 1 : 0) - y[c]! * y[k]!)) / n;
            return sum;
          });
        };
        const { dy } = await bench.run('normalise_backward', {
          prelude: vectorPrelude(size),
          storage: {
            y: Float32Array.from(eachRow(rows, size, (row) => unit(rowOf(x, row, size)))),
            norm: Float32Array.from(eachRow(rows, 1, (row) => [length(rowOf(x, row, size))])),
            dy: start,
          },
          outputs: ['dy'],
          params: { rows },
          threads: rows,
        });
        const expected = eachRow(rows, size, gradient);
        bench.near('normalise_backward', dy, expected, { width: size });
        const loss = (values: Float64Array): number => dot(unit(values), rowOf(start, 0, size));
        expectDerivatives(dy, loss, rowOf(x, 0, size), { seed, scale: largest(rowOf(expected, 0, size)) });
      }),
      RUNS,
    );
  });
});

describe('swiglu', () => {
  const shapes = fc.record({ rows: fc.integer({ min: 1, max: 9 }), width: fc.integer({ min: 1, max: 45 }), seed: fc.nat() });
  const swiglu = (x: ArrayLike<number>, rows: number, width: number): Float64Array =>
    eachRow(rows, width, (row) =>
      Float64Array.from({ length: width }, (_, c) => {
        const gate = x[row * 2 * width + c]!;
        return (gate / (1 + Math.exp(-gate))) * x[row * 2 * width + width + c]!;
      }),
    );
  const call = (rows: number, width: number) => {
    const { prelude, width: vector } = elementPrelude(width);
    return { prelude, params: { rows, width: width / vector }, threads: (rows * width) / vector };
  };
  const forward = async (x: Float32Array, rows: number, width: number): Promise<Float32Array> => {
    const storage = { gate_up: x, y: blank(rows * width) };
    const { y } = await bench.run('swiglu_forward', { ...call(rows, width), storage, outputs: ['y'] });
    return y;
  };
  const backward = async (x: Float32Array, dy: Float32Array, rows: number, width: number): Promise<Float32Array> => {
    const storage = { gate_up: x, dy, d_gate_up: blank(x.length) };
    const { d_gate_up: dx } = await bench.run('swiglu_backward', { ...call(rows, width), storage, outputs: ['d_gate_up'] });
    return dx;
  };

  it('forward matches silu(gate)·up', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, async ({ rows, width, seed }) => {
        const x = floats(2 * rows * width, seed, 6);
        bench.near('swiglu_forward', await forward(x, rows, width), swiglu(x, rows, width));
      }),
      RUNS,
    );
  });

  it('backward matches silu’s derivative and central differences', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, async ({ rows, width, seed }) => {
        const x = floats(2 * rows * width, seed, 6);
        const dy = floats(rows * width, seed + 1);
        const expected = new Float64Array(x.length);
        dy.forEach((g, i) => {
          const at = Math.floor(i / width) * 2 * width + (i % width);
          const e = Math.exp(x[at]!);
          // silu = a·eᵃ/(1 + eᵃ), silu′ = eᵃ·(1 + a + eᵃ)/(1 + eᵃ)²
          expected[at] = (g * x[at + width]! * e * (1 + x[at]! + e)) / (1 + e) ** 2;
          expected[at + width] = (g * x[at]! * e) / (1 + e);
        });
        const got = await backward(x, dy, rows, width);
        bench.near('swiglu_backward', got, expected);
        const loss = (values: Float64Array): number => dot(swiglu(values, rows, width), dy);
        expectDerivatives(got, loss, x, { seed, scale: largest(expected) });
      }),
      RUNS,
    );
  });

  it('stays finite at gates of ±10⁴ and 0', async () => {
    const gates = [1e4, -1e4, 0, 100, -100];
    const x = Float32Array.from([...gates, ...gates.map(() => 3)]);
    bench.near('swiglu_forward', await forward(x, 1, 5), [3e4, 0, 0, 300, 0], { width: 1, tolerance: 1e-6 });
    const dy = new Float32Array(5).fill(0.5);
    const expected = [1.5, 0, 0.75, 1.5, 0, 5e3, 0, 0, 50, 0];
    bench.near('swiglu_backward', await backward(x, dy, 1, 5), expected, { width: 1, tolerance: 1e-6 });
  });
});

describe('moving rows', () => {
  it('gather_rows copies listed rows, repeats included', async () => {
    await fc.assert(
      fc.asyncProperty(tables, async ({ size, rows, seed }) => {
        const x = floats(23 * size, seed);
        const index = integers(rows, seed + 1, 23);
        const { out } = await bench.run('gather_rows', {
          prelude: vectorPrelude(size),
          storage: { index, x, out: blank(rows * size) },
          outputs: ['out'],
          params: { rows },
          threads: (rows * size) / vectorWidth(size),
        });
        expect(out).toEqual(Float32Array.from(eachRow(rows, size, (row) => rowOf(x, index[row]!, size))));
      }),
      RUNS,
    );
  });

  it('copy_rows copies rows to their place and leaves the others', async () => {
    await fc.assert(
      fc.asyncProperty(tables, fc.nat(9), async ({ size, rows, seed }, first) => {
        const x = floats(rows * size, seed);
        const { out } = await bench.run('copy_rows', {
          prelude: vectorPrelude(size),
          storage: { x, out: blank((first + rows + 3) * size) },
          outputs: ['out'],
          params: { rows, first },
          threads: (rows * size) / vectorWidth(size),
        });
        const expected = blank(out.length);
        expected.set(x, first * size);
        expect(out).toEqual(expected);
      }),
      RUNS,
    );
  });

  it('scatter_add_rows adds to listed rows and leaves the others', async () => {
    await fc.assert(
      fc.asyncProperty(tables, async ({ size, rows, seed }) => {
        const x = floats(80 * size, seed);
        const added = floats(rows * size, seed + 1);
        const index = distinct(rows, seed + 2, 80);
        const got = await bench.run('scatter_add_rows', {
          prelude: vectorPrelude(size),
          storage: { index, rows_in: added, x },
          outputs: ['x'],
          params: { rows },
          threads: (rows * size) / vectorWidth(size),
        });
        const expected = x.slice();
        index.forEach((row, i) => {
          for (let c = 0; c < size; c++) expected[row * size + c]! += added[i * size + c]!;
        });
        expect(got.x).toEqual(expected);
      }),
      RUNS,
    );
  });

  it('assemble takes each row from where its source says', async () => {
    await fc.assert(
      fc.asyncProperty(tables, async ({ size, rows, seed }) => {
        const from = [floats(31 * size, seed), floats(17 * size, seed + 1), floats(3 * size, seed + 2)];
        const next = uniforms(seed + 3);
        const kinds = Array.from({ length: rows }, () => Math.floor(3 * next()));
        const index = kinds.map((kind) => Math.floor((next() * from[kind]!.length) / size));
        expect(SOURCE).toEqual({ vocabulary: 0, dense: 1, learned: 2 });
        const { x } = await bench.run('assemble', {
          prelude: readerPrelude({ columns: size, format: 'f32' }, 'vocabulary', 6),
          storage: {
            source: Uint32Array.from(kinds, (kind, row) => ((kind << 30) | index[row]!) >>> 0),
            vocabulary: from[0]!,
            dense: from[1]!,
            learned: from[2]!,
            x: blank(rows * size),
          },
          outputs: ['x'],
          params: { rows },
          threads: (rows * size) / vectorWidth(size),
        });
        expect(x).toEqual(Float32Array.from(eachRow(rows, size, (row) => rowOf(from[kinds[row]!]!, index[row]!, size))));
      }),
      RUNS,
    );
  });

  it('place_block scales a matrix into its place and leaves the rest', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          rows: fc.integer({ min: 1, max: 20 }),
          columns: fc.integer({ min: 1, max: 8 }),
          firstRow: fc.integer({ min: 0, max: 9 }),
          firstColumn: fc.integer({ min: 0, max: 5 }),
          right: fc.integer({ min: 0, max: 3 }),
          seed: fc.nat(),
        }),
        async ({ rows, columns, firstRow, firstColumn, right, seed }) => {
          const stride = firstColumn + columns + right;
          const b = floats(rows * columns, seed);
          const { block } = await bench.run('place_block', {
            storage: { b, block: blank((firstRow + rows + 2) * stride) },
            outputs: ['block'],
            params: { rows, columns, first_row: firstRow, first_column: firstColumn, stride, scale: 0.75 },
            threads: rows * columns,
          });
          const expected = blank(block.length);
          for (let n = 0; n < rows; n++) {
            for (let c = 0; c < columns; c++) expected[(firstRow + n) * stride + firstColumn + c] = 0.75 * b[n * columns + c]!;
          }
          expect(block).toEqual(expected);
        },
      ),
      RUNS,
    );
  });
});

describe('sum_rows', () => {
  it('adds the listed rows from `first` on to `at`', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          width: fc.integer({ min: 1, max: 150 }),
          first: fc.integer({ min: 0, max: 6 }),
          count: fc.constantFrom(0, 1, 2, 40),
          at: fc.integer({ min: 0, max: 70 }),
          seed: fc.nat(),
        }),
        async ({ width, first, count, at, seed }) => {
          const x = floats(19 * width, seed);
          const index = integers(first + count + 3, seed + 1, 19);
          const { out } = await bench.run('sum_rows', {
            storage: { index, x, out: blank(at + width + 5).fill(0.5, at, at + width) },
            outputs: ['out'],
            params: { first, count, width, at },
            threads: width,
          });
          const sums = new Float64Array(width).fill(0.5);
          for (const row of index.subarray(first, first + count)) sums.forEach((_, c) => (sums[c]! += x[row * width + c]!));
          bench.near('sum_rows', out.subarray(at, at + width), sums, { scale: Math.max(1, count) });
          expect(out.filter((_, i) => i < at || i >= at + width)).toEqual(blank(at + 5));
        },
      ),
      RUNS,
    );
  });
});

describe('fill', () => {
  const run = async (length: number, count: number, value: number): Promise<Float32Array> => {
    const { x } = await bench.run('fill', {
      storage: { x: blank(length) },
      outputs: ['x'],
      params: { count, value },
      threads: count,
    });
    return x;
  };

  it('writes the first `count` floats', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 300 }), fc.constantFrom(0, -2.5, 1e30), async (count, value) => {
        const got = await run(count + 7, count, value);
        expect(got).toEqual(blank(count + 7).fill(Math.fround(value), 0, count));
      }),
      RUNS,
    );
  });

  it('reaches past the 65,535 workgroups of one dimension', async () => {
    const count = 65_535 * 64 + 77;
    expect(linearGrid(count, 64)).toEqual([32_769, 2, 1]);
    expect(linearGrid(65_535 * 64, 64)).toEqual([65_535, 1, 1]);
    const got = await run(count + 100, count, 3);
    expect(got.indexOf(UNTOUCHED)).toBe(count);
    expect(got.subarray(0, count).every((value) => value === 3)).toBe(true);
    expect(got.subarray(count).every((value) => value === UNTOUCHED)).toBe(true);
  });
});
