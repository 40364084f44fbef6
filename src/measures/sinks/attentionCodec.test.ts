import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attentionSnapshotSchema } from '../../record/runRecord';
import { attentionMap, decodeAttention, encodeAttention } from './attentionCodec';

describe('attention codec', () => {
  it('writes round(255·A) in the order that the record specifies', () => {
    const shape = { probes: 1, layers: 1, heads: 2, length: 2 };
    const snapshot = encodeAttention(Float32Array.of(1, 0.7, 0.25, 0.75, 1, 0, 0.5, 0.5), shape, 9);
    expect(snapshot).toEqual({ step: 9, ...shape, data: Buffer.from([255, 0, 64, 191, 255, 0, 128, 128]).toString('base64') });
    expect(attentionSnapshotSchema.safeParse(snapshot).success).toBe(true);
  });

  it('clamps to 0…1 and writes 0 for NaN', () => {
    const snapshot = encodeAttention(Float32Array.of(1.5, 0, -1, NaN), { probes: 1, layers: 1, heads: 1, length: 2 }, 0);
    expect([...decodeAttention(snapshot)]).toEqual([1, 0, 0, 0]);
  });

  it('restores values within half a step below the diagonal, and 0 above it', () => {
    const shapes = fc.record({
      probes: fc.integer({ min: 1, max: 3 }),
      layers: fc.integer({ min: 1, max: 3 }),
      heads: fc.integer({ min: 1, max: 4 }),
      length: fc.integer({ min: 1, max: 40 }),
    });
    fc.assert(
      fc.property(shapes, fc.nat({ max: 1000 }), (shape, seed) => {
        const { probes, layers, heads, length } = shape;
        const attention = Float32Array.from(
          { length: probes * layers * heads * length * length },
          (_, i) => Math.sin(i + seed) ** 2,
        );
        const back = decodeAttention(encodeAttention(attention, shape, 0));
        let worst = 0;
        back.forEach((value, i) => {
          const masked = i % length > Math.floor(i / length) % length;
          worst = Math.max(worst, Math.abs(value - (masked ? 0 : attention[i]!)));
        });
        expect(worst).toBeLessThan(1 / 510 + 1e-6);
      }),
      { numRuns: 30 },
    );
  });

  it('returns one map', () => {
    const shape = { probes: 2, layers: 2, heads: 3, length: 2 };
    const attention = Float32Array.from({ length: 48 }, (_, i) => i);
    expect([...attentionMap(attention, shape, 1, 0, 2)]).toEqual([32, 33, 34, 35]);
  });

  it('rejects a wrong number of values', () => {
    const shape = { probes: 1, layers: 1, heads: 1, length: 2 };
    expect(() => encodeAttention(new Float32Array(3), shape, 0)).toThrow(RangeError);
    expect(() => decodeAttention({ step: 0, ...shape, data: btoa('abc') })).toThrow(RangeError);
  });
});
