/** Places a figure on paper: panels in rows, axes with ticks that fit, one key for all. Points of 1/72 inch, y downwards. Pure. */
import { layOutMap } from '../../charts/attention/mapLayout';
import { numberScale, plainNumber, type NumberScale } from '../../scene/ticks';
import { GRID_STROKE } from './describe';
import type { Axis, Colour, ColourKey, Figure, FigurePanel, KeyEntry, Mark, Stroke, SymbolName, Tick } from './figure';
import { INK, rampInk, thin } from './looks';
import { POINTS_PER_MM } from './presets';
import { textWidth, type Font } from './trueType';

/** What is drawn, from back to front. */
export type Primitive =
  | {
      readonly kind: 'line';
      readonly points: readonly (readonly [number, number])[];
      readonly stroke: Stroke;
      readonly clip: Box | null;
    }
  | {
      readonly kind: 'area';
      readonly points: readonly (readonly [number, number])[];
      readonly colour: Colour;
      readonly clip: Box | null;
    }
  | {
      readonly kind: 'symbol';
      readonly at: readonly [number, number];
      readonly symbol: SymbolName;
      readonly size: number;
      readonly colour: Colour;
      readonly filled: boolean;
    }
  | {
      readonly kind: 'text';
      readonly at: readonly [number, number];
      readonly text: string;
      readonly anchor: 'start' | 'middle' | 'end';
      readonly size: number;
      readonly colour: Colour;
      /** Text that reads upwards. */
      readonly upright: boolean;
    }
  /** RGB rows of an image, scaled to its box. */
  | { readonly kind: 'image'; readonly box: Box; readonly columns: number; readonly rows: number; readonly pixels: Uint8Array };

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface PlacedPanel {
  readonly panel: FigurePanel;
  /** `(a)`; null if there is only one panel. */
  readonly letter: string | null;
  readonly area: Box;
  /** Where the panel, with everything around its area, starts and ends. */
  readonly start: number;
  readonly end: number;
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
  /** Names of cells down the diagonal, at the left end of their middle. */
  readonly names: readonly { readonly text: string; readonly at: readonly [number, number] }[];
}

export interface PlacedFigure {
  readonly width: number;
  readonly height: number;
  readonly size: number;
  readonly panels: readonly PlacedPanel[];
  readonly key: readonly KeyEntry[];
  readonly primitives: readonly Primitive[];
}

export interface PaperOptions {
  /** Millimetres. */
  readonly width: number;
  /** Panels per row; null chooses automatically. */
  readonly columns: number | null;
  /** Points. */
  readonly size: number;
  readonly font: Font;
}

/** Minimum width of a panel beside others, in millimetres. */
const NARROWEST = 52;
/** Margin, so that lines and text do not touch the edge of the page. */
const EDGE = 1;
const TICK = 2.5;
const GAP = 3;
/** Height of a line of text, and of its capitals, as shares of its size. */
const LINE = 1.25;
const CAPITAL = 0.72;
const KEY_LINE = 18;
const COLOUR_BAR = 60;

