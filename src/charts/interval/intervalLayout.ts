/** An interval chart on the page: where its scene and its labels are. Pure; in pixels. */
import { intervalsPanel, type IntervalsData, type IntervalsPanel } from '../../scene/charts/intervals';
import { characters } from '../../scene/characters';
import type { Box, PlacedAxes } from '../../scene/drawing';
import { axesOnPage } from '../axes/axesOnPage';

export interface IntervalLayout {
  readonly panel: IntervalsPanel;
  /** Of the labels. */
  readonly left: number;
  readonly area: Box;
  readonly axes: PlacedAxes;
  readonly height: number;
}

const LINE = 19;
const TOP = 8;
const AXIS = 34;
/** Least width of the labels side by side, and of the plot beside them. */
const LABELS = 164;
const PLOT = 90;
/** Pixels of a character in a group's label, which is bold, and in a point's. */
const [BOLD, PLAIN] = [7.4, 6.2];
const RIGHT = 58;

/** Labels of a group and of its points are side by side if both have room, else one above the other. */
export function layOutIntervals(data: Omit<IntervalsData, 'kind'>, width: number): IntervalLayout {
  const { groups } = data;
  const longest = (labels: readonly { readonly label: string }[]): number =>
    Math.max(0, ...labels.map(({ label }) => characters(label)));
  const ofPoints = Math.ceil(PLAIN * longest(groups.flatMap(({ points }) => points)) + 20);
  const ofBoth = Math.max(LABELS, Math.ceil(BOLD * longest(groups)) + ofPoints);
  const beside = ofBoth <= Math.max(LABELS, width - RIGHT - PLOT);
  const left = beside ? ofBoth : ofPoints;
  const panel = intervalsPanel(data, !beside);
  const bottom = TOP + LINE * (panel.y.domain[1] - panel.y.domain[0]);
  const area = { left, right: Math.max(left + 40, width - RIGHT), top: TOP, bottom };
  return { panel, left, area, axes: axesOnPage(panel, area, 5), height: bottom + AXIS };
}
