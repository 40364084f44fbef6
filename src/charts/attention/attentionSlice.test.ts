import { describe, expect, it } from 'vitest';
import { toBase64 } from '../../record/base64';
import type { AttentionSnapshot } from '../../record/runRecord';
import { attentionSlice, weightAt } from './attentionSlice';

/** 2 probes × 2 layers × 3 heads × 4 × 4; byte = index mod 251. */
function snapshot(): AttentionSnapshot {
  const bytes = Uint8Array.from({ length: 2 * 2 * 3 * 16 }, (_, i) => i % 251);
  return { step: 0, probes: 2, layers: 2, heads: 3, length: 4, data: toBase64(bytes) };
}

describe('attentionSlice', () => {
  it('extracts every head, whatever its alignment in base64', () => {
    for (let probe = 0; probe < 2; probe++) {
      for (let layer = 0; layer < 2; layer++) {
        for (let head = 0; head < 3; head++) {
          const start = ((probe * 2 + layer) * 3 + head) * 16;
          const expected = Array.from({ length: 16 }, (_, i) => (start + i) % 251);
          expect([...attentionSlice(snapshot(), probe, layer, head)]).toEqual(expected);
        }
      }
    }
  });

  it('refuses a head that does not exist and a truncated snapshot', () => {
    expect(() => attentionSlice(snapshot(), 2, 0, 0)).toThrow(RangeError);
    expect(() => attentionSlice({ ...snapshot(), data: 'AAAA' }, 0, 0, 0)).toThrow('cut short');
  });
});

describe('weightAt', () => {
  it('reads weights below the diagonal and nothing above it', () => {
    const map = Uint8Array.from([255, 0, 51, 204]);
    expect(weightAt(map, 2, 1, 0)).toBe(0.2);
    expect(weightAt(map, 2, 0, 1)).toBeNull();
  });
});