export function layOut({ panels }: Figure, { width: millimetres, columns, size, font }: PaperOptions): PlacedFigure {
  const width = millimetres * POINTS_PER_MM;
  const wide = (text: string): number => textWidth(font, text, size);
  const across = Math.max(1, Math.min(panels.length, columns ?? Math.floor(millimetres / NARROWEST)));
  const between = 1.6 * size;
  const of = (width - (across - 1) * between) / across;
  const letters = panels.length > 1;
  const key = sharedKey(panels);
  const keyRows = rowsOfKey(key, width, wide);
  let top = EDGE + (keyRows.length === 0 ? 0 : keyRows.length * size * 1.5 + 0.5 * size);

  const primitives: Primitive[] = keyPrimitives(keyRows, size);
  const placed: PlacedPanel[] = [];
  const rows = chunks(panels, across);
  // Areas in a column start at the same position; those with row names start where the names end.
  const lefts = Array.from({ length: across }, (_, column) =>
    Math.max(
      0,
      ...rows.flatMap((row) => (row[column] && 'ratio' in row[column].shape ? [leftOf(row[column], of, size, wide)] : [])),
    ),
  );
  for (const row of rows) {
    const heads = Math.max(...row.map((panel, i) => headLines(panel, letters, of, wide, letterOf(placed.length + i)).length));
    const headHeight = heads * size * LINE + (heads > 0 ? 0.35 * size : 0.3 * size);
    const bottoms: number[] = [];
    row.forEach((panel, column) => {
      const start = column * (of + between);
      const number = placed.length;
      const letter = letters ? letterOf(number) : null;
      const end = start + of - EDGE;
      const right = end - rightOf(panel, of, wide);
      const left =
        start + (panel.y.bare === true ? EDGE : 'ratio' in panel.shape ? lefts[column]! : leftOf(panel, of, size, wide));
      const tail = panel.diagonal === null ? 0 : 0.24 * (right - left);
      const ratio = 'ratio' in panel.shape ? panel.shape.ratio : null;
      const areaWidth = right - left - tail;
      const areaHeight =
        ratio === null && 'rows' in panel.shape ? panel.shape.rows * panel.shape.lines * size : areaWidth * (ratio ?? 1);
      const area: Box = { left, right: left + areaWidth, top: top + headHeight, bottom: top + headHeight + areaHeight };
      headLines(panel, letters, of, wide, letter ?? '').forEach((text, i) => {
        primitives.push(textAt(text, start, top + size * (CAPITAL + i * LINE) + 0.1 * size, size, 'start'));
      });
      const names = panel.diagonal === null ? [] : diagonalNames(panel.diagonal, area, right, size, wide);
      const one = { panel, letter, area, start, end, names, ...ticksOf(panel, area, left - TICK - GAP - start, wide, size) };
      placed.push(one);
      const drawn = panelPrimitives(one, size, wide);
      primitives.push(...drawn.primitives);
      bottoms.push(drawn.bottom);
    });
    top = Math.max(...bottoms) + 0.9 * size;
  }
  return { width, height: top - 0.6 * size, size, panels: placed, key, primitives };
}

function letterOf(number: number): string {
  return `(${String.fromCharCode(97 + (number % 26))})`;
}

/** The panel's letter and name, wrapped at the panel's width. */
function headLines(
  panel: FigurePanel,
  letters: boolean,
  width: number,
  wide: (text: string) => number,
  letter: string,
): string[] {
  if (!letters) return [];
  return broken(`${letter} ${panel.name}`, width, wide, 2);
}

function broken(text: string, width: number, wide: (text: string) => number, most: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && wide(longer) > width && lines.length < most - 1) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  lines.push(line);
  return lines.map((one) => shortened(one, width, wide));
}

/** Labels of rows: those that would be the same once shortened lose their middle, since rows differ at their ends: arm first, settings last. */
function shortenedApart(labels: readonly string[], width: number, wide: (text: string) => number): string[] {
  const short = labels.map((label) => shortened(label, width, wide));
  return labels.map((label, i) =>
    short.some((other, at) => other === short[i] && labels[at] !== label) ? withoutMiddle(label, width, wide) : short[i]!,
  );
}

function withoutMiddle(text: string, width: number, wide: (text: string) => number): string {
  const characters = Array.from(text);
  for (let kept = characters.length - 1; kept > 1; kept--) {
    const ends = `${characters
      .slice(0, Math.floor(kept / 2))
      .join('')
      .trimEnd()}…${characters
      .slice(-Math.ceil(kept / 2))
      .join('')
      .trimStart()}`;
    if (wide(ends) <= width) return ends;
  }
  return '…';
}

function shortened(text: string, width: number, wide: (text: string) => number): string {
  if (wide(text) <= width) return text;
  let kept = text;
  while (kept !== '' && wide(`${kept}…`) > width) kept = kept.slice(0, -1).trimEnd();
  return `${kept}…`;
}

function chunks<T>(values: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, i) => values.slice(i * size, (i + 1) * size));
}

/** Space for the ticks and the label of the y axis; for row names, at most 45 % of the panel. */
function leftOf(panel: FigurePanel, width: number, size: number, wide: (text: string) => number): number {
  const { y } = panel;
  if (y.bare === true) return 0;
  const labels = y.ticks?.map(({ label }) => label) ?? ticksWithin(y, 200, 6, () => size).map(({ label }) => label);
  const widest = Math.max(0, ...labels.map(wide));
  return Math.min(widest, 0.45 * width) + TICK + GAP + (y.label === '' ? 0 : 1.35 * size);
}

/** Half of the last label of the x axis may extend beyond the area. */
function rightOf({ x }: FigurePanel, width: number, wide: (text: string) => number): number {
  if (x.bare === true) return 0;
  const ticks = x.ticks ?? ticksWithin(x, 0.8 * width, 7, (label) => wide(label) + 6);
  const scale = scaleOf(x, 0, 0.8 * width);
  return Math.max(0, ...ticks.map(({ value, label }) => scale(value) + wide(label) / 2 - 0.8 * width));
}

