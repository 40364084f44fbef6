/** A scatter chart on the page: where its points are, and which one is read. Pure. */
import type { Box, PlacedAxes } from '../../scene/drawing';
import { scatterPanel, type ScatterClass, type ScatterPoints, type Square } from '../../scene/charts/scatter';
import type { ScenePanel } from '../../scene/scene';
import { axesOnPage } from '../axes/axesOnPage';
import type { Rectangle } from '../pointer';

export interface ScatterPlot {
  readonly area: Box;
  readonly height: number;
  readonly axes: PlacedAxes;
  readonly panel: ScenePanel;
  /** Pixels, [points, 2]. */
  readonly pixels: Float64Array;
  /** What was laid out. */
  readonly of: ScatterPoints;
}

const MARGIN = { left: 36, top: 22, right: 6, bottom: 34 } as const;
/** Maximum distance in pixels at which a nearest point is read. */
const GRASP = 20;

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
  const area = { left: MARGIN.left, top: MARGIN.top, right: MARGIN.left + side, bottom: MARGIN.top + side };
  const of = { square, points, classOf, classes };
  const panel = scatterPanel({ ...of, name: '', xLabel: '', yLabel: '' });
  const axes = axesOnPage(panel, area, 4);
  const pixels = points.map((value, at) => (at % 2 === 0 ? axes.x(value) : axes.y(value)));
  return { area, height: area.bottom + MARGIN.bottom, axes, panel, pixels, of };
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

/**
 * The point to the right (+1) or left (−1) of one, in the order of x; the leftmost or rightmost when there is
 * none yet.
 */
export function neighbourPoint(pixels: Float64Array, from: number | null, move: -1 | 1): number | null {
  const order = Array.from({ length: pixels.length / 2 }, (_, point) => point).sort((a, b) => pixels[2 * a]! - pixels[2 * b]!);
  if (from === null) return order.at(move === 1 ? 0 : -1) ?? null;
  return order[Math.max(0, Math.min(order.length - 1, order.indexOf(from) + move))] ?? null;
}
