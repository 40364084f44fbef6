/**
 * A sweep on the page: where its scene is, and where the untrained model's line is named. Pure; in pixels.
 */
import { sweepPanel, type SweepData } from '../../scene/charts/sweep';
import { drawMark, type Box, type PlacedAxes } from '../../scene/drawing';
import type { ScenePanel, Point } from '../../scene/scene';
import { axesOnPage } from '../axes/axesOnPage';

export interface SweepSize {
  readonly width: number;
  readonly height: number;
}

export interface SweepLayout {
  readonly panel: ScenePanel;
  readonly area: Box;
  readonly axes: PlacedAxes;
  /** Middle of the label of the untrained model's line and its baseline; null if it has no value. */
  readonly label: Point | null;
}

/** Room for the label of the base model's line, in pixels: in any language. */
const BASE_LABEL = { width: 56, height: 11 };
/** Half the size of a symbol. */
const SYMBOL = 5;

export function layOutSweep(data: Omit<SweepData, 'kind'>, { width, height }: SweepSize): SweepLayout {
  const area = { left: 44, top: 26, right: width - 12, bottom: height - 38 };
  const panel = sweepPanel(data);
  const axes = axesOnPage(panel, area, 4);
  return { panel, area, axes, label: data.base === null ? null : baseLabel(axes.y(data.base), panel, area, axes) };
}

/** Where least is drawn: above or below the line, at its ends or between two ticks. */
function baseLabel(y: number, { marks }: ScenePanel, area: Box, axes: PlacedAxes): Point {
  const half = BASE_LABEL.width / 2;
  const between = axes.xTicks.slice(1).map(({ at }, i) => (at + axes.xTicks[i]!.at) / 2);
  const spots = [area.right - half, area.left + half, ...between].flatMap((x): Point[] => [
    [x, y - 4],
    [x, y + BASE_LABEL.height],
  ]);
  // All but the untrained model's own, which is behind the others.
  const drawn = marks.slice(1).flatMap((mark) => (mark.kind === 'cells' ? [] : drawMark(mark, axes, 0)));
  const covering = drawn.flatMap(({ kind, ...rest }) => (kind === 'line' && 'points' in rest ? alongLine(rest.points) : []));
  const covered = ([x, bottom]: Point): number =>
    covering.filter(
      ([left, top]) => Math.abs(left - x) < half + SYMBOL && top > bottom - BASE_LABEL.height - SYMBOL && top < bottom + SYMBOL,
    ).length;
  return spots
    .filter(([, bottom]) => bottom <= area.bottom)
    .reduce((best, spot) => (covered(spot) < covered(best) ? spot : best));
}

/** Points of a line, some pixels from each other. */
function alongLine(points: readonly Point[]): Point[] {
  return points.slice(1).flatMap(([x, y], i) => {
    const [left, top] = points[i]!;
    const steps = Math.max(2, Math.ceil(Math.hypot(x - left, y - top) / SYMBOL));
    return Array.from({ length: steps + 1 }, (_, step): Point => [
      left + ((x - left) * step) / steps,
      top + ((y - top) * step) / steps,
    ]);
  });
}