function scaleOf({ kind, domain, down }: Axis, from: number, to: number): NumberScale {
  return numberScale(kind, domain, down === true ? [to, from] : [from, to]);
}

/** As many round ticks as possible, up to a maximum, whose labels differ and do not touch. */
function ticksWithin(axis: Axis, length: number, most: number, room: (label: string) => number): Tick[] {
  const scale = scaleOf({ ...axis, down: false }, 0, length);
  const apart = (ticks: readonly Tick[]): boolean =>
    ticks.every((tick, i) => {
      const next = ticks[i + 1];
      return next === undefined || Math.abs(scale(next.value) - scale(tick.value)) >= (room(tick.label) + room(next.label)) / 2;
    });
  const labelled = (values: readonly number[], format: (value: number) => string): Tick[] =>
    values.map((value) => ({ value, label: format(value) }));
  const inside = (values: readonly number[]): number[] =>
    values.filter((value) => value >= axis.domain[0] && value <= axis.domain[1]);
  for (let count = most; count >= 2; count--) {
    let values = inside(scale.ticks(count));
    if (axis.kind === 'log' && values.length > 8) {
      values = values.filter((value) => [1, 2, 5].includes(Number(value.toExponential().slice(0, 1))));
    }
    const ticks = labelled(values, axis.format);
    if (new Set(ticks.map(({ label }) => label)).size === ticks.length && apart(ticks)) return ticks;
  }
  // Fall back to full digits, which distinguish ticks that the format does not.
  return labelled(inside(scale.ticks(2)), plainNumber);
}

/** Given ticks; those whose labels would touch have none. */
function thinned(ticks: readonly Tick[], scale: NumberScale, room: (label: string) => number): Tick[] {
  let end = -Infinity;
  return ticks.map((tick) => {
    const [at, half] = [scale(tick.value), room(tick.label) / 2];
    if (at - half < end) return { ...tick, label: '' };
    end = at + half;
    return tick;
  });
}

function ticksOf(
  { x, y }: FigurePanel,
  area: Box,
  room: number,
  wide: (text: string) => number,
  size: number,
): Pick<PlacedPanel, 'xTicks' | 'yTicks'> {
  const besides = (label: string): number => wide(label) + 0.8 * size;
  const width = area.right - area.left;
  const height = area.bottom - area.top;
  const named = shortenedApart(y.ticks?.map(({ label }) => label) ?? [], room, wide);
  return {
    xTicks: x.ticks === null ? ticksWithin(x, width, 7, besides) : thinned(x.ticks, scaleOf(x, 0, width), besides),
    yTicks: y.ticks?.map(({ value }, i) => ({ value, label: named[i]! })) ?? ticksWithin(y, height, 5, () => 1.4 * size),
  };
}

function textAt(
  text: string,
  x: number,
  y: number,
  size: number,
  anchor: 'start' | 'middle' | 'end',
  { colour = INK, upright = false }: { readonly colour?: Colour; readonly upright?: boolean } = {},
): Primitive {
  return { kind: 'text', at: [x, y], text, anchor, size, colour, upright };
}

