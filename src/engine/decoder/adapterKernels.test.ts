/** The kernel that lays out LoRA's B matrices. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bench, blank, floats, RUNS } from '../../testing/kernelBench';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => {
  bench.close();
});

describe('LoRA blocks', () => {
  it('place_block scales a matrix into its place and leaves the rest unchanged', async () => {
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
