/** The kernels that lay out LoRA's B matrices and merge LoRA into the weights. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KernelBench, blank, floats, RUNS } from '../../testing/kernelBench';

let bench: KernelBench;
beforeAll(async () => {
  bench = await KernelBench.open();
});
afterAll(() => {
  bench.close();
});

describe('LoRA blocks', () => {
  it('place_blocks scales every matrix into its place, as it is or transposed, and leaves the rest unchanged', async () => {
    const matrix = fc.record({
      rows: fc.integer({ min: 1, max: 20 }),
      columns: fc.integer({ min: 1, max: 8 }),
      gap: fc.integer({ min: 0, max: 5 }),
      transposed: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(matrix, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 3 }),
        fc.nat(),
        async (matrices, groups, seed) => {
          let [from, to] = [0, 0];
          const places = matrices.map(({ rows, columns, gap, transposed }) => {
            const [row, column] = transposed ? [1, rows + gap] : [columns + gap, 1];
            const place = [from + gap, rows, columns, to + gap, row, column] as const;
            from += gap + rows * columns;
            to += gap + (rows + gap) * (columns + gap);
            return place;
          });
          const parameters = floats(from, seed);
          const { blocks } = await bench.run('place_blocks', {
            storage: { matrices: Uint32Array.from(places.flat()), parameters, blocks: blank(to + 4) },
            outputs: ['blocks'],
            params: { scale: 0.75 },
            threads: [groups, places.length, 1],
          });
          const expected = blank(to + 4);
          for (const [first, rows, columns, at, row, column] of places) {
            for (let n = 0; n < rows; n++)
              for (let c = 0; c < columns; c++) expected[at + n * row + c * column] = 0.75 * parameters[first + n * columns + c]!;
          }
          expect(blocks).toEqual(expected);
        },
      ),
      RUNS,
    );
  });
});
