/**
 * The data of each chart on the page, from which figures for print are made. Charts register it while they
 * are on the page.
 */
import { useEffect, type RefObject } from 'react';
import type { ChartData } from '../../scene/charts/chart';

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
