/** Ranking, sinks and drift of a sweep as one stand-alone SVG, with the names of its lines below. */
import { symbol } from 'd3';
import { createElement } from 'react';
import { SweepDrawing } from '../charts/sweep/SweepDrawing';
import { drawnSweep } from '../charts/sweep/sweepLines';
import { layOutSweep } from '../charts/sweep/sweepPlot';
import type { Sweep } from '../experiment/grid/sweep';
import { forestLabelWidth } from '../charts/forest/forestPlot';
import { measureHeading } from '../measures/measures';
import { standAlone } from './standAloneSvg';

const SIZE = { width: 320, height: 240 } as const;
const MARGIN = 16;
const GAP = 18;
const LEGEND = 22;
const LEGEND_ROW = 20;
/** Width of a line's mark before its name. */
const LEGEND_MARK = 36;

export function sweepSvg(sweep: Sweep): string {
  const plots = drawnSweep(sweep);
  const drawings = plots.map(({ measure, lines, base }, place) =>
    createElement(
      'g',
      { key: measure.id, transform: `translate(${MARGIN + place * (SIZE.width + GAP)} ${MARGIN})` },
      createElement(SweepDrawing, {
        layout: layOutSweep({ name: measureHeading(measure), axis: sweep.label, lines, base }, SIZE),
      }),
    ),
  );
  const named = plots[0]?.lines ?? [];
  const across = plots.length * (SIZE.width + GAP) - GAP;
  const places = placed(
    named.map(({ label }) => LEGEND_MARK + 1.1 * forestLabelWidth([label])),
    across,
  );
  const legend = named.map(({ label, mark }, i) =>
    createElement(
      'g',
      {
        key: i,
        transform: `translate(${MARGIN + places[i]!.x} ${MARGIN + SIZE.height + LEGEND + places[i]!.row * LEGEND_ROW})`,
        fontSize: 12,
      },
      createElement('line', { x2: 28, stroke: mark.colour, strokeWidth: 1.75, strokeDasharray: mark.dash }),
      createElement('path', { d: symbol(mark.symbol, 40)() ?? '', transform: 'translate(14 0)', fill: mark.colour }),
      createElement('text', { x: LEGEND_MARK, dy: '0.35em', fill: 'var(--ink)' }, label),
    ),
  );
  const rows = places.at(-1)?.row ?? 0;
  const width = 2 * MARGIN + Math.max(across, ...places.map(({ end }) => end));
  return standAlone({ width, height: SIZE.height + LEGEND + 3 * MARGIN + rows * LEGEND_ROW }, [...drawings, ...legend]);
}

/** Entries one after the other, in a new row where one would end beyond the drawings. */
function placed(widths: readonly number[], across: number): { readonly x: number; readonly row: number; readonly end: number }[] {
  let [x, row] = [0, 0];
  return widths.map((width) => {
    if (x > 0 && x + width > across) [x, row] = [0, row + 1];
    const from = x;
    x += width;
    return { x: from, row, end: x };
  });
}
