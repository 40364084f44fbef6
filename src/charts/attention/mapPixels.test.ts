import { describe, expect, it } from 'vitest';
import { attentionRamp, differenceRamp, oklchToRgb } from '../../scene/marks/ramp';
import { cellAt, fit, layOutMap } from './mapLayout';
import { attentionPixels, differenceLimit, differencePixels, weightPosition } from '../../scene/charts/mapPixels';

describe('ramps', () => {
  it('agrees with OKLab on white, black and sRGB red', () => {
    expect(oklchToRgb({ lightness: 1, chroma: 0, hue: 0 })).toEqual([255, 255, 255]);
    expect(oklchToRgb({ lightness: 0, chroma: 0, hue: 0 })).toEqual([0, 0, 0]);
    expect(oklchToRgb({ lightness: 0.627955, chroma: 0.257683, hue: 29.2339 })).toEqual([255, 0, 0]);
  });

  it('gets darker with weight on paper and lighter in the dark', () => {
    const light = attentionRamp('light');
    const dark = attentionRamp('dark');
    expect(light[1]!).toBeGreaterThan(light[255 * 3 + 1]!);
    expect(dark[1]!).toBeLessThan(dark[255 * 3 + 1]!);
  });

  it('is symmetric and neutral about 0 for differences', () => {
    const ramp = differenceRamp('light');
    const middle = [ramp[127 * 3]!, ramp[127 * 3 + 1]!, ramp[127 * 3 + 2]!];
    expect(Math.max(...middle) - Math.min(...middle)).toBeLessThan(10);
  });
});

describe('pixels', () => {
  it('leaves the masked triangle transparent', () => {
    const pixels = attentionPixels(Uint8Array.from([255, 0, 128, 127]), 2, attentionRamp('light'), false);
    expect([pixels[3], pixels[7], pixels[11], pixels[15]]).toEqual([255, 0, 255, 255]);
  });

  it('puts weights on the ramp linearly or by their logarithm', () => {
    expect(weightPosition(0.25, false)).toBe(0.25);
    expect(weightPosition(1, true)).toBe(1);
    expect(weightPosition(0, true)).toBe(0);
    expect(weightPosition(Math.sqrt(1 / 255), true)).toBeCloseTo(0.5);
  });

  it('chooses the smallest limit that holds all differences', () => {
    const a = Uint8Array.from([255, 0, 60, 195]);
    expect(differenceLimit([[a, a]])).toBe(0.1);
    expect(differenceLimit([[a, Uint8Array.from([255, 0, 120, 135])]])).toBe(0.25);
    const ramp = differenceRamp('light');
    const pixels = differencePixels(a, a, 2, ramp, 0.1);
    expect([...pixels.slice(0, 3)]).toEqual([...ramp.slice(128 * 3, 128 * 3 + 3)]);
  });
});

describe('layOutMap', () => {
  const labels = ['[BOS]', 'teacup', 'glass teapot', '[EMB]'];

  it('labels every row down the diagonal if rows are tall enough', () => {
    const layout = layOutMap(labels, 200, 80, [1, 2]);
    expect(layout.cell).toBe(30);
    expect(layout.labels.map((label) => [label.x, label.y])).toEqual([
      [34, 15],
      [64, 45],
      [94, 75],
      [124, 105],
    ]);
  });

  it('keeps the ends and distant items if rows are thin', () => {
    const many = Array.from({ length: 60 }, (_, i) => `w${i}`);
    const layout = layOutMap(many, 200, 80, [3, 6, 9, 12]);
    expect(layout.cell).toBe(2);
    expect(layout.labels.map((label) => label.position)).toEqual([0, 6, 12, 59]);
  });

  it('shortens titles and finds cells', () => {
    expect(fit('cast-iron skillet', 10)).toBe('cast-iron…');
    // Capitals take more room.
    expect(fit('CAST-IRON SKILLET', 10)).toBe('CAST-IR…');
    expect(cellAt(31, 65, 30, 4)).toEqual({ query: 2, key: 1 });
    expect(cellAt(65, 31, 30, 4)).toBeNull();
  });
});
