/** The data of each chart on the page, from which figures for print are made. Charts register it while they are on the page. */
import { useEffect, type RefObject } from 'react';
import type { ForestRow } from '../forest/forestPlot';
import type { IntervalGroup } from '../interval/intervalLayout';
import type { LinePlotOptions } from '../line/linePlot';
import type { ScatterPoints } from '../scatter/scatterPlot';
import type { SweepLine } from '../sweep/sweepPlot';

export interface LinesData extends Omit<LinePlotOptions, 'width' | 'height' | 'labelWidth'> {
  readonly kind: 'lines';
  readonly name: string;
  readonly xLabel: string;
  readonly yLabel: string;
}

export interface ForestData {
  readonly kind: 'forest';
  /** The measure with its unit. */
  readonly name: string;
  readonly rows: readonly ForestRow[];
}

export interface SweepData {
  readonly kind: 'sweep';
  /** The measure with its unit. */
  readonly name: string;
  readonly lines: readonly SweepLine[];
  readonly axis: string;
  readonly base: number | null;
}

export interface IntervalsData {
  readonly kind: 'intervals';
  readonly name: string;
  readonly groups: readonly IntervalGroup[];
  readonly xLabel: string;
}

export interface ScatterData extends ScatterPoints {
  readonly kind: 'scatter';
  readonly name: string;
  readonly xLabel: string;
  readonly yLabel: string;
}

/** A causal attention map, or the difference of two. */
export interface MapData {
  readonly kind: 'map';
  readonly name: string;
  /** One per position. */
  readonly labels: readonly string[];
  /** Positions whose labels take precedence if not all fit. */
  readonly important: readonly number[];
  /** [T, T], 0 to 1; −1 to 1 for a difference. Entries above the diagonal are ignored. Computed only for printing. */
  readonly values: () => Float32Array;
  /** For a difference, the limit of its colours; null for weights. */
  readonly limit: number | null;
  /** Whether the colour is the logarithm of the weight. */
  readonly log: boolean;
}

/** A share by layer and head, or the difference of two. */
export interface HeadsData {
  readonly kind: 'heads';
  readonly name: string;
  /** [layer][head] */
  readonly values: readonly (readonly number[])[];
  readonly sink: boolean;
  /** Whether values are differences, −1 to 1. */
  readonly difference: boolean;
}

export type ChartData = LinesData | ForestData | SweepData | IntervalsData | ScatterData | MapData | HeadsData;

const shown = new Map<Element, ChartData>();

/** Registers a chart's data for figures for print. @param data null while there is nothing */
export function useChartData(frame: RefObject<Element | null>, data: ChartData | null): void {
  useEffect(() => {
    const element = frame.current;
    if (element === null || data === null) return;
    shown.set(element, data);
    return () => {
      shown.delete(element);
    };
  });
}

export interface ShownChart {
  readonly element: Element;
  readonly data: ChartData;
}

/** Charts on the page, in page order. */
export function shownCharts(): ShownChart[] {
  return [...shown]
    .map(([element, data]) => ({ element, data }))
    .sort((a, b) => (a.element.compareDocumentPosition(b.element) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
}
