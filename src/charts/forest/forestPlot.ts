/** A forest plot on the page: where its scene and the names of its rows are. Pure; in pixels. */
import { shortened } from '../../log/shortened';
import { forestPanel, type ForestData } from '../../scene/charts/forest';
import { characters } from '../../scene/characters';
import type { Box, PlacedAxes } from '../../scene/drawing';
import type { ScenePanel } from '../../scene/scene';
import { axesOnPage } from '../axes/axesOnPage';

export interface ForestSize {
  /** Of the whole drawing, in pixels. */
  readonly width: number;
  /** The part that the labels take. */
  readonly labelWidth: number;
}

export interface ForestLayout {
  readonly width: number;
  readonly height: number;
  readonly panel: ScenePanel;
  readonly area: Box;
  readonly axes: PlacedAxes;
  readonly names: readonly { readonly text: string; readonly whole: string; readonly y: number }[];
}

const ROW = 20;
const HEAD = 26;
const FOOT = 24;
const MARGIN = 10;
/** Mean width of a character of 11 px type. */
const CHARACTER = 5.8;

/** Pixels that the longest label takes. */
export function forestLabelWidth(labels: readonly string[]): number {
  return Math.ceil(12 + CHARACTER * Math.max(4, ...labels.map(characters)));
}

export function layOutForest(data: Omit<ForestData, 'kind'>, { width, labelWidth }: ForestSize): ForestLayout {
  const area = { left: labelWidth, top: HEAD, right: width - MARGIN, bottom: HEAD + ROW * data.rows.length };
  const panel = forestPanel(data);
  const axes = axesOnPage(panel, area, 3);
  const most = Math.max(4, Math.floor((labelWidth - 12) / CHARACTER));
  const names = axes.yTicks.map(({ label, at }) => ({ text: shortened(label, most), whole: label, y: at }));
  return { width, height: area.bottom + FOOT, panel, area, axes, names };
}
