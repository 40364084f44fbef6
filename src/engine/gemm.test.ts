import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KernelCache } from '../gpu/kernel';
import { openNodeGpu } from '../gpu/node';
import { Recorder } from '../gpu/recorder';
import { Memory, readFloats } from '../gpu/tensor';
import { Gemm, type GemmKind } from './gemm';
import { presetTiles, TUNING_CANDIDATES } from './gemmTiles';

const gpu = await openNodeGpu();
let memory: Memory;
let kernels: KernelCache;
let recorder: Recorder;

beforeAll(() => {
  const { device } = gpu;
  memory = new Memory(device);
  kernels = KernelCache.of(device);
  recorder = new Recorder(memory);
});
afterAll(() => {
  memory.destroy();
  memory.device.destroy();
});

function randoms(n: number, seed: number): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length: n }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

interface Shape {
  rows: number;
  columns: number;
  depth: number;
  tail?: number;
}
/** Whole vectors: the tile at hand. */
const SHAPES: Shape[] = [
  { rows: 36, columns: 36, depth: 24, tail: 8 },
  { rows: 4, columns: 4, depth: 4 },
  { rows: 68, columns: 132, depth: 68, tail: 24 },
];
/** Anything else: one tile for all. */
const ODD_SHAPES: Shape[] = [
  { rows: 1, columns: 1, depth: 1 },
  { rows: 7, columns: 5, depth: 3 },
  { rows: 12, columns: 20, depth: 16, tail: 3 },
  { rows: 19, columns: 18, depth: 27, tail: 3 },
];
/** Every tile that this adapter may meet: presets with and without subgroups, and what tuning tries. */
const TILES = [
  ...new Map(
    [...presetTiles(true, gpu.subgroupSize), ...presetTiles(true, null), ...presetTiles(false, null)]
      .map(({ tile }) => tile)
      .concat(TUNING_CANDIDATES)
      .map((tile) => [JSON.stringify(tile), tile] as const),
  ),
];

describe.each(TILES.map(([name, tile], index) => ({ name, tile, index })))('tile $name', ({ tile, index }) => {
  describe.each<GemmKind>(['NN', 'NT', 'TN'])('%s', (kind) => {
    it.each(index === 0 ? [...SHAPES, ...ODD_SHAPES] : SHAPES)(
      'matches a float64 loop at %o',
      async ({ rows, columns, depth, tail = 0 }) => {
        const gemm = new Gemm(kernels, recorder, [{ tile, speed: 1 }]);
        const strideA = kind === 'TN' ? rows : depth;
        const strideB = kind === 'NT' ? depth : columns;
        const a = randoms(rows * depth, 1);
        const b = randoms(columns * depth, 2);
        const useTail = tail > 0 && kind !== 'TN';
        const a2 = randoms(rows * tail, 3);
        const b2 = randoms(columns * tail, 4);
        const bias = randoms(columns, 5);
        const start = randoms(rows * columns, 6);
        const at = (i: number, k: number, stride: number, matrix: Float32Array, transposed: boolean): number =>
          matrix[transposed ? k * stride + i : i * stride + k]!;
        const expected = new Float64Array(rows * columns);
        for (let i = 0; i < rows; i++) {
          for (let j = 0; j < columns; j++) {
            let sum = 0;
            for (let k = 0; k < depth; k++) sum += at(i, k, strideA, a, kind === 'TN') * at(j, k, strideB, b, kind !== 'NT');
            if (useTail)
              for (let k = 0; k < tail; k++)
                sum += at(i, k, tail, a2, false) * at(j, k, kind === 'NT' ? tail : columns, b2, kind !== 'NT');
            expected[i * columns + j] = 0.5 * sum + bias[j]! + start[i * columns + j]!;
          }
        }
        const upload = (data: Float32Array): ReturnType<Memory['upload']> => memory.upload(data, 'test');
        const biasTensor = upload(bias);
        const run = async (accumulate: boolean): Promise<Float32Array> => {
          const out = accumulate ? upload(start) : memory.tensor(rows * columns, 'out');
          gemm.run({
            kind,
            rows,
            columns,
            depth,
            a: { tensor: upload(a), stride: strideA },
            b: { tensor: upload(b), stride: strideB },
            out: { tensor: out, stride: columns },
            alpha: 0.5,
            bias: biasTensor,
            ...(useTail
              ? {
                  tail: {
                    depth: tail,
                    a: { tensor: upload(a2), stride: tail },
                    b: { tensor: upload(b2), stride: kind === 'NT' ? tail : columns },
                  },
                }
              : {}),
            ...(accumulate ? { accumulate } : { residual: { tensor: upload(start), stride: columns } }),
          });
          recorder.submit();
          return (await readFloats(memory, [{ tensor: out, elements: rows * columns }]))[0]!;
        };
        for (const accumulate of [false, true]) {
          const got = await run(accumulate);
          const scale = Math.max(...expected.map(Math.abs));
          const error = Math.max(...expected.map((value, index) => Math.abs(value - got[index]!)));
          expect(error / scale).toBeLessThan(1e-5);
        }
      },
    );
  });

  it('works on sub-matrices and leaves the rest alone', async () => {
    const gemm = new Gemm(kernels, recorder, [{ tile, speed: 1 }]);
    const a = randoms(6 * 16, 1);
    const b = randoms(8 * 4, 2);
    const out = memory.upload(new Float32Array(6 * 20).fill(9), 'out');
    gemm.run({
      kind: 'NT',
      rows: 6,
      columns: 8,
      depth: 4,
      a: { tensor: memory.upload(a, 'a'), stride: 16, offset: 8 },
      b: { tensor: memory.upload(b, 'b'), stride: 4 },
      out: { tensor: out, stride: 20, offset: 4 },
    });
    recorder.submit();
    const got = (await readFloats(memory, [{ tensor: out, elements: 120 }]))[0]!;
    for (let i = 0; i < 6; i++) {
      for (let j = 0; j < 20; j++) {
        if (j < 4 || j >= 12) expect(got[i * 20 + j]).toBe(9);
        else {
          let sum = 0;
          for (let k = 0; k < 4; k++) sum += a[i * 16 + 8 + k]! * b[(j - 4) * 4 + k]!;
          expect(got[i * 20 + j]).toBeCloseTo(sum, 5);
        }
      }
    }
  });
});