function panelPrimitives(
  { panel, area, start, end, xTicks, yTicks, names }: PlacedPanel,
  size: number,
  wide: (text: string) => number,
): { readonly primitives: Primitive[]; readonly bottom: number } {
  const { left, top, bottom } = area;
  const x = scaleOf(panel.x, left, area.right);
  const y = scaleOf(panel.y, bottom, top);
  const out: Primitive[] = [];
  const rule = (from: readonly [number, number], to: readonly [number, number], stroke: Stroke): void => {
    out.push({ kind: 'line', points: [from, to], stroke, clip: null });
  };
  if (panel.y.grid) for (const { value } of yTicks) rule([left, y(value)], [area.right, y(value)], GRID_STROKE);
  if (panel.x.grid) for (const { value } of xTicks) rule([x(value), top], [x(value), bottom], GRID_STROKE);
  for (const mark of panel.marks) out.push(...markPrimitives(mark, x, y, area, size));
  let below = bottom;
  if (panel.x.bare !== true) {
    rule([left, bottom], [area.right, bottom], thin(INK));
    for (const { value, label } of xTicks) {
      rule([x(value), bottom], [x(value), bottom + TICK], thin(INK));
      if (label !== '') out.push(textAt(label, x(value), bottom + TICK + 1.5 + size * CAPITAL, size, 'middle'));
    }
    below = bottom + TICK + 1.5 + size;
    if (panel.x.label !== '') {
      const text = shortened(panel.x.label, end - start, wide);
      const half = wide(text) / 2;
      const middle = Math.max(start + half, Math.min(end - half, (left + area.right) / 2));
      out.push(textAt(text, middle, below + size, size, 'middle'));
      below += 1.3 * size;
    }
  }
  if (panel.y.bare !== true) {
    rule([left, top], [left, bottom], thin(INK));
    for (const { value, label } of yTicks) {
      rule([left - TICK, y(value)], [left, y(value)], thin(INK));
      out.push(textAt(label, left - TICK - GAP, y(value) + (size * CAPITAL) / 2, size, 'end'));
    }
    if (panel.y.label !== '') {
      const widest = Math.max(0, ...yTicks.map(({ label }) => wide(label)));
      const text = shortened(panel.y.label, 1.25 * (bottom - top), wide);
      out.push(textAt(text, left - TICK - GAP - widest - 0.5 * size, (top + bottom) / 2, size, 'middle', { upright: true }));
    }
  }
  for (const { text, at } of names) out.push(textAt(text, at[0], at[1] + (size * CAPITAL) / 2, size, 'start'));
  if (panel.colours !== null) {
    out.push(...colourBar(panel.colours, left, below + 0.7 * size, size, wide));
    below += 0.7 * size + 3.2 * size;
  }
  return { primitives: out, bottom: below };
}

/** Screen pixels for which the map's layout is made: its type is 10 pixels high. */
const LABEL_PIXELS = 10;

function diagonalNames(
  { labels, important }: NonNullable<FigurePanel['diagonal']>,
  area: Box,
  right: number,
  size: number,
  wide: (text: string) => number,
): PlacedPanel['names'] {
  const scale = LABEL_PIXELS / size;
  const layout = layOutMap(labels, (right - area.left) * scale, (right - area.right) * scale, important);
  // The map's cells there are whole pixels; here they fill the area.
  const cell = (layout.cell * (area.right - area.left)) / layout.side;
  return layout.labels.flatMap(({ position, text }) => {
    const [x, y] = [area.left + (position + 1) * cell + 2, area.top + (position + 0.5) * cell];
    return text === '' ? [] : [{ text: shortened(labels[position]!, right - x, wide), at: [x, y] as const }];
  });
}

function colourBar(
  { label, ramp, ticks }: ColourKey,
  left: number,
  top: number,
  size: number,
  wide: (text: string) => number,
): Primitive[] {
  const start = left + wide(label) + 0.8 * size;
  const pixels = Uint8Array.from({ length: 256 * 3 }, (_, i) => ramp[i]!);
  const box = { left: start, right: start + COLOUR_BAR, top, bottom: top + 0.8 * size };
  return [
    textAt(label, left, top + 0.75 * size, size, 'start'),
    { kind: 'image', box, columns: 256, rows: 1, pixels },
    ...ticks.map((tick, i) =>
      textAt(
        tick,
        start + (COLOUR_BAR * i) / (ticks.length - 1),
        box.bottom + size,
        size,
        i === 0 ? 'start' : i === ticks.length - 1 ? 'end' : 'middle',
      ),
    ),
  ];
}

/** Pixels per side of a cell in an image, so that viewers that smooth images blur only its edges. */
const CELL_PIXELS = 6;
const MOST_PIXELS = 1200;
/** Maximum number of cells drawn as vectors; more become an image. */
const MOST_AREAS = 1024;

function markPrimitives(mark: Mark, x: NumberScale, y: NumberScale, area: Box, size: number): Primitive[] {
  const aside = mark.aside ?? 0;
  const at = ([a, b]: readonly [number, number]): [number, number] => [x(a) + aside, y(b)];
  switch (mark.kind) {
    case 'line':
      return mark.points.length < 2 ? [] : [{ kind: 'line', points: mark.points.map(at), stroke: mark.stroke, clip: area }];
    case 'rule':
      return [{ kind: 'line', points: [at(mark.from), at(mark.to)], stroke: mark.stroke, clip: area }];
    case 'band': {
      const upper = mark.points.map(([place, , high]) => at([place, high]));
      const lower = mark.points.map(([place, low]) => at([place, low])).reverse();
      return [{ kind: 'area', points: [...upper, ...lower], colour: mark.colour, clip: area }];
    }
    case 'points':
      return mark.points.map((point) => ({
        kind: 'symbol',
        at: at(point),
        symbol: mark.symbol,
        size: mark.size,
        colour: mark.colour,
        filled: mark.filled,
      }));
    case 'text': {
      const [left, top] = at(mark.at);
      return [textAt(mark.text, left, top + (size * CAPITAL) / 2, size, mark.anchor, { colour: mark.colour })];
    }
    case 'cells': {
      if (mark.places.length <= MOST_AREAS) return cellAreas(mark, x, y);
      const rows = mark.places.length / mark.columns;
      const times = Math.max(1, Math.min(CELL_PIXELS, Math.floor(MOST_PIXELS / Math.max(rows, mark.columns))));
      return [{ kind: 'image', box: area, columns: mark.columns * times, rows: rows * times, pixels: cellPixels(mark, times) }];
    }
  }
}

