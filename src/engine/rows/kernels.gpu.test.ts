/** Kernels that work row by row, or that move rows about. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linearGrid } from '../../gpu/recorder';
import { elementPrelude, vectorPrelude, vectorWidth } from '../context';
import { groupPlaces } from './embeddingLookup';
import {
  KernelBench,
  blank,
  distinct,
  dot,
  eachRow,
  expectDerivatives,
  floats,
  integers,
  largest,
  rowOf,
  RUNS,
  tableSizes,
  uneven,
  UNTOUCHED,
} from '../../testing/kernelBench';

let bench: KernelBench;
beforeAll(async () => {
  bench = await KernelBench.open();
});
afterAll(() => {
  bench.close();
});

describe('normalise', () => {
  const length = (x: Float64Array): number => Math.max(Math.sqrt(dot(x, x)), 1e-12);
  const unit = (x: Float64Array): Float64Array => x.map((value) => value / length(x));

  it('forward gives unit rows, zeros for a row of zeros', async () => {
    await fc.assert(
      fc.asyncProperty(tableSizes, async ({ size, rows, seed }) => {
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
      fc.asyncProperty(tableSizes, async ({ size, rows, seed }) => {
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

describe('moving rows', () => {
  it('gather_rows copies listed rows, repeats included', async () => {
    await fc.assert(
      fc.asyncProperty(tableSizes, async ({ size, rows, seed }) => {
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

  it('copy_rows copies rows into place and leaves the others unchanged', async () => {
    await fc.assert(
      fc.asyncProperty(tableSizes, fc.nat(9), async ({ size, rows, seed }, first) => {
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

  it('scatter_add_rows adds to listed rows and leaves the others unchanged', async () => {
    await fc.assert(
      fc.asyncProperty(tableSizes, async ({ size, rows, seed }) => {
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

  it('scatter_sum_rows sums the rows of each group, in order, and leaves rows without a group unchanged', async () => {
    await fc.assert(
      fc.asyncProperty(tableSizes, async ({ size, rows, seed }) => {
        const x = floats(rows * size, seed);
        const table = floats(7 * size, seed + 1);
        const index = integers(rows, seed + 2, 7);
        const { rows: row, starts: start, order } = groupPlaces(index);
        const { out } = await bench.run('scatter_sum_rows', {
          prelude: vectorPrelude(size),
          storage: { row, start, order, x, out: table },
          outputs: ['out'],
          params: { segments: row.length },
          threads: (row.length * size) / vectorWidth(size),
        });
        const expected = Float64Array.from(table);
        index.forEach((into, i) => {
          for (let c = 0; c < size; c++) expected[into * size + c]! += x[i * size + c]!;
        });
        bench.near('scatter_sum_rows', out, expected, { scale: rows });
        expect(out.filter((_, i) => !index.includes(Math.floor(i / size)))).toEqual(
          table.filter((_, i) => !index.includes(Math.floor(i / size))),
        );
      }),
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

describe('add', () => {
  it('adds the first `count` floats, in vectors if `count` allows', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 300 }), fc.nat(), async (count, seed) => {
        const { prelude, width } = elementPrelude(count);
        const [x, before] = [floats(count, seed), floats(count, seed + 1)];
        const { out } = await bench.run('add', {
          prelude,
          storage: { x, out: before },
          outputs: ['out'],
          params: { count: count / width },
          threads: count / width,
        });
        expect(out).toEqual(before.map((value, i) => value + x[i]!));
      }),
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

describe('spread_rows', () => {
  it('adds the gradients of means to the rows averaged, and leaves the others unchanged', async () => {
    await fc.assert(
      fc.asyncProperty(tableSizes, fc.integer({ min: 1, max: 9 }), async ({ size, rows, seed }, means) => {
        const listed = Math.ceil(rows / 2);
        const [x, dMean, share] = [floats(rows * size, seed), floats(means * size, seed + 1), floats(means, seed + 2)];
        const index = distinct(rows, seed + 3, rows).slice(0, listed);
        const mean = integers(listed, seed + 4, means);
        const got = await bench.run('spread_rows', {
          prelude: vectorPrelude(size),
          storage: { index, mean, share, d_mean: dMean, x },
          outputs: ['x'],
          params: { rows: listed },
          threads: (listed * size) / vectorWidth(size),
        });
        const expected = Float64Array.from(x);
        index.forEach((row, i) => {
          for (let c = 0; c < size; c++) expected[row * size + c]! += share[mean[i]!]! * dMean[mean[i]! * size + c]!;
        });
        bench.near('spread_rows', got.x, expected, { width: size });
      }),
      RUNS,
    );
  });
});

describe('mean_rows', () => {
  it('takes means over runs of rows, in any order', async () => {
    await fc.assert(
      fc.asyncProperty(tableSizes, fc.integer({ min: 1, max: 20 }), async ({ size, rows, seed }, spans) => {
        const x = floats(rows * size, seed);
        const first = integers(spans, seed + 1, rows);
        const count = integers(spans, seed + 2, rows).map((value, i) => value % (rows - first[i]! + 1));
        const to = distinct(spans, seed + 3, spans);
        const span = Uint32Array.from({ length: 4 * spans }, (_, i) => [first, count, to, to][i % 4]![Math.floor(i / 4)]!);
        const got = await bench.run('mean_rows', {
          prelude: vectorPrelude(size),
          storage: { span, x, out: blank(spans * size) },
          outputs: ['out'],
          params: { spans },
          threads: (spans * size) / vectorWidth(size),
        });
        const expected = new Float64Array(spans * size);
        for (let s = 0; s < spans; s++) {
          for (let i = 0; i < count[s]!; i++) {
            for (let c = 0; c < size; c++) expected[to[s]! * size + c]! += x[(first[s]! + i) * size + c]! / count[s]!;
          }
        }
        bench.near('mean_rows', got.out, expected, { width: size });
      }),
      RUNS,
    );
  });
});

describe('mean_seen', () => {
  it('takes means over runs of listed rows, and adds the last of each again', async () => {
    await fc.assert(
      fc.asyncProperty(tableSizes, fc.integer({ min: 1, max: 20 }), async ({ size, rows, seed }, spans) => {
        const x = floats(rows * size, seed);
        const listed = 30;
        const index = integers(listed, seed + 4, rows);
        const first = integers(spans, seed + 1, listed);
        const count = integers(spans, seed + 2, listed).map((value, i) => value % (listed - first[i]! + 1));
        const to = distinct(spans, seed + 3, spans);
        const span = Uint32Array.from({ length: 4 * spans }, (_, i) => [first, count, to, to][i % 4]![Math.floor(i / 4)]!);
        const got = await bench.run('mean_seen', {
          prelude: vectorPrelude(size),
          storage: { span, index, x, out: blank(spans * size) },
          outputs: ['out'],
          params: { spans, again: 0.3 },
          threads: (spans * size) / vectorWidth(size),
        });
        const expected = new Float64Array(spans * size);
        for (let s = 0; s < spans; s++) {
          for (let i = 0; i < count[s]!; i++) {
            const share = 1 / count[s]! + (i === count[s]! - 1 ? 0.3 : 0);
            for (let c = 0; c < size; c++) expected[to[s]! * size + c]! += share * x[index[first[s]! + i]! * size + c]!;
          }
        }
        bench.near('mean_seen', got.out, expected, { width: size });
      }),
      RUNS,
    );
  });
});

describe('inner_product', () => {
  it('adds factor·Σ x·y to one slot, each y for several x', async () => {
    const counts = fc.oneof(fc.integer({ min: 1, max: 130 }), fc.integer({ min: 1, max: 5000 }));
    await fc.assert(
      fc.asyncProperty(counts, fc.constantFrom(1, 1, 3), fc.nat(999), async (wide, repeat, seed) => {
        const count = repeat * Math.ceil(wide / repeat);
        const x = floats(count, seed);
        const y = floats(count / repeat, seed + 1, 4);
        const { out } = await bench.run('inner_product', {
          storage: { x, y, out: blank(3).fill(0.5, 1, 2) },
          outputs: ['out'],
          params: { count, repeat, slot: 1, factor: 0.3 },
          threads: [1, 1, 1],
        });
        const products = Float64Array.from(x, (value, i) => 0.3 * value * y[Math.floor(i / repeat)]!);
        const scale = products.reduce((sum, value) => sum + Math.abs(value), 0);
        const sum = products.reduce((total, value) => total + value, 0.5);
        bench.near('inner_product', out.subarray(1, 2), [sum], { scale: Math.max(1, scale) });
        expect([out[0], out[2]]).toEqual([UNTOUCHED, UNTOUCHED]);
      }),
      RUNS,
    );
  });
});
