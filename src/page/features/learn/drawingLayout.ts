/** Geometry of the charts that readers draw on, on the page and on paper. Pure. */
import { line as linePath } from 'd3';
import type { AxesProps, PlotArea } from '../../../charts/axes/Axes';
import { axisTicks, neatTicks, numberScale, roomyTicks, ticksAt, type NumberScale } from '../../../scene/ticks';
import type { MeasuredCurve, SeedPlot } from '../../../learn/curve';
import { compactAlike, count } from '../../../readings/format';

export interface CurveLayout {
  readonly area: PlotArea;
  readonly x: NumberScale;
  readonly y: NumberScale;
  readonly axes: AxesProps;
  /** The `d` of a line through such points. */
  readonly path: (points: readonly { readonly x: number; readonly y: number }[]) => string;
}

/** @param width pixels @param height pixels, tick labels included */
export function layOutCurve(
  { points, range, log, text, xLabel, yLabel }: MeasuredCurve,
  width: number,
  height: number,
): CurveLayout {
  const area: PlotArea = { left: 48, top: 24, right: Math.max(120, width - 84), bottom: height - 40 };
  const xs = points.map(({ x: at }) => at);
  const x = numberScale(log ? 'log' : 'linear', [xs[0]!, xs.at(-1)!], [area.left + 8, area.right]);
  const y = numberScale('linear', range, [area.bottom, area.top]);
  const xTicks = log
    ? ticksAt(x, xs, compactAlike(xs), 40)
    : roomyTicks(x, Math.max(2, Math.floor((area.right - area.left) / 60)), count);
  const line = linePath<{ readonly x: number; readonly y: number }>(
    (point) => x(point.x),
    (point) => y(point.y),
  );
  return {
    ...{ area, x, y, axes: { area, xTicks, yTicks: neatTicks('linear', axisTicks(y, 5, text)), xLabel, yLabel, width } },
    path: (of) => line(of) ?? '',
  };
}

export interface SeedLayout {
  readonly area: PlotArea;
  readonly x: NumberScale;
  /** Middle of a row, counted from 0. */
  readonly rowAt: (row: number) => number;
  /** Row at a height, which may be outside. */
  readonly rowOf: (y: number) => number;
  readonly axes: AxesProps;
  /** Pixels, tick labels included. */
  readonly height: number;
}

const ROW = 26;

export function layOutSeeds({ range, text, xLabel }: SeedPlot, width: number, rows: number): SeedLayout {
  const area: PlotArea = { left: 76, top: 12, right: Math.max(160, width - 16), bottom: 12 + ROW * rows };
  const x = numberScale('linear', range, [area.left, area.right]);
  const xTicks = roomyTicks(x, 7, (value) => text(value).split(' ')[0]!);
  return {
    area,
    x,
    rowAt: (row) => area.top + ROW * (row + 0.5),
    rowOf: (y) => Math.floor((y - area.top) / ROW),
    axes: { area, xTicks, yTicks: [], xLabel, yLabel: '' },
    height: area.bottom + 40,
  };
}
