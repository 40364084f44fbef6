/**
 * A chart as a scene: marks on two axes, in the chart's own values, described once for all who draw it. The
 * page draws scenes as SVG; `paper` prints them as PDF, SVG and PNG, and writes them as PGFPlots and
 * Vega-Lite. Lengths are pixels of the page, colours CSS.
 */
import type { SymbolType } from 'd3';
import type { ArmMark } from './marks/armMark';
import type { Ramp } from './marks/ramp';
import { plainNumber, type ScaleKind } from './ticks';

export interface Axis {
  readonly label: string;
  readonly kind: ScaleKind;
  readonly domain: readonly [number, number];
  /** Ticks only at these values; round ones without. */
  readonly ticks?: readonly { readonly value: number; readonly label: string }[] | undefined;
  /** Format of round ticks. */
  readonly format: (value: number) => string;
  /** Whether round ticks may have more digits than values are given with. */
  readonly finer?: boolean;
  /** Lines across the panel at the ticks. */
  readonly grid?: boolean;
  /** Whether values grow downwards, as rows of a table do. */
  readonly down?: boolean;
  /** No line, no label, no ticks. */
  readonly bare?: boolean;
}

export interface Stroke {
  readonly colour: string;
  readonly width: number;
  /** Alternating lengths of dash and gap; solid without. */
  readonly dash?: readonly number[];
  readonly opacity?: number;
}

export type Point = readonly [x: number, y: number];

/** How a symbol looks. */
export interface SymbolLook {
  readonly symbol: SymbolType;
  /** Area in square pixels. */
  readonly size: number;
  readonly colour: string;
  readonly filled: boolean;
  /** Of symbols that may lie over each other; others hide what is behind them. */
  readonly opacity?: number;
}

interface OfSeries {
  /** What the mark belongs to, for formats that include data. */
  readonly series: string;
  /** Offset to the right in pixels, so that series do not overlap. */
  readonly aside?: number;
}

/** A mark that is drawn as lines, areas, symbols and text. */
export type DrawnMark = OfSeries &
  (
    | { readonly kind: 'line'; readonly points: readonly Point[]; readonly stroke: Stroke }
    | {
        readonly kind: 'band';
        readonly points: readonly (readonly [x: number, low: number, high: number])[];
        readonly colour: string;
        readonly opacity?: number;
      }
    | { readonly kind: 'rule'; readonly from: Point; readonly to: Point; readonly stroke: Stroke }
    | (SymbolLook & { readonly kind: 'points'; readonly points: readonly Point[] })
    | { readonly kind: 'text'; readonly at: Point; readonly text: string; readonly colour: string }
  );

/** Cells of unit size in the axes' values, from (0, 0): as many as pixels. */
export type Cells = OfSeries & {
  readonly kind: 'cells';
  readonly columns: number;
  /** [rows, columns], 0 to 1 along the ramp; null is masked. */
  readonly places: readonly (number | null)[];
  /** The meaning of the positions. */
  readonly values: readonly (number | null)[];
  /** Or the colour at 1, which is mixed with the paper's. */
  readonly ramp: Ramp | string;
};

export type Mark = DrawnMark | Cells;

export interface KeyEntry {
  readonly label: string;
  readonly stroke: Stroke | null;
  readonly symbol: SymbolLook | null;
}

/** The meaning of the cells' colours. */
export interface ColourKey {
  readonly label: string;
  readonly ramp: Ramp;
  /** Evenly spaced from end to end. */
  readonly ticks: readonly string[];
}

/** @typeParam M what its marks are: on paper, their colours are inks */
export interface ScenePanel<M = Mark> {
  /** What the panel shows, in words. */
  readonly name: string;
  readonly x: Axis;
  readonly y: Axis;
  /** From back to front. */
  readonly marks: readonly M[];
  /** Whether lines lead beyond the axes' ends, where they are cut. */
  readonly clipped?: boolean;
  readonly key?: readonly KeyEntry[];
  readonly colours?: ColourKey;
  /** Names of cells down the diagonal, as many as fit; those of important positions first. */
  readonly diagonal?: { readonly labels: readonly string[]; readonly important: readonly number[] };
  /**
   * Where there is no other reason for a size: height of the area as a share of its width, or of a row of a
   * table in lines of text.
   */
  readonly shape: { readonly ratio: number } | { readonly rows: number; readonly lines: number };
}

/** An arm's line. */
export function strokeOf({ colour, dash }: Pick<ArmMark, 'colour' | 'dash'>, width = 1.75): Stroke {
  return {
    colour,
    width,
    dash: dash
      .split(/[\s,]+/)
      .filter(Boolean)
      .map(Number),
  };
}

/** An arm's symbol. */
export function symbolOf({ symbol, colour }: Pick<ArmMark, 'symbol' | 'colour'>, size = 24, filled = true): SymbolLook {
  return { symbol, size, colour, filled };
}

/** Series in the key, by their lines and, unless they are drawn without, their symbols. */
export function keyEntries(
  series: readonly { readonly label: string; readonly mark: ArmMark; readonly markers?: boolean }[],
): KeyEntry[] {
  return series.map(({ label, mark, markers = true }) => ({
    label,
    stroke: strokeOf(mark),
    symbol: markers ? symbolOf(mark) : null,
  }));
}

/** Rounding error of equal numbers: an axis zoomed in on it would show differences where there are none. */
const NOISE = 1e-12;

/** From the lowest to the highest value, with room at both ends; 0 to 1 without values. */
export function padded(values: readonly number[], share: number): [number, number] {
  if (values.length === 0) return [0, 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = high - low < NOISE ? 1 : share * (high - low);
  return [low - room, high + room];
}

/** A linear axis of numbers. */
export function numberAxis(label: string, domain: readonly [number, number], grid = false): Axis {
  return { label, kind: 'linear', domain, format: plainNumber, grid };
}
