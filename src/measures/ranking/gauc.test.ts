import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupedAuc, groupedAucBySplit } from './gauc';

describe('groupedAucBySplit', () => {
  const requests = [
    { clicked: 2, shown: [1, 3] },
    { clicked: 5, shown: [1] },
  ];

  it('distinguishes warm and cold clicks', () => {
    expect(groupedAucBySplit(requests, { cold: Uint8Array.of(0, 1) })).toEqual({
      values: { gauc: groupedAuc(requests)!.value, 'warm-gauc': 0.5, 'cold-gauc': 1 },
      requests: {
        all: { requests: 2, impressions: 5 },
        warm: { requests: 1, impressions: 3 },
        cold: { requests: 1, impressions: 2 },
      },
    });
  });

  it('has no value for a split without requests', () => {
    expect(groupedAucBySplit(requests, { cold: Uint8Array.of(0, 0) }).values).not.toHaveProperty('cold-gauc');
    expect(groupedAucBySplit([], { cold: Uint8Array.of() })).toEqual({ values: {} });
  });
});

describe('groupedAuc', () => {
  it('weights requests by their impressions and counts ties half', () => {
    const requests = [
      { clicked: 2, shown: [1, 3] },
      { clicked: 1, shown: [1, 0, 0, 0] },
      { clicked: 5, shown: [] },
    ];
    // (3 · 1/2 + 5 · 3.5/4) / 8
    expect(groupedAuc(requests)).toEqual({ value: (1.5 + 4.375) / 8, requests: 2, impressions: 8 });
  });

  it('is a half if scores distinguish nothing, and never good for NaN', () => {
    expect(groupedAuc([{ clicked: 0, shown: [0, 0, 0] }])?.value).toBe(0.5);
    expect(groupedAuc([{ clicked: NaN, shown: [0, 1] }])?.value).toBe(0);
    expect(groupedAuc([{ clicked: 1, shown: [] }])).toBeNull();
  });

  it('is the area under the ROC curve of each request', () => {
    const request = fc.record({
      clicked: fc.integer({ min: 0, max: 5 }),
      shown: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 6 }),
    });
    /** The trapezoid rule over every threshold. */
    const area = ({ clicked, shown }: { clicked: number; shown: number[] }): number => {
      let [sum, x, y] = [0, 0, 0];
      for (let threshold = 5; threshold >= 0; threshold--) {
        const [nextX, nextY] = [shown.filter((score) => score >= threshold).length / shown.length, clicked >= threshold ? 1 : 0];
        sum += ((nextX - x) * (nextY + y)) / 2;
        [x, y] = [nextX, nextY];
      }
      return sum;
    };
    fc.assert(
      fc.property(request, (one) => {
        expect(groupedAuc([one])!.value).toBeCloseTo(area(one), 12);
      }),
    );
  });
});