/** Cells extend slightly under the next, so that no white seam shows between them. */
const OVERLAP = 0.15;

function cellAreas({ columns, places, ramp }: Extract<Mark, { kind: 'cells' }>, x: NumberScale, y: NumberScale): Primitive[] {
  return places.flatMap((place, i): Primitive[] => {
    if (place === null) return [];
    const [column, row] = [i % columns, Math.floor(i / columns)];
    const [left, right, top, bottom] = [x(column), x(column + 1), y(row), y(row + 1)];
    const reach = (next: number, end: boolean): number => (end || places[next] == null ? 0 : OVERLAP);
    const [far, deep] = [right + reach(i + 1, column + 1 === columns), bottom + reach(i + columns, false)];
    const colour = rampInk(ramp, Math.round(255 * place));
    return [
      {
        kind: 'area',
        points: [
          [left, top],
          [far, top],
          [far, deep],
          [left, deep],
        ],
        colour,
        clip: null,
      },
    ];
  });
}

function cellPixels({ columns, places, ramp }: Extract<Mark, { kind: 'cells' }>, times: number): Uint8Array {
  const wide = columns * times;
  const pixels = new Uint8Array((places.length / columns) * times * wide * 3).fill(255);
  places.forEach((place, cell) => {
    if (place === null) return;
    const [row, column] = [Math.floor(cell / columns), cell % columns];
    const from = Math.round(255 * place) * 3;
    for (let dy = 0; dy < times; dy++) {
      for (let dx = 0; dx < times; dx++) {
        pixels.set(ramp.subarray(from, from + 3), ((row * times + dy) * wide + column * times + dx) * 3);
      }
    }
  });
  return pixels;
}

/** The style of each series, once; a series that has symbols in one panel is listed with them. */
function sharedKey(panels: readonly FigurePanel[]): KeyEntry[] {
  const found = new Map<string, KeyEntry>();
  for (const entry of panels.flatMap(({ key }) => key)) {
    const name = JSON.stringify([entry.label, entry.stroke ?? entry.symbol]);
    found.set(name, { ...entry, symbol: entry.symbol ?? found.get(name)?.symbol ?? null });
  }
  return [...found.values()];
}

interface PlacedEntry {
  readonly entry: KeyEntry;
  readonly left: number;
}

function rowsOfKey(key: readonly KeyEntry[], width: number, wide: (text: string) => number): PlacedEntry[][] {
  const rows: PlacedEntry[][] = [];
  let left = 0;
  for (const entry of key) {
    const own = (entry.stroke === null ? 8 : KEY_LINE) + 3 + wide(entry.label);
    if (rows.length === 0 || left + own > width) {
      rows.push([]);
      left = 0;
    }
    rows.at(-1)!.push({ entry, left });
    left += own + 10;
  }
  return rows;
}

function keyPrimitives(rows: readonly (readonly PlacedEntry[])[], size: number): Primitive[] {
  return rows.flatMap((row, i) =>
    row.flatMap(({ entry: { label, stroke, symbol }, left }): Primitive[] => {
      const baseline = size * (CAPITAL + 0.2) + i * size * 1.5;
      const middle = baseline - (size * CAPITAL) / 2;
      const width = stroke === null ? 8 : KEY_LINE;
      return [
        ...(stroke === null
          ? []
          : [
              {
                kind: 'line',
                points: [
                  [left, middle],
                  [left + width, middle],
                ],
                stroke,
                clip: null,
              } as const,
            ]),
        ...(symbol === null ? [] : [{ kind: 'symbol', at: [left + width / 2, middle], symbol: symbol.name, ...symbol } as const]),
        textAt(label, left + width + 3, baseline, size, 'start'),
      ];
    }),
  );
}
