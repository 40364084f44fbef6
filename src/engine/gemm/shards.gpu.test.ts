/** Matrices larger than a device can bind: written, read and multiplied as those in one piece. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { WeightFormat } from '../../recipe/runSpec';
import { readFloats } from '../../gpu/tensor';
import { heldWeight } from '../../model/weightSource';
import { floats, RUNS } from '../../testing/kernelBench';
import { sharedGpu } from '../../testing/sharedGpu';
import { withLargestBinding } from '../../testing/smallBindings';
import { createContext, type Context } from '../context';
import type { GemmCall, Matrix } from './gemmCall';
import { WEIGHT_FORMATS } from './weightFormat';
import { allocateMatrix, writeMatrix, type WeightMatrix } from './weightMatrix';

const [ROWS, COLUMNS] = [400, 48];
/** Bytes of 100 rows in f32, which hold one shard of 64, and more of them in fewer bits. */
const MOST = 4 * 100 * COLUMNS;
const mostOf = (format: WeightFormat): number => (format === 'f32' ? MOST : MOST / 3);

/** Some of the rows of B. */
const ranges = fc.record({
  rows: fc.integer({ min: 1, max: 20 }),
  first: fc.integer({ min: 0, max: 25 }).map((n) => 8 * n),
  count: fc.integer({ min: 1, max: 25 }).map((n) => 8 * n),
  seed: fc.nat(1000),
});

let context: Context;
beforeAll(async () => {
  context = createContext(await sharedGpu());
});
afterAll(() => {
  context.memory.destroy();
});

/** The same numbers in one piece and divided. */
async function bothWays(format: WeightFormat): Promise<{ readonly whole: WeightMatrix; readonly divided: WeightMatrix }> {
  const { memory } = context;
  const size = { rows: ROWS, columns: COLUMNS, format };
  const whole = allocateMatrix(memory, size, 'whole');
  const divided = await withLargestBinding(memory.device, mostOf(format), () =>
    Promise.resolve(allocateMatrix(memory, size, 'divided')),
  );
  const weights = floats(ROWS * COLUMNS, 7);
  // Parts that end inside shards, and rows of zeros after them.
  const parts = [weights.subarray(0, 150 * COLUMNS), weights.subarray(150 * COLUMNS, 396 * COLUMNS)].map(heldWeight);
  for (const matrix of [whole, divided]) await writeMatrix(memory.device, matrix, ...parts);
  return { whole, divided };
}

function upload(rows: number, stride: number, seed: number): Matrix {
  return { tensor: context.memory.upload(floats(rows * stride, seed), 'operand'), stride };
}

/** C of a product, all of its buffer. */
async function result(call: Omit<GemmCall, 'out'>, from: Float32Array): Promise<Float32Array> {
  const out = context.memory.upload(from, 'out');
  context.gemm.run({ ...call, out: { tensor: out, stride: call.columns } });
  context.recorder.submit();
  const [values] = await readFloats(context.memory, [{ tensor: out, elements: from.length }]);
  return values!;
}

function expectNear(got: Float32Array, expected: Float32Array): void {
  expected.forEach((value, i) => {
    expect(Math.abs(got[i]! - value)).toBeLessThan(1e-4);
  });
}

describe.each(WEIGHT_FORMATS)('%s', (format) => {
  let matrices: Awaited<ReturnType<typeof bothWays>>;
  beforeAll(async () => {
    matrices = await bothWays(format);
  });

  it('is divided into buffers that can be bound, which together hold as much', () => {
    const { whole, divided } = matrices;
    const { rows, stored } = divided.matrix.shards!;
    expect(whole.matrix.shards).toBeUndefined();
    expect(rows % 64).toBe(0);
    expect(stored.length).toBe(Math.ceil(ROWS / rows));
    expect(stored.length).toBeGreaterThan(1);
    for (const { tensor, scales } of stored) {
      expect(tensor.size).toBeLessThanOrEqual(mostOf(format));
      if (scales !== undefined) expect(scales.size).toBeLessThanOrEqual(mostOf(format));
    }
    const bytes = stored.reduce((sum, { tensor }) => sum + tensor.size, 0);
    expect(Math.abs(bytes - whole.matrix.tensor.size)).toBeLessThan(16 * stored.length);
  });

  it.each(['NT', 'NN'] as const)('gives the %s products of the whole', async (kind) => {
    // Each epilogue is a kernel to compile.
    const full = format === 'f32' && { tail: 8, bias: kind === 'NT', add: 'residual' as const };
    const { whole, divided } = matrices;
    await fc.assert(
      fc.asyncProperty(ranges, async ({ rows, first, count, seed }) => {
        for (const { tail, bias, add } of [
          { tail: 0, bias: false, add: seed % 2 === 0 ? 'out' : 'nothing' },
          full || [],
        ].flat()) {
          const [columns, depth] = kind === 'NT' ? [count, COLUMNS] : [COLUMNS, count];
          const b = (matrix: Matrix): Matrix => ({ ...matrix, offset: first * COLUMNS });
          const tailB = kind === 'NT' ? upload(columns, tail, seed + 2) : upload(tail, columns, seed + 2);
          const call = {
            ...{ kind, rows, columns, depth, alpha: -0.5, a: upload(rows, depth, seed) },
            ...(tail > 0 && { tail: { a: upload(rows, tail, seed + 1), b: tailB, depth: tail } }),
            ...(bias && { bias: context.memory.upload(floats(columns, seed + 3), 'bias') }),
            ...(add === 'residual' && { residual: upload(rows, columns, seed + 4) }),
            ...(add === 'out' && { accumulate: true }),
          };
          const before = floats(rows * columns, seed + 5);
          const expected = await result({ ...call, b: b(whole.matrix) }, before);
          const got = await result({ ...call, b: b(divided.matrix) }, before);
          // Columns of C are computed as ever; the summed dimension is added up in another order.
          if (kind === 'NT') expect(got).toEqual(expected);
          else expectNear(got, expected);
        }
      }),
      { ...RUNS, numRuns: format === 'f32' ? 8 : 3 },
    );
  });
});

it('is multiplied in rows of any length, and as the second factor of TN', async () => {
  const { whole, divided } = await bothWays('f32');
  for (const [kind, rows, columns, depth] of [
    ['NT', 3, 131, 47],
    ['NN', 5, 47, 301],
    ['TN', 7, 45, 213],
    ['NN', 4, COLUMNS, 0],
  ] as const) {
    const call = { kind, rows, columns, depth, a: kind === 'TN' ? upload(depth, rows, 1) : upload(rows, depth, 1) };
    const b = (matrix: Matrix): Matrix => ({ ...matrix, offset: 37 * COLUMNS + 1 });
    const before = floats(rows * columns, 2);
    const expected = await result({ ...call, b: b(whole.matrix) }, before);
    const got = await result({ ...call, b: b(divided.matrix) }, before);
    expectNear(got, expected);
  }
});
