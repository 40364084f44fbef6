import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { probeSinksSchema } from '../../record/runRecord';
import {
  barcodeIndex,
  importance,
  itemEntropy,
  pictureTable,
  sinkRate,
  sinkTables,
  tableMeans,
  type AttentionShape,
} from './sinks';

/** Causal softmax over pseudo-random logits, [maps, T, T]. */
function randomAttention(maps: number, length: number, seed: number, sharpness: number): Float32Array {
  const attention = new Float32Array(maps * length * length);
  let state = seed >>> 0;
  for (let row = 0; row < maps * length; row++) {
    const logits: number[] = [];
    for (let k = 0; k <= row % length; k++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      logits.push(Math.exp((sharpness * state) / 2 ** 32));
    }
    const total = logits.reduce((a, b) => a + b, 0);
    logits.forEach((value, k) => (attention[row * length + k] = value / total));
  }
  return attention;
}

function uniformAttention(length: number): Float32Array {
  return randomAttention(1, length, 0, 0);
}

/** Rows of one map as nested arrays, for the independent implementations below. */
function rowsOf(map: Float32Array, length: number): number[][] {
  return Array.from({ length }, (_, i) => [...map.subarray(i * length, (i + 1) * length)]);
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

function naiveAlpha(map: number[][], k1: number): number {
  const length = map.length;
  let total = 0;
  for (let i = k1; i <= length; i++) total += map[i - 1]![k1 - 1]!;
  return total / (length - k1 + 1);
}

function naiveBarcode(map: number[][], items: readonly number[]): number {
  const half = items.filter((_, index) => index < items.length / 2);
  const rows = map
    .filter((_, i) => i >= Math.max(...half))
    .map((row) => half.map((k) => row[k]!))
    .map((row) => row.map((x) => x / sum(row)));
  const average = half.map((_, c) => sum(rows.map((row) => row[c]!)) / rows.length);
  const outer = rows.map(() => average);
  const frobenius = (m: number[][]): number => sum(m.flat().map((x) => x * x));
  return frobenius(outer) / frobenius(rows);
}

describe('importance', () => {
  it.each([
    [16, 0.211],
    [32, 0.127],
    [64, 0.074],
  ])('of the first token under uniform attention, T = %i, is %f', (length, expected) => {
    expect(importance(uniformAttention(length), length)[0]).toBeCloseTo(expected, 3);
  });

  it('matches a map computed by hand and ignores entries above the diagonal', () => {
    const alpha = importance(Float32Array.of(1, 9, 9, 0.25, 0.75, 9, 0.5, 0.25, 0.25), 3);
    expect([...alpha]).toEqual([1.75 / 3, 0.5, 0.25]);
    expect(() => importance(new Float32Array(5), 2)).toThrow(RangeError);
  });
});

describe('sinkRate', () => {
  it('is the share of maps above the threshold', () => {
    const shape: AttentionShape = { probes: 1, layers: 1, heads: 2, length: 2 };
    const attention = Float32Array.of(1, 0, 0.9, 0.1, 1, 0, 0.1, 0.9);
    expect(sinkRate(attention, shape, 0, 0.6)).toBe(0.5);
    expect(sinkRate(attention, shape, 1, 0.3)).toBe(0.5);
    expect(sinkRate(attention, shape, 0, 0.3)).toBe(1);
    expect(() => sinkRate(attention, shape, 2, 0.3)).toThrow(RangeError);
  });
});

describe('barcodeIndex', () => {
  it('is 1 for stripes and for uniform rows', () => {
    const stripe = Float32Array.from({ length: 64 }, (_, at) => (at % 8 === 2 && at >= 16 ? 1 : 0));
    expect(barcodeIndex(stripe, 8, [1, 2, 3, 4, 5, 6])).toBeCloseTo(1, 12);
    expect(barcodeIndex(uniformAttention(8), 8, [1, 2, 3, 4, 5, 6])).toBeCloseTo(1, 6);
  });

  it('is near 1/rows if each row attends elsewhere', () => {
    // Items 1…4, H₁ = {1, 2}, rows 2…5; two rows attend to 1, two to 2: ā = (½, ½), B = 4·½ / 4.
    const map = new Float32Array(36);
    [1, 2, 1, 2].forEach((key, at) => (map[(at + 2) * 6 + key] = 0.4));
    expect(barcodeIndex(map, 6, [1, 2, 3, 4])).toBeCloseTo(0.5, 6);
  });

  it('is 1 for a single item and if nothing attends to items', () => {
    expect(barcodeIndex(uniformAttention(4), 4, [1])).toBe(1);
    expect(barcodeIndex(new Float32Array(16), 4, [1, 2])).toBe(1);
  });

  it('lies in [1/rows, 1]', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 3, max: 14 }),
        fc.double({ min: 0, max: 12, noNaN: true }),
        (seed, n, sharpness) => {
          const length = n + 2;
          const items = Array.from({ length: n }, (_, i) => i + 1);
          const value = barcodeIndex(randomAttention(1, length, seed, sharpness), length, items);
          expect(value).toBeLessThanOrEqual(1 + 1e-9);
          expect(value).toBeGreaterThanOrEqual(1 / (length - Math.ceil(n / 2)) - 1e-9);
        },
      ),
    );
  });
});

describe('itemEntropy', () => {
  it('is 1 for uniform rows, 0 for one item, 1 by definition for n = 1 and for no attention', () => {
    expect(itemEntropy(uniformAttention(6), 6, 5, [1, 2, 3, 4])).toBeCloseTo(1, 6);
    expect(itemEntropy(Float32Array.of(0, 0, 0, 0, 0, 0, 0.3, 0.7, 0), 3, 2, [0, 1])).toBeCloseTo(0.8812908992, 6);
    const point = new Float32Array(16);
    point[13] = 0.2;
    expect(itemEntropy(point, 4, 3, [0, 1, 2])).toBe(0);
    expect(itemEntropy(point, 4, 3, [1])).toBe(1);
    expect(itemEntropy(new Float32Array(16), 4, 3, [0, 1])).toBe(1);
  });
});

