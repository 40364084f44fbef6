/** A grid's differences from its baseline as one stand-alone SVG: a forest plot per measure, side by side. */
import { createElement } from 'react';
import { ForestDrawing } from '../charts/forest/ForestDrawing';
import { layOutForest } from '../charts/forest/forestPlot';
import { differenceHeading } from '../measures/measures';
import { standAlone } from './standAloneSvg';
import { forestRows } from '../charts/forest/forestRows';
import type { MatrixRow } from '../experiment/grid/matrix';
import type { Variant } from '../experiment/grid/plan';

const WIDTH = 330;
const LABELS = 120;
const COLUMNS = 3;
const MARGIN = 16;
const GAP = 18;

/** @param baseline a variant's id; null takes the first row */
export function forestSvg(rows: readonly MatrixRow[], baseline: string | null): string {
  const control = rows.find(({ variant }) => variant.id === baseline) ?? rows[0]!;
  const measures = control.entries.flatMap(({ measure, mean }, i) => (mean === null ? [] : [{ measure, i }]));
  const plots = measures.map(({ measure, i }) => {
    const data = { name: differenceHeading(measure), rows: forestRows(rows, control, i, shortName) };
    return layOutForest(data, { width: WIDTH, labelWidth: LABELS });
  });
  const height = Math.max(0, ...plots.map((layout) => layout.height));
  const across = Math.min(COLUMNS, plots.length);
  const size = {
    width: 2 * MARGIN + across * WIDTH + (across - 1) * GAP,
    height: 2 * MARGIN + Math.ceil(plots.length / COLUMNS) * (height + GAP) - GAP,
  };
  const drawings = plots.map((layout, place) => {
    const x = MARGIN + (place % COLUMNS) * (WIDTH + GAP);
    const y = MARGIN + Math.floor(place / COLUMNS) * (height + GAP);
    return createElement(
      'g',
      { key: layout.panel.name, transform: `translate(${x} ${y})` },
      createElement(ForestDrawing, { layout }),
    );
  });
  return standAlone(size, drawings);
}

/** `karma text`: an arm, and its values on the axes. */
function shortName({ arm, settings }: Variant): string {
  return [arm.id, ...settings.map(({ value }) => (typeof value === 'string' ? value : JSON.stringify(value)))].join(' ');
}
