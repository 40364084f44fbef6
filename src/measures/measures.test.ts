/**
 * Sink rates, content test, collapse measures and projections against numpy: python/oracle/make_measures.py.
 */
import { describe, expect, it } from 'vitest';
import { collapseMeasures } from './collapse/collapse';
import { contentTable } from './sinks/contentTest';
import fixtures from './fixtures/measures.json';
import { principalPlane, project } from './collapse/projection';
import { importance, sinkRate, sinkTables } from './sinks/sinks';

const floats = (values: readonly number[]): Float32Array => Float32Array.from(values);

describe.each(fixtures.sinks)('sinks of $shape', ({ shape, attention, threshold, alpha, rates }) => {
  const maps = floats(attention);
  const { length } = shape;

  it('have the importance of every position', () => {
    const ours = Array.from({ length: maps.length / length ** 2 }, (_, map) => [
      ...importance(maps.subarray(map * length ** 2, (map + 1) * length ** 2), length),
    ]).flat();
    ours.forEach((value, at) => {
      expect(value).toBeCloseTo(alpha[at]!, 6);
    });
  });

  it('have the published code’s Sink_k^ε at every position', () => {
    expect(Math.max(...rates)).toBeGreaterThan(0);
    rates.forEach((rate, position) => {
      expect(sinkRate(maps, shape, position, threshold)).toBeCloseTo(rate, 12);
    });
  });
});

describe.each(fixtures.sinks)('item-sink rates of $shape', ({ shape, attention, items, itemSinks }) => {
  it.each(itemSinks)('count the first half of the items, and all of them, above $epsilon', ({ epsilon, firstHalf, allItems }) => {
    const positions = { itemPositions: items, embPosition: shape.length - 1 };
    const of = Array.from({ length: shape.probes }, () => positions);
    const { tables } = sinkTables(floats(attention), shape, of, epsilon);
    expect(tables.firstHalfSinkRate).toEqual(firstHalf);
    expect(tables.itemSinkRate).toEqual(allItems);
  });
});

it('item-sink rates of the first half differ from those of all items', () => {
  const cases = fixtures.sinks.flatMap(({ itemSinks }) => itemSinks);
  expect(cases.some(({ firstHalf, allItems }) => JSON.stringify(firstHalf) !== JSON.stringify(allItems))).toBe(true);
});

describe('content test', () => {
  it('has numpy’s correlations, with items at the same rows or at others', () => {
    const { shape, original, permuted, table } = fixtures.content;
    const placed = ({ attention, itemPositions }: typeof original) => ({ attention: floats(attention), itemPositions });
    const ours = contentTable(placed(original), placed(permuted), shape);
    table[0]!.forEach((value, head) => {
      expect(ours?.[0]?.[head]).toBeCloseTo(value, 9);
    });
  });
});

describe.each(fixtures.collapse)('collapse of rows of $size', ({ size, embeddings, singularValues, ...expected }) => {
  it('has numpy’s measures', () => {
    const { rankMe, spectrum, ...shape } = collapseMeasures(floats(embeddings), size);
    expect(rankMe).toBeCloseTo(expected.rankMe, 6);
    expect(shape.participation).toBeCloseTo(expected.participationRatio, 6);
    expect(shape.uniformity).toBeCloseTo(expected.uniformity, 5);
    expect(shape.meanCosine).toBeCloseTo(expected.meanCosine, 6);
    expect(spectrum).toHaveLength(singularValues.length);
    spectrum.forEach((value, k) => {
      // Four significant digits are stored; what is below 1e-7 of the largest is rounding.
      expect(Math.abs(value - singularValues[k]!)).toBeLessThan(1e-7 + 6e-4 * singularValues[k]!);
    });
  });
});

describe('projection', () => {
  it('is the plane of numpy’s principal components', () => {
    const { size, embeddings, later, points, share } = fixtures.projection;
    const plane = principalPlane(floats(embeddings), size);
    const ours = project(
      plane,
      floats(later),
      points.map((_, row) => row),
    );
    points.flat().forEach((value, at) => {
      expect(ours.points[at]).toBeCloseTo(value, 7);
    });
    expect(ours.share).toBeCloseTo(share, 9);
  });
});