describe('sinkTables', () => {
  it('agrees with an independent implementation, whatever the item positions', () => {
    const cases = fc.record({
      seed: fc.nat(),
      length: fc.integer({ min: 4, max: 17 }),
      probes: fc.integer({ min: 1, max: 3 }),
      layers: fc.integer({ min: 1, max: 3 }),
      heads: fc.integer({ min: 1, max: 3 }),
      sharpness: fc.double({ min: 0, max: 10, noNaN: true }),
    });
    fc.assert(
      fc.property(cases, ({ seed, length, probes, layers, heads, sharpness }) => {
        const shape = { probes, layers, heads, length };
        const attention = randomAttention(probes * layers * heads, length, seed, sharpness);
        const positions = Array.from({ length: probes }, (_, p) => ({
          // Every position, or every second one, as with a `text` history's separators.
          itemPositions: Array.from({ length: length - 2 }, (_unused, i) => i + 1).filter((k) => p === 0 || k % 2 === 0),
          embPosition: length - 1,
        }));
        const threshold = 0.3;
        const measured = sinkTables(attention, shape, positions, threshold);
        const { tables } = measured;
        expect(probeSinksSchema.safeParse({ ...measured, means: tableMeans(tables) }).success).toBe(true);
        let firstSinks = 0;
        for (let l = 0; l < layers; l++) {
          for (let h = 0; h < heads; h++) {
            const per = positions.map(({ itemPositions, embPosition }, p) => {
              const at = ((p * layers + l) * heads + h) * length * length;
              const map = rowsOf(attention.subarray(at, at + length * length), length);
              const largest = Math.max(...itemPositions.map((k) => naiveAlpha(map, k + 1)));
              const row = itemPositions.map((k) => map[embPosition]![k]!);
              const shares = row.map((x) => x / sum(row));
              const entropy = -sum(shares.map((x) => x * Math.log(x))) / Math.log(row.length);
              if (naiveAlpha(map, 1) > threshold) firstSinks++;
              return {
                rate: Number(largest > threshold),
                alpha: largest,
                first: naiveAlpha(map, 1),
                barcode: naiveBarcode(map, itemPositions),
                entropy: row.length === 1 ? 1 : entropy,
              };
            });
            const average = (key: keyof (typeof per)[number]): number => sum(per.map((x) => x[key])) / probes;
            expect(tables.itemSinkRate![l]![h]).toBeCloseTo(average('rate'), 9);
            expect(tables.itemAlpha![l]![h]).toBeCloseTo(average('alpha'), 9);
            expect(tables.firstAlpha![l]![h]).toBeCloseTo(average('first'), 9);
            expect(tables.barcode![l]![h]).toBeCloseTo(average('barcode'), 9);
            expect(tables.embEntropy![l]![h]).toBeCloseTo(average('entropy'), 9);
          }
        }
        expect(sinkRate(attention, shape, 0, threshold)).toBeCloseTo(firstSinks / (probes * layers * heads), 12);
      }),
    );
  });

  it('rejects shapes and positions that do not fit', () => {
    const shape = { probes: 1, layers: 1, heads: 1, length: 3 };
    const good = { itemPositions: [1], embPosition: 2 };
    expect(() => sinkTables(new Float32Array(8), shape, [good], 0.3)).toThrow(RangeError);
    const attention = uniformAttention(3);
    expect(() => sinkTables(attention, shape, [], 0.3)).toThrow(RangeError);
    expect(() => sinkTables(attention, shape, [{ itemPositions: [], embPosition: 2 }], 0.3)).toThrow(RangeError);
    expect(() => sinkTables(attention, shape, [{ itemPositions: [1, 1], embPosition: 2 }], 0.3)).toThrow(RangeError);
    expect(() => sinkTables(attention, shape, [{ itemPositions: [2], embPosition: 2 }], 0.3)).toThrow(RangeError);
  });
});

describe('the attention of items with a picture', () => {
  const length = 6;
  const shape = { probes: 2, layers: 1, heads: 2, length };
  const attention = randomAttention(4, length, 11, 3);
  const positions = [{ itemPositions: [1, 2, 3, 4] }, { itemPositions: [1, 2, 3, 4] }];
  const alphaOf = (map: number, position: number): number =>
    naiveAlpha(rowsOf(attention.subarray(map * length ** 2, (map + 1) * length ** 2), length), position + 1);

  it('is their α in the first half minus that of the others there, over histories that have both', () => {
    const all = pictureTable(attention, shape, positions, [
      [true, false, true, true],
      [true, true, false, false],
    ]);
    // The second history has no item without a picture in its first half.
    [0, 1].forEach((head) => {
      expect(all![0]![head]).toBeCloseTo(alphaOf(head, 1) - alphaOf(head, 2), 6);
    });
    const both = pictureTable(attention, shape, positions, [
      [true, false, true, true],
      [false, true, true, true],
    ]);
    [0, 1].forEach((head) => {
      const second = alphaOf(2 + head, 2) - alphaOf(2 + head, 1);
      expect(both![0]![head]).toBeCloseTo((alphaOf(head, 1) - alphaOf(head, 2) + second) / 2, 6);
    });
  });

  it('is null if all items have a picture, or none has', () => {
    for (const has of [true, false]) {
      const pictured = [new Array<boolean>(4).fill(has), new Array<boolean>(4).fill(has)];
      expect(pictureTable(attention, shape, positions, pictured)).toBeNull();
    }
  });
});
