import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodabilityBySplit, fitStandardisation, zScores } from './decodability';

describe('standardisation', () => {
  it('gives every dimension mean 0 and variance 1, whatever its scale, and sets constant ones to 0', () => {
    const column = fc.tuple(fc.double({ min: -5, max: 5, noNaN: true }), fc.constantFrom(1e-3, 1, 1e3));
    fc.assert(
      fc.property(fc.array(column, { minLength: 1, maxLength: 4 }), fc.integer({ min: 3, max: 20 }), (columns, rows) => {
        const width = columns.length + 1;
        const x = new Float32Array(rows * width);
        for (let row = 0; row < rows; row++) {
          columns.forEach(([offset, size], c) => (x[row * width + c] = size * (offset + Math.sin(3 * row + c))));
          x[row * width + columns.length] = 0.25;
        }
        const z = zScores(x, fitStandardisation(x, width));
        for (let c = 0; c < width; c++) {
          const values = Array.from({ length: rows }, (_, row) => z[row * width + c]!);
          const centre = values.reduce((a, b) => a + b) / rows;
          const variance = values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / rows;
          expect(centre).toBeCloseTo(0, 3);
          expect(variance).toBeCloseTo(c === columns.length ? 0 : 1, 3);
        }
      }),
    );
  });

  it('applies to rows other than those it was fitted on', () => {
    const fitted = fitStandardisation(Float32Array.of(0, 10, 2, 30), 2);
    expect([...zScores(Float32Array.of(3, 20), fitted)]).toEqual([2, 0]);
  });
});

describe('decodability gain', () => {
  const nll = Float64Array.of(1, 2, 3, 4);
  const empty = Float64Array.of(4, 4, 4, 4);

  it('is the mean saving, over all, warm and cold targets', () => {
    const { counts, values, intervals } = decodabilityBySplit(nll, empty, [0, 0, 1, 1], 0);
    expect(values).toMatchObject({ decodedNll: 2.5, emptyNll: 4, decodability: 1.5 });
    expect([values['warm-decodability'], values['cold-decodability']]).toEqual([2.5, 0.5]);
    expect(counts).toMatchObject({ decodability: 4, 'warm-decodability': 2, 'cold-decodability': 2 });
    const [low, high] = intervals.decodability!;
    expect(low).toBeLessThan(1.5);
    expect(low).toBeGreaterThanOrEqual(0);
    expect(high).toBeGreaterThan(1.5);
    expect(high).toBeLessThanOrEqual(3);
  });

  it('has nothing for no targets', () => {
    const { counts, values, intervals } = decodabilityBySplit(nll, empty, [0, 0, 0, 0], 0);
    for (const part of [counts, values, intervals]) expect(Object.keys(part).filter((id) => id.startsWith('cold'))).toEqual([]);
  });
});
