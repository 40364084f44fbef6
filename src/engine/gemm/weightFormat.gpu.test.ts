import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forkRandom } from '../../log/random';
import { sharedGpu } from '../../testing/sharedGpu';
import { readFloats } from '../../gpu/tensor';
import { float16Bits, float16Value } from '../../model/halfPrecision';
import { createContext, type Context } from '../context';
import { decoded } from '../../testing/randomModel';
import { encodeWeights, WEIGHT_FORMATS } from './weightFormat';
import { allocateMatrix, readerPrelude, writeMatrix, type WeightMatrix } from './weightMatrix';
import { heldWeight } from '../../model/weightSource';

let context: Context;
beforeAll(async () => {
  context = createContext(await sharedGpu());
});
afterAll(() => {
  context.memory.destroy();
});

function normals(count: number, seed: number): Float32Array {
  const random = forkRandom(seed, 'weights');
  return Float32Array.from({ length: count }, () => random.normal());
}

const ROWS = 20;
const COLUMNS = 36;

describe.each(WEIGHT_FORMATS)('%s', (format) => {
  const weights = normals(ROWS * COLUMNS, 1);
  // A block of zeros, and one whose largest weight is negative.
  weights.fill(0, 32, 64);
  weights[70] = -9;
  const expected = decoded(format, weights);
  let matrix: WeightMatrix;
  beforeAll(async () => {
    matrix = allocateMatrix(context.memory, { rows: ROWS, columns: COLUMNS, format }, 'weights');
    // Two parts whose boundary is inside a block.
    const parts = [weights.subarray(0, 7 * COLUMNS), weights.subarray(7 * COLUMNS)].map(heldWeight);
    await writeMatrix(context.memory.device, matrix, ...parts);
  });

  it('is as close as its step allows', () => {
    for (let first = 0; first < weights.length; first += 32) {
      const block = weights.subarray(first, first + 32);
      const largest = Math.max(...block.map(Math.abs));
      const [least, most] = [Math.min(...block), Math.max(...block)];
      // Q4_0 has no +8: a weight opposite to the largest one may miss by a whole step.
      const step = {
        f32: 0,
        f16: largest * 2 ** -11,
        q8_0: largest * (0.5 / 127 + 2 ** -10),
        q4_1: (most - least) * (0.5 / 15 + 2 ** -10),
        q4_0: largest * (1 / 8 + 2 ** -10),
      }[format];
      block.forEach((weight, i) => {
        expect(Math.abs(expected[first + i]! - weight)).toBeLessThanOrEqual(step);
      });
    }
  });

  it.each(['NT', 'NN'] as const)('is read by %s products', async (kind) => {
    const [columns, depth] = kind === 'NT' ? [ROWS, COLUMNS] : [COLUMNS, ROWS];
    const rows = 9;
    const a = normals(rows * depth, 2);
    const out = context.memory.tensor(rows * columns, 'out');
    context.gemm.run({
      kind,
      rows,
      columns,
      depth,
      a: { tensor: context.memory.upload(a, 'a'), stride: depth },
      b: matrix.matrix,
      out: { tensor: out, stride: columns },
    });
    context.recorder.submit();
    const [got] = await readFloats(context.memory, [{ tensor: out, elements: rows * columns }]);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        let sum = 0;
        for (let k = 0; k < depth; k++) sum += a[i * depth + k]! * expected[kind === 'NT' ? j * COLUMNS + k : k * COLUMNS + j]!;
        expect(Math.abs(got![i * columns + j]! - sum)).toBeLessThan(1e-4);
      }
    }
  });

  it.each([1, 2, 8])('is read beside a low-rank part of rank %i', async (rank) => {
    const rows = 5;
    const [a, low, up] = [normals(rows * COLUMNS, 3), normals(rows * rank, 4), normals(ROWS * rank, 5)];
    const upload = (values: Float32Array, stride: number) => ({ tensor: context.memory.upload(values, 'part'), stride });
    const out = context.memory.tensor(rows * ROWS, 'out');
    context.gemm.run({
      ...{ kind: 'NT', rows, columns: ROWS, depth: COLUMNS, alpha: 0.5 },
      ...{ a: upload(a, COLUMNS), b: matrix.matrix, out: { tensor: out, stride: ROWS } },
      tail: { depth: rank, a: upload(low, rank), b: upload(up, rank) },
    });
    context.recorder.submit();
    const [got] = await readFloats(context.memory, [{ tensor: out, elements: rows * ROWS }]);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < ROWS; j++) {
        let sum = 0;
        for (let k = 0; k < COLUMNS; k++) sum += 0.5 * a[i * COLUMNS + k]! * expected[j * COLUMNS + k]!;
        for (let r = 0; r < rank; r++) sum += 0.5 * low[i * rank + r]! * up[j * rank + r]!;
        expect(Math.abs(got![i * ROWS + j]! - sum)).toBeLessThan(1e-4);
      }
    }
  });

  it('is read row by row', async () => {
    const rows = [3, 19, 0, 1];
    const { memory, kernels } = context;
    const nothing = memory.tensor(COLUMNS, 'nothing');
    const x = memory.tensor(rows.length * COLUMNS, 'x');
    const { tensor: vocabulary, scales } = matrix.matrix;
    context.recorder.dispatch({
      kernel: kernels.file('assemble', readerPrelude(matrix, 'vocabulary', 6)),
      storage: {
        source: memory.upload(Uint32Array.from(rows), 'rows'),
        vocabulary,
        ...(scales === undefined ? {} : { vocabulary_scales: scales }),
        dense: nothing,
        learned: nothing,
        x,
      },
      params: { rows: rows.length, scale: 1, first: 0, count: ROWS },
      threads: (rows.length * COLUMNS) / 4,
    });
    context.recorder.submit();
    const [got] = await readFloats(memory, [{ tensor: x, elements: rows.length * COLUMNS }]);
    rows.forEach((row, i) => {
      for (let c = 0; c < COLUMNS; c++) expect(got![i * COLUMNS + c]).toBeCloseTo(expected[row * COLUMNS + c]!, 5);
    });
  });
});

it('refuses rows that are not whole vectors, and weights that have no 16-bit value', () => {
  expect(() => allocateMatrix(context.memory, { rows: 4, columns: 6, format: 'q8_0' }, 'odd')).toThrow(
    /rows of 6 weights cannot be stored as q8_0/,
  );
  expect(() => encodeWeights('f16', Float32Array.of(7e4))).toThrow(/16-bit/);
  expect(() => encodeWeights('q4_0', Float32Array.of(NaN))).toThrow(/not finite/);
});

describe('binary16', () => {
  it('returns every finite number unchanged', () => {
    for (let bits = 0; bits < 0x10000; bits++) {
      if (((bits >> 10) & 31) < 31) expect(float16Bits(float16Value(bits))).toBe(bits);
    }
  });

  it('rounds to the nearest, ties to even', () => {
    expect(float16Bits(1 + 2 ** -11)).toBe(0x3c00);
    expect(float16Bits(1 + 3 * 2 ** -11)).toBe(0x3c02);
    expect(float16Bits(65_519)).toBe(0x7bff);
    expect(float16Bits(2 ** -14 - 2 ** -26)).toBe(0x0400);
    for (const value of normals(2000, 3)) {
      const error = Math.abs(float16Value(float16Bits(value)) - value);
      const bits = float16Bits(value);
      for (const neighbour of [bits - 1, bits + 1]) expect(error).toBeLessThanOrEqual(Math.abs(float16Value(neighbour) - value));
    }
  });
});
