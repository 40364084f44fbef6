import { symbolCircle, symbolCross, symbolDiamond, symbolSquare, symbolStar, symbolTriangle } from 'd3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layOutScatter, nearestPoint, neighbourPoint, squareAround, type ScatterClass } from './scatterPlot';

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
    const { pixels, area, paths } = layOutScatter(242, { x: 0, y: 0, reach: 1 }, points, [0, 1, 1], [mark('a'), mark('b')]);
    expect(area.right - area.left).toBe(area.bottom - area.top);
    expect([...pixels.subarray(0, 4)]).toEqual([area.left, area.bottom, area.right, area.top]);
    expect(paths.map(({ of }) => of.id)).toEqual(['a', 'b']);
    expect(paths[1]!.d.match(/M/g)).toHaveLength(2);
  });

  it.each([symbolCircle, symbolCross, symbolDiamond, symbolSquare, symbolStar, symbolTriangle])(
    'draws every symbol at its point',
    (shape) => {
      const at = (left: number): string => {
        const moved = Float64Array.of(left, 0);
        return layOutScatter(242, { x: 0, y: 0, reach: 1 }, moved, [0], [mark('a', shape)]).paths[0]!.d;
      };
      const numbers = (d: string): number[] => (d.match(/-?\d+\.?\d*(e-?\d+)?/g) ?? []).map(Number);
      const [here, there] = [numbers(at(0)), numbers(at(0.5))];
      expect(here.length).toBeGreaterThan(2);
      // Half a unit is a quarter of the 200 pixels: x coordinates of the path move by 50, others do not.
      const moves = there.map((value, i) => Math.round(1000 * (value - here[i]!)) / 1000).filter((move) => move !== 0);
      expect(moves.length).toBeGreaterThan(0);
      expect(new Set(moves)).toEqual(new Set([50]));
    },
  );

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
