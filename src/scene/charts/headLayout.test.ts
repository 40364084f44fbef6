import { describe, expect, it } from 'vitest';
import { layOutHeads, MARGIN, compactShareText } from './headLayout';

const table = (layers: number, heads: number, value = 0.42): number[][] =>
  Array.from({ length: layers }, () => new Array<number>(heads).fill(value));

describe('layOutHeads', () => {
  it('is as wide as the map while numbers fit', () => {
    expect(layOutHeads({ values: table(4, 4), width: 182, room: 260 })).toEqual({
      ...{ column: 40, row: 18, font: 10.5 },
      every: { heads: 1, layers: 1 },
    });
  });

  it('takes the room that there is before its numbers get smaller, and before it leaves them out', () => {
    const wide = layOutHeads({ values: table(30, 9), width: 140, room: 260 });
    expect(wide).toMatchObject({ column: 26, font: 10.5 });
    const small = layOutHeads({ values: [...table(29, 9), new Array<number>(9).fill(1)], width: 140, room: 202 });
    expect(small).toMatchObject({ column: 20, row: 14, font: 9 });
    const none = layOutHeads({ values: table(30, 32), width: 140, room: 202 });
    expect(none).toMatchObject({ column: 5, row: 10, font: null, every: { heads: 5, layers: 2 } });
  });

  it('shows numbers if the widest fits, in rows that do not depend on signs', () => {
    const values = table(2, 9);
    expect(layOutHeads({ values, width: 140, room: 202 }).font).toBe(10.5);
    values[1]![3] = 1;
    expect(layOutHeads({ values, width: 140, room: 202 }).font).toBe(9);
    values[1]![3] = -0.42;
    expect(layOutHeads({ values, width: 140, room: 202 })).toMatchObject({ row: 18, font: null });
  });

  it('never exceeds its room', () => {
    for (const heads of [1, 9, 16, 64, 128])
      for (const room of [200, 260, 380]) {
        const { column } = layOutHeads({ values: table(3, heads), width: room * 0.7, room });
        expect(MARGIN + column * heads).toBeLessThanOrEqual(room);
      }
  });
});

it('writes shares without what is redundant', () => {
  expect([0.42, 1, 0, -0.3, -0.001].map((value) => compactShareText(value, 10.5))).toEqual(['.42', '1.00', '.00', '−.30', '.00']);
  expect([0.996, 1].map((value) => compactShareText(value, 9))).toEqual(['1', '1']);
});
