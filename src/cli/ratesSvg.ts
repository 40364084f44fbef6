/** Ranking, sinks and drift of a grid over the learning rate as one stand-alone SVG, with the names of its lines below. */
import { symbol } from 'd3';
import { createElement } from 'react';
import { RateDrawing } from '../charts/rates/RateDrawing';
import { layOutRates } from '../charts/rates/ratePlot';
import { OVER_RATES, rateLines } from '../charts/rates/rateLines';
import type { GridPlan } from '../experiment/grid/plan';
import type { CellResult } from '../experiment/grid/results';
import { mainMeasures, measureHeading } from '../measures/measures';
import { standAlone } from './standAloneSvg';

const SIZE = { width: 320, height: 240 } as const;
const MARGIN = 16;
const GAP = 18;
const LEGEND = 22;
const LEGEND_ENTRY = 170;

/** Null where the grid has one learning rate, or nothing is finished. */
export function ratesSvg(plan: GridPlan, results: ReadonlyMap<string, CellResult>): string | null {
  const measures = mainMeasures(plan.grid.base.evaluation.ks);
  const plots = OVER_RATES.flatMap((id) => {
    const measure = measures.find((one) => one.id === id);
    const lines = measure === undefined ? [] : rateLines(plan, results, measure);
    return measure === undefined || lines.length === 0 ? [] : [{ title: measureHeading(measure), lines }];
  });
  const [first] = plots;
  if (first === undefined) return null;
  const drawings = plots.map(({ title, lines }, place) =>
    createElement(
      'g',
      { key: title, transform: `translate(${MARGIN + place * (SIZE.width + GAP)} ${MARGIN})` },
      createElement(RateDrawing, { title, layout: layOutRates(lines, SIZE) }),
    ),
  );
  const legend = first.lines.map(({ label, mark }, place) =>
    createElement(
      'g',
      { key: label, transform: `translate(${MARGIN + place * LEGEND_ENTRY} ${MARGIN + SIZE.height + LEGEND})`, fontSize: 12 },
      createElement('line', { x2: 28, stroke: mark.colour, strokeWidth: 1.75, strokeDasharray: mark.dash }),
      createElement('path', { d: symbol(mark.symbol, 40)() ?? '', transform: 'translate(14 0)', fill: mark.colour }),
      createElement('text', { x: 36, dy: '0.35em', fill: 'var(--ink)' }, label),
    ),
  );
  const width = 2 * MARGIN + Math.max(plots.length * (SIZE.width + GAP) - GAP, first.lines.length * LEGEND_ENTRY);
  return standAlone({ width, height: SIZE.height + LEGEND + 3 * MARGIN }, [...drawings, ...legend]);
}
