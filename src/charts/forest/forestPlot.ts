/** Geometry of a forest plot: one row per arm, with its difference from a baseline and an interval, around a line at 0. Pure. */
import type { PlotArea } from '../axes/Axes';
import { characters } from '../../scene/characters';
import { numberScale, plainNumber, roomyTicks, type Tick } from '../../scene/ticks';
import { shortened } from '../../log/shortened';
import type { ArmMark } from '../../scene/marks/armMark';

export interface ForestEstimate {
  readonly difference: number;
  /** Null with a single seed: there is no interval. */
  readonly low: number | null;
  readonly high: number | null;
  readonly distinguishable: boolean;
}

export interface ForestRow {
  readonly label: string;
  readonly mark: ArmMark;
  /** Null while there is nothing to compare. */
  readonly estimate: ForestEstimate | null;
  /** Differences of single seeds. */
  readonly seeds: readonly number[];
}

export interface ForestLayout {
  readonly width: number;
  readonly height: number;
  readonly area: PlotArea;
  /** Where the difference is 0. */
  readonly zero: number;
  readonly ticks: readonly Tick[];
  readonly rows: readonly PlacedRow[];
}

export interface PlacedRow {
  readonly label: string;
  readonly whole: string;
  readonly mark: ArmMark;
  readonly y: number;
  readonly estimate: { readonly x: number; readonly from: number; readonly to: number; readonly distinguishable: boolean } | null;
  readonly seeds: readonly number[];
}

const ROW = 20;
const HEAD = 26;
const FOOT = 24;
const MARGIN = 10;
/** Rounding error of equal numbers: an axis zoomed in on it would show differences where there are none. */
const NOISE = 1e-12;
/** Mean width of a character of 11 px type. */
const CHARACTER = 5.8;

/** Pixels that the longest label takes. */
export function forestLabelWidth(labels: readonly string[]): number {
  return Math.ceil(12 + CHARACTER * Math.max(4, ...labels.map(characters)));
}

export interface ForestSize {
  /** Of the whole drawing, in pixels. */
  readonly width: number;
  /** The part that the labels take. */
  readonly labelWidth: number;
}

/** Places everything; 0 is always on the axis. */
export function layOutForest(rows: readonly ForestRow[], { width, labelWidth }: ForestSize): ForestLayout {
  const values = rows.flatMap(({ estimate, seeds }) => [
    ...seeds,
    ...(estimate ? [estimate.difference, estimate.low ?? 0, estimate.high ?? 0] : []),
  ]);
  const area = { left: labelWidth, top: HEAD, right: width - MARGIN, bottom: HEAD + ROW * rows.length };
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const room = high - low < NOISE ? 1 : 0.06 * (high - low);
  const scale = numberScale('linear', [low - room, high + room], [area.left, area.right]);
  const most = Math.max(4, Math.floor((labelWidth - 12) / CHARACTER));
  return {
    width,
    height: area.bottom + FOOT,
    area,
    zero: scale(0),
    ticks: roomyTicks(scale, 3, plainNumber),
    rows: rows.map(({ label, mark, estimate, seeds }, i) => ({
      label: shortened(label, most),
      whole: label,
      mark,
      y: area.top + ROW * (i + 0.5),
      seeds: seeds.map((value) => scale(value)),
      estimate: estimate && {
        x: scale(estimate.difference),
        from: scale(estimate.low ?? estimate.difference),
        to: scale(estimate.high ?? estimate.difference),
        distinguishable: estimate.distinguishable,
      },
    })),
  };
}
