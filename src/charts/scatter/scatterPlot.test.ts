import { symbolCircle } from 'd3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { squareAround, type ScatterClass } from '../../scene/charts/scatter';
import { layOutScatter, nearestPoint, neighbourPoint } from './scatterPlot';

const mark = (id: string, symbol = symbolCircle): ScatterClass => ({
  id,
  label: id,
  colour: 'black',
  symbol,
  open: false,
  size: 20,
});

describe('squareAround', () => {
  it('contains all points', () => {
    const coordinate = fc.double({ min: -5, max: 5, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(coordinate, coordinate), { minLength: 1 }), (pairs) => {
        const { x, y, reach } = squareAround([Float64Array.from(pairs.flat())]);
        expect(reach).toBeGreaterThan(0);
        for (const [a, b] of pairs) {
          expect(Math.abs(a - x)).toBeLessThanOrEqual(reach);
          expect(Math.abs(b - y)).toBeLessThanOrEqual(reach);
        }
      }),
    );
    expect(squareAround([])).toEqual({ x: 0, y: 0, reach: 1 });
  });
});

describe('layOutScatter', () => {
  const points = Float64Array.of(-1, -1, 1, 1, 0, 0.5);

  it('keeps equal distances equal and y upwards', () => {
    const { pixels, area, panel } = layOutScatter(242, { x: 0, y: 0, reach: 1 }, points, [0, 1, 1], [mark('a'), mark('b')]);
    expect(area.right - area.left).toBe(area.bottom - area.top);
    expect([...pixels.subarray(0, 4)]).toEqual([area.left, area.bottom, area.right, area.top]);
    expect(panel.marks).toMatchObject([
      { series: 'a', points: [[-1, -1]] },
      {
        series: 'b',
        points: [
          [1, 1],
          [0, 0.5],
        ],
      },
    ]);
  });

  it('reads the nearest point, and the next one in the order of x', () => {
    const { pixels } = layOutScatter(242, { x: 0, y: 0, reach: 1 }, points, [0, 0, 0], [mark('a')]);
    expect(nearestPoint(pixels, pixels[4]! + 3, pixels[5]!)).toBe(2);
    expect(nearestPoint(pixels, pixels[4]!, pixels[5]! + 60)).toBeNull();
    expect(neighbourPoint(pixels, null, 1)).toBe(0);
    expect(neighbourPoint(pixels, 0, 1)).toBe(2);
    expect(neighbourPoint(pixels, 2, 1)).toBe(1);
    expect(neighbourPoint(pixels, 1, 1)).toBe(1);
    expect(neighbourPoint(new Float64Array(0), null, 1)).toBeNull();
  });
});
