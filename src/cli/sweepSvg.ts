/** Ranking, sinks and drift of a sweep as one stand-alone SVG, with the names of its lines below. */
import { symbol } from 'd3';
import { createElement } from 'react';
import { SweepDrawing } from '../charts/sweep/SweepDrawing';
import { drawnSweep } from '../charts/sweep/sweepLines';
import { layOutSweep } from '../charts/sweep/sweepPlot';
import type { Sweep } from '../experiment/grid/sweep';
import { measureHeading } from '../measures/measures';
import { standAlone } from './standAloneSvg';

const SIZE = { width: 320, height: 240 } as const;
const MARGIN = 16;
const GAP = 18;
const LEGEND = 22;
const LEGEND_ENTRY = 170;

export function sweepSvg(sweep: Sweep): string {
  const plots = drawnSweep(sweep);
  const drawings = plots.map(({ measure, lines, base }, place) =>
    createElement(
      'g',
      { key: measure.id, transform: `translate(${MARGIN + place * (SIZE.width + GAP)} ${MARGIN})` },
      createElement(SweepDrawing, { title: measureHeading(measure), layout: layOutSweep(lines, sweep.label, SIZE, base) }),
    ),
  );
  const named = plots[0]?.lines ?? [];
  const legend = named.map(({ label, mark }, place) =>
    createElement(
      'g',
      { key: label, transform: `translate(${MARGIN + place * LEGEND_ENTRY} ${MARGIN + SIZE.height + LEGEND})`, fontSize: 12 },
      createElement('line', { x2: 28, stroke: mark.colour, strokeWidth: 1.75, strokeDasharray: mark.dash }),
      createElement('path', { d: symbol(mark.symbol, 40)() ?? '', transform: 'translate(14 0)', fill: mark.colour }),
      createElement('text', { x: 36, dy: '0.35em', fill: 'var(--ink)' }, label),
    ),
  );
  const width = 2 * MARGIN + Math.max(plots.length * (SIZE.width + GAP) - GAP, named.length * LEGEND_ENTRY);
  return standAlone({ width, height: SIZE.height + LEGEND + 3 * MARGIN }, [...drawings, ...legend]);
}
