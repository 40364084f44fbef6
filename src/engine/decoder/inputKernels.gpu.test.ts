/** Kernels that assemble a pass's input rows. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readerPrelude } from '../gemm/weightMatrix';
import { SOURCE } from './sequence';
import { vectorPrelude, vectorWidth } from '../context';
import { KernelBench, blank, eachRow, floats, integers, rowOf, RUNS, tableSizes, uniforms } from '../../testing/kernelBench';

let bench: KernelBench;
beforeAll(async () => {
  bench = await KernelBench.open();
});
afterAll(() => {
  bench.close();
});

describe('input rows', () => {
  it('assemble takes each row from where its source says', async () => {
    await fc.assert(
      fc.asyncProperty(tableSizes, async ({ size, rows, seed }) => {
        const from = [floats(31 * size, seed), floats(17 * size, seed + 1), floats(3 * size, seed + 2)];
        const next = uniforms(seed + 3);
        const kinds = Array.from({ length: rows }, () => Math.floor(4 * next()));
        const index = kinds.map((kind) =>
          Math.floor((next() * from[kind === SOURCE.denseEmb ? SOURCE.dense : kind]!.length) / size),
        );
        expect(SOURCE).toEqual({ vocabulary: 0, dense: 1, learned: 2, denseEmb: 3 });
        // All of the vocabulary or rows 9 to 20 of it.
        const [first, count] = seed % 2 === 0 ? [0, 31] : [9, 12];
        const { x } = await bench.run('assemble', {
          prelude: readerPrelude({ columns: size, format: 'f32' }, 'vocabulary', 6),
          storage: {
            source: Uint32Array.from(kinds, (kind, row) => ((kind << 30) | index[row]!) >>> 0),
            vocabulary: from[0]!.subarray(first * size, (first + count) * size),
            dense: from[1]!,
            learned: from[2]!,
            x: blank(rows * size),
          },
          outputs: ['x'],
          params: { rows, scale: 2.5, first, count },
          threads: (rows * size) / vectorWidth(size),
        });
        const expected = eachRow(rows, size, (row) => {
          const [kind, at] = [kinds[row]!, index[row]!];
          if (kind === SOURCE.denseEmb) return rowOf(from[1]!, at, size).map((value, c) => Math.fround(value + from[2]![c]!));
          if (kind !== SOURCE.vocabulary) return rowOf(from[kind]!, at, size);
          const bound = at >= first && at < first + count;
          return bound ? rowOf(from[0]!, at, size).map((value) => 2.5 * value) : rowOf(blank(size), 0, size);
        });
        expect(x).toEqual(Float32Array.from(expected));
      }),
      RUNS,
    );
  });

  it('add_positions adds the vector of each row’s position', async () => {
    await fc.assert(
      fc.asyncProperty(tableSizes, async ({ size, rows, seed }) => {
        const table = floats(13 * size, seed);
        const start = floats(rows * size, seed + 1);
        const positions = integers(rows, seed + 2, 13);
        const { x } = await bench.run('add_positions', {
          prelude: vectorPrelude(size),
          storage: { rows_info: Uint32Array.from([...positions].flatMap((position) => [7, 9, position, 8])), table, x: start },
          outputs: ['x'],
          params: { rows },
          threads: (rows * size) / vectorWidth(size),
        });
        const sums = eachRow(rows, size, (row) =>
          rowOf(start, row, size).map((value, c) => value + table[positions[row]! * size + c]!),
        );
        expect(x).toEqual(Float32Array.from(sums));
      }),
      RUNS,
    );
  });
});
