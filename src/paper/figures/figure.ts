/**
 * A figure for print, as data: panels of axes and marks. `describe` makes them from charts, `layOut` places them on paper, and
 * one writer per format writes them.
 */
import type { Ramp } from '../../scene/marks/ramp';

export type SymbolName = 'circle' | 'square' | 'triangle' | 'diamond' | 'cross' | 'star' | 'wye';

/** Six hexadecimal digits after `#`: there is no transparency in print. */
export type Colour = `#${string}`;

export interface Tick {
  readonly value: number;
  readonly label: string;
}

export interface Axis {
  readonly label: string;
  readonly kind: 'linear' | 'log';
  readonly domain: readonly [number, number];
  /** Ticks only at these values; null for round ones. */
  readonly ticks: readonly Tick[] | null;
  /** Format of round ticks. */
  readonly format: (value: number) => string;
  /** Lines across the panel at the ticks. */
  readonly grid: boolean;
  /** Whether large values are at the top; rows of a table go down. */
  readonly down?: boolean;
  /** No line, no label, no ticks. */
  readonly bare?: boolean;
}

export interface Stroke {
  readonly colour: Colour;
  /** Points. */
  readonly width: number;
  /** Alternating lengths of dash and gap, in points; empty is solid. */
  readonly dash: readonly number[];
}

export type Point = readonly [x: number, y: number];

interface OfSeries {
  /** What the mark belongs to, for formats that include data. */
  readonly series: string;
  /** Offset to the right in points, so that series do not overlap. */
  readonly aside?: number;
}

export type Mark = OfSeries &
  (
    | { readonly kind: 'line'; readonly points: readonly Point[]; readonly stroke: Stroke }
    | {
        readonly kind: 'band';
        readonly points: readonly (readonly [x: number, low: number, high: number])[];
        readonly colour: Colour;
      }
    | { readonly kind: 'rule'; readonly from: Point; readonly to: Point; readonly stroke: Stroke }
    | {
        readonly kind: 'points';
        readonly points: readonly Point[];
        readonly symbol: SymbolName;
        /** Area in square points. */
        readonly size: number;
        readonly colour: Colour;
        readonly filled: boolean;
      }
    /** Of unit size in the axes' values, from (0, 0); null is masked. */
    | {
        readonly kind: 'cells';
        readonly columns: number;
        /** [rows, columns], 0 to 1 along the ramp. */
        readonly places: readonly (number | null)[];
        /** The meaning of the positions. */
        readonly values: readonly (number | null)[];
        readonly ramp: Ramp;
      }
    | {
        readonly kind: 'text';
        readonly at: Point;
        readonly text: string;
        readonly anchor: 'start' | 'middle' | 'end';
        readonly colour: Colour;
      }
  );

/** Names of cells down the diagonal, as many as fit. */
export interface DiagonalLabels {
  readonly labels: readonly string[];
  readonly important: readonly number[];
}

export interface KeyEntry {
  readonly label: string;
  readonly stroke: Stroke | null;
  readonly symbol: { readonly name: SymbolName; readonly colour: Colour; readonly filled: boolean; readonly size: number } | null;
}

/** The meaning of the cells' colours. */
export interface ColourKey {
  readonly label: string;
  readonly ramp: Ramp;
  /** Evenly spaced from end to end. */
  readonly ticks: readonly string[];
}

export interface FigurePanel {
  /** What the panel shows, in words: for captions, and above the panel if there are several. */
  readonly name: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly marks: readonly Mark[];
  readonly key: readonly KeyEntry[];
  readonly colours: ColourKey | null;
  readonly diagonal: DiagonalLabels | null;
  /** Height of the area as a share of its width; or, for rows, height of a row in lines of text. */
  readonly shape: { readonly ratio: number } | { readonly rows: number; readonly lines: number };
}

export interface Figure {
  readonly panels: readonly FigurePanel[];
}
