/** How scores are divided into tiles; the loss over them is tested in `testing/checkRowLoss.ts`. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scoreFloats, strideOf, tileOf } from './scoredLoss';

describe('tileOf', () => {
  it('takes whole rows where 64 of them fit, else a part of the columns', () => {
    expect(tileOf(768, 4096, 1 << 19)).toEqual({ rows: 128, columns: 4096 });
    expect(tileOf(120, 5200, 1 << 19)).toEqual({ rows: 96, columns: 5200 });
    expect(tileOf(5, 65_536, 1 << 19)).toEqual({ rows: 5, columns: 65_536 });
    expect(tileOf(768, 16_384, 1 << 19)).toEqual({ rows: 768, columns: 640 });
    expect(tileOf(768, 200_000, scoreFloats(200_000))).toEqual({ rows: 768, columns: 2048 });
  });

  it('never exceeds the scratch', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200_000 }),
        fc.integer({ min: 1, max: 50_000 }),
        fc.integer({ min: 8192, max: 1 << 21 }),
        (rows, octets, size) => {
          const tile = tileOf(rows, 8 * octets, size);
          expect(tile.rows * strideOf(tile.columns)).toBeLessThanOrEqual(size);
          expect(tile.rows).toBeGreaterThan(0);
          expect(tile.columns % 8).toBe(0);
          expect(tile.columns).toBeGreaterThan(0);
        },
      ),
    );
  });
});
