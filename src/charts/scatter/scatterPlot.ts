/** From points to the elements of a scatter chart: one path per class, so that hundreds of points are few elements. Pure. */
import type { Labelled } from '../../scene/marks/label';
import { path, type SymbolType } from 'd3';
import { axisTicks, numberScale, plainNumber, type Tick } from '../../scene/ticks';
import type { PlotArea } from '../axes/Axes';
import type { Rectangle } from '../pointer';

/** Points that look alike. */
export interface ScatterClass extends Labelled {
  readonly id: string;
  /** CSS colour. */
  readonly colour: string;
  readonly symbol: SymbolType;
  /** Outlined rather than filled. */
  readonly open: boolean;
  /** Area of the symbol in square pixels. */
  readonly size: number;
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
  /** Class of each point, an index into `classes`. */
  readonly classOf: readonly number[];
  readonly classes: readonly ScatterClass[];
}

export interface ScatterPlot {
  readonly area: PlotArea;
  readonly height: number;
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
  readonly paths: readonly { readonly of: ScatterClass; readonly d: string }[];
  /** Pixels, [points, 2]. */
  readonly pixels: Float64Array;
  /** What was laid out. */
  readonly of: ScatterPoints;
}

const MARGIN = { left: 36, top: 22, right: 6, bottom: 34 } as const;
/** Maximum distance in pixels at which a nearest point is read. */
const GRASP = 20;

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
  // Points that are nearly one are farther from their middle than half their distance, by what rounding leaves.
  const rounding = Number.EPSILON * Math.max(...[...low, ...high].map(Math.abs));
  const reach = (1.04 * Math.max(high[0]! - low[0]!, high[1]! - low[1]!)) / 2 + rounding;
  return { x: (low[0]! + high[0]!) / 2, y: (low[1]! + high[1]!) / 2, reach: reach > 0 ? reach : 1 };
}

/**
 * @param points [points, 2]
 * @param classOf class of each point, an index into `classes`; drawn in the order of the classes
 */
export function layOutScatter(
  width: number,
  square: Square,
  points: Float64Array,
  classOf: readonly number[],
  classes: readonly ScatterClass[],
): ScatterPlot {
  const side = Math.max(40, width - MARGIN.left - MARGIN.right);
  const area: PlotArea = { left: MARGIN.left, top: MARGIN.top, right: MARGIN.left + side, bottom: MARGIN.top + side };
  const x = numberScale('linear', [square.x - square.reach, square.x + square.reach], [area.left, area.right]);
  const y = numberScale('linear', [square.y - square.reach, square.y + square.reach], [area.bottom, area.top]);
  const pixels = points.map((value, at) => (at % 2 === 0 ? x(value) : y(value)));
  return {
    area,
    height: area.bottom + MARGIN.bottom,
    xTicks: axisTicks(x, 4, plainNumber),
    yTicks: axisTicks(y, 4, plainNumber),
    paths: classes.map((of, index) => ({ of, d: marks(pixels, of, (point) => classOf[point] === index) })),
    pixels,
    of: { square, points, classOf, classes },
  };
}

function marks(pixels: Float64Array, { symbol, size }: ScatterClass, belongs: (point: number) => boolean): string {
  const whole = path();
  for (let point = 0; 2 * point < pixels.length; point++) {
    if (belongs(point)) drawAt(whole, symbol, size, pixels[2 * point]!, pixels[2 * point + 1]!);
  }
  return whole.toString();
}

/** d3's symbols are drawn around the origin, so they are moved. */
function drawAt(context: ReturnType<typeof path>, symbol: SymbolType, size: number, left: number, top: number): void {
  const moved: Pick<CanvasPath, 'moveTo' | 'lineTo' | 'arc' | 'rect' | 'closePath'> = {
    moveTo: (x, y) => {
      context.moveTo(x + left, y + top);
    },
    lineTo: (x, y) => {
      context.lineTo(x + left, y + top);
    },
    arc: (x, y, radius, start, end, counter) => {
      context.arc(x + left, y + top, radius, start, end, counter);
    },
    rect: (x, y, w, h) => {
      context.rect(x + left, y + top, w, h);
    },
    closePath: () => {
      context.closePath();
    },
  };
  symbol.draw(moved as CanvasPath, size);
}

export function pointsWithin(pixels: Float64Array, { left, right, top, bottom }: Rectangle): number[] {
  return Array.from({ length: pixels.length / 2 }, (_, point) => point).filter((point) => {
    const [x, y] = [pixels[2 * point]!, pixels[2 * point + 1]!];
    return x >= left && x <= right && y >= top && y <= bottom;
  });
}

/** The point nearest to a pixel, null if none is near. */
export function nearestPoint(pixels: Float64Array, left: number, top: number): number | null {
  let best: number | null = null;
  let least = GRASP ** 2;
  for (let point = 0; 2 * point < pixels.length; point++) {
    const away = (pixels[2 * point]! - left) ** 2 + (pixels[2 * point + 1]! - top) ** 2;
    if (away <= least) [best, least] = [point, away];
  }
  return best;
}

/** The point to the right (+1) or left (−1) of one, in the order of x; the leftmost or rightmost when there is none yet. */
export function neighbourPoint(pixels: Float64Array, from: number | null, move: -1 | 1): number | null {
  const order = Array.from({ length: pixels.length / 2 }, (_, point) => point).sort((a, b) => pixels[2 * a]! - pixels[2 * b]!);
  if (from === null) return order.at(move === 1 ? 0 : -1) ?? null;
  return order[Math.max(0, Math.min(order.length - 1, order.indexOf(from) + move))] ?? null;
}
