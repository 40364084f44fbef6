/**
 * A line chart on the page: where its scene is, what the ends of its lines are called, and which points can
 * be read. Pure; in pixels.
 */
import type { Box, PlacedAxes } from '../../scene/drawing';
import { linesPanel, type LinesData, type LinesPanel, type ReadablePoint } from '../../scene/charts/lines';
import { axesOnPage } from '../axes/axesOnPage';
import { placeLabels, type PlacedLabel } from './labels';

export interface LinePlotSize {
  readonly width: number;
  readonly height: number;
  /** Right margin for the direct labels. */
  readonly labelWidth: number;
}

export interface PlacedPoint extends ReadablePoint {
  readonly x: number;
  readonly y: number;
}

export interface LinePlot {
  readonly panel: LinesPanel;
  readonly area: Box;
  readonly axes: PlacedAxes;
  readonly readable: readonly PlacedPoint[];
  readonly labels: readonly (PlacedLabel & { readonly text: string; readonly x: number })[];
}

const LABEL_GAP = 13;

export function layOutLinePlot(data: LinesData, { width, height, labelWidth }: LinePlotSize): LinePlot {
  const area = { left: 40, top: 24, right: Math.max(80, width - labelWidth), bottom: height - 34 };
  const panel = linesPanel(data);
  const axes = axesOnPage(panel, area, Math.max(2, Math.floor((area.right - area.left) / 60)));
  const readable = panel.readable.map((one) => ({ ...one, x: axes.x(one.point.x) + one.aside, y: axes.y(one.point.y) }));
  const ends = new Map<string, { readonly text: string; readonly x: number; readonly anchor: number }>();
  // The last one of a series stays. If there is a final value, on all users, texts refer to it.
  for (const { id, label, point, x, y } of readable) ends.set(id, { text: `${label} ${data.formatY(point.y)}`, x, anchor: y });
  for (const { id, label, value } of data.references) {
    ends.set(id, { text: `${label} ${data.formatY(value)}`, x: area.right, anchor: axes.y(value) });
  }
  const wanted = [...ends].map(([id, { anchor }]) => ({ id, anchor }));
  const labels = placeLabels(wanted, LABEL_GAP, area.top, area.bottom).map((label) => ({ ...ends.get(label.id)!, ...label }));
  return { panel, area, axes, readable, labels };
}

/** The keys at which a reader can stop, in the order of x. */
export function readableKeys({ readable }: Pick<LinesPanel, 'readable'>): number[] {
  const keys = new Map<number, number>();
  for (const { point } of readable) if (!keys.has(point.key)) keys.set(point.key, point.x);
  return [...keys].sort((a, b) => a[1] - b[1]).map(([key]) => key);
}

/** Key of the point nearest to a pixel, null without points. */
export function nearestKey(readable: readonly PlacedPoint[], pixel: number): number | null {
  let best: number | null = null;
  let distance = Infinity;
  for (const { point, x } of readable) {
    const away = Math.abs(x - pixel);
    if (away < distance) {
      distance = away;
      best = point.key;
    }
  }
  return best;
}
