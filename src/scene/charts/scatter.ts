/** Points in a square plane, in classes that look alike. */
import type { Labelled } from '../marks/label';
import { numberAxis, type Axis, type ScenePanel, type Point, type SymbolLook } from '../scene';

/** Points that look alike; open ones are outlined. */
export interface ScatterClass extends Labelled, Omit<SymbolLook, 'filled' | 'opacity'> {
  readonly id: string;
  readonly open: boolean;
}

/** Equal lengths on both axes are equal distances. */
export interface Square {
  readonly x: number;
  readonly y: number;
  /** Half of its side. */
  readonly reach: number;
}

export interface ScatterPoints {
  readonly square: Square;
  /** [points, 2] */
  readonly points: Float64Array;
  /** Class of each point, an index into `classes`; drawn in the order of the classes. */
  readonly classOf: readonly number[];
  readonly classes: readonly ScatterClass[];
}

export interface ScatterData extends ScatterPoints {
  readonly kind: 'scatter';
  readonly name: string;
  readonly xLabel: string;
  readonly yLabel: string;
}

/** The square around some points; one of reach 1 around none. */
export function squareAround(points: Iterable<Float64Array>): Square {
  const low = [Infinity, Infinity];
  const high = [-Infinity, -Infinity];
  for (const some of points) {
    some.forEach((value, at) => {
      low[at % 2] = Math.min(low[at % 2]!, value);
      high[at % 2] = Math.max(high[at % 2]!, value);
    });
  }
  if (!(low[0]! <= high[0]!)) return { x: 0, y: 0, reach: 1 };
  // Points that are nearly one are farther from their middle than half their distance, by what rounding
  // leaves.
  const rounding = Number.EPSILON * Math.max(...[...low, ...high].map(Math.abs));
  const reach = (1.04 * Math.max(high[0]! - low[0]!, high[1]! - low[1]!)) / 2 + rounding;
  return { x: (low[0]! + high[0]!) / 2, y: (low[1]! + high[1]!) / 2, reach: reach > 0 ? reach : 1 };
}

export function scatterPanel({ name, square, points, classOf, classes, xLabel, yLabel }: Omit<ScatterData, 'kind'>): ScenePanel {
  const axis = (label: string, middle: number): Axis => numberAxis(label, [middle - square.reach, middle + square.reach]);
  const looks = classes.map(({ label, colour, symbol, open, size }) => ({
    label,
    look: { symbol, size, colour, filled: !open, opacity: open ? 0.85 : 0.7 },
  }));
  return {
    ...{ name, x: axis(xLabel, square.x), y: { ...axis(yLabel, square.y), grid: true } },
    marks: looks.map(({ label, look }, index) => ({
      ...{ series: label, kind: 'points', ...look },
      points: classOf.flatMap((own, i): Point[] => (own === index ? [[points[2 * i]!, points[2 * i + 1]!]] : [])),
    })),
    key: looks.map(({ label, look }) => ({ label, stroke: null, symbol: { ...look, size: Math.max(30, look.size) } })),
    shape: { ratio: 1 },
  };
}
