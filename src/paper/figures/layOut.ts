/**
 * Places a figure on paper: panels in rows, axes with ticks that fit, one key for all. Points of 1/72 inch, y
 * downwards. Pure.
 */
import { layOutMap } from '../../charts/attention/mapLayout';
import {
  CAPITAL,
  drawMark,
  placeAxes,
  ticksOf,
  type Box,
  type PlacedAxes,
  type Primitive,
  type TickRoom,
} from '../../scene/drawing';
import type { ColourKey, KeyEntry, ScenePanel, Stroke } from '../../scene/scene';
import { numberScale } from '../../scene/ticks';
import { POINTS_PER_MM } from './presets';
import { GRID_STROKE, INK, rampInk, thin, type PrintedCells, type PrintedPanel } from './printed';
import { textWidth, type Font } from './trueType';

/** RGB rows, scaled to their box. */
export interface PrintedImage {
  readonly kind: 'image';
  readonly box: Box;
  readonly columns: number;
  readonly rows: number;
  readonly pixels: Uint8Array;
}

/** What is drawn, from back to front. */
export type PaperPrimitive = Primitive | PrintedImage;

export interface PlacedPanel extends PlacedAxes {
  readonly panel: PrintedPanel;
  /** `(a)`; null if there is only one panel. */
  readonly letter: string | null;
  readonly area: Box;
  /** Where the panel, with everything around its area, starts and ends. */
  readonly start: number;
  readonly end: number;
  /** Names of cells down the diagonal, at the left end of their middle. */
  readonly names: readonly { readonly text: string; readonly at: readonly [number, number] }[];
}

export interface PlacedFigure {
  readonly width: number;
  readonly height: number;
  readonly size: number;
  readonly panels: readonly PlacedPanel[];
  readonly key: readonly KeyEntry[];
  readonly primitives: readonly PaperPrimitive[];
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
/** Height of a line of text as a share of its size. */
const LINE = 1.25;
const KEY_LINE = 18;
const COLOUR_BAR = 60;

export function layOut(panels: readonly PrintedPanel[], { width: millimetres, columns, size, font }: PaperOptions): PlacedFigure {
  const width = millimetres * POINTS_PER_MM;
  const wide = (text: string): number => textWidth(font, text, size);
  const across = Math.max(1, Math.min(panels.length, columns ?? Math.floor(millimetres / NARROWEST)));
  const between = 1.6 * size;
  const of = (width - (across - 1) * between) / across;
  const letters = panels.length > 1;
  const key = sharedKey(panels);
  const keyRows = rowsOfKey(key, width, wide);
  let top = EDGE + (keyRows.length === 0 ? 0 : keyRows.length * size * 1.5 + 0.5 * size);

  const primitives: PaperPrimitive[] = keyPrimitives(keyRows, size);
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
      const right = end - rightOf(panel, of, size, wide);
      const left =
        start + (panel.y.bare === true ? EDGE : 'ratio' in panel.shape ? lefts[column]! : leftOf(panel, of, size, wide));
      const tail = panel.diagonal === undefined ? 0 : 0.24 * (right - left);
      const ratio = 'ratio' in panel.shape ? panel.shape.ratio : null;
      const areaWidth = right - left - tail;
      const areaHeight =
        ratio === null && 'rows' in panel.shape ? panel.shape.rows * panel.shape.lines * size : areaWidth * (ratio ?? 1);
      const area: Box = { left, right: left + areaWidth, top: top + headHeight, bottom: top + headHeight + areaHeight };
      headLines(panel, letters, of, wide, letter ?? '').forEach((text, i) => {
        primitives.push(textAt(text, start, top + size * (CAPITAL + i * LINE) + 0.1 * size, size, 'start'));
      });
      const names = panel.diagonal === undefined ? [] : diagonalNames(panel.diagonal, area, right, size, wide);
      const one = { panel, letter, area, start, end, names, ...axesOf(panel, area, left - TICK - GAP - start, wide, size) };
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
  panel: PrintedPanel,
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

/**
 * Labels of rows: those that would be the same once shortened lose their middle, since rows differ at their
 * ends: arm first, settings last.
 */
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
function leftOf({ y }: PrintedPanel, width: number, size: number, wide: (text: string) => number): number {
  if (y.bare === true) return 0;
  const ticks = y.ticks ?? ticksOf(y, numberScale(y.kind, y.domain, [200, 0]), { most: 6, room: () => size });
  const widest = Math.max(0, ...ticks.map(({ label }) => wide(label)));
  return Math.min(widest, 0.45 * width) + TICK + GAP + (y.label === '' ? 0 : 1.35 * size);
}

/** Half of the last label of the x axis may extend beyond the area. */
function rightOf({ x }: PrintedPanel, width: number, size: number, wide: (text: string) => number): number {
  if (x.bare === true) return 0;
  const end = 0.8 * width;
  const ticks = ticksOf(x, numberScale(x.kind, x.domain, [0, end]), acrossRoom(size, wide));
  return Math.max(0, ...ticks.map(({ at, label }) => at + wide(label) / 2 - end));
}

function acrossRoom(size: number, wide: (text: string) => number): TickRoom {
  return { most: 7, room: (label) => wide(label) + 0.8 * size };
}

/** @param room of the labels of rows */
function axesOf(panel: PrintedPanel, area: Box, room: number, wide: (text: string) => number, size: number): PlacedAxes {
  const rows = panel.y.ticks !== undefined;
  const ofRow = { most: 5, room: () => (rows ? 0 : 1.4 * size) };
  const placed = placeAxes(panel, area, { x: acrossRoom(size, wide), y: ofRow });
  if (!rows) return placed;
  const named = shortenedApart(
    placed.yTicks.map(({ label }) => label),
    room,
    wide,
  );
  return { ...placed, yTicks: placed.yTicks.map((tick, i) => ({ ...tick, label: named[i]! })) };
}

function textAt(
  text: string,
  x: number,
  y: number,
  size: number,
  anchor: 'start' | 'middle' | 'end',
  upright = false,
): Primitive {
  return { kind: 'text', at: [x, y], text, anchor, size, colour: INK, upright };
}

function panelPrimitives(
  { panel, area, start, end, xTicks, yTicks, names, ...scales }: PlacedPanel,
  size: number,
  wide: (text: string) => number,
): { readonly primitives: PaperPrimitive[]; readonly bottom: number } {
  const { left, top, bottom } = area;
  const out: PaperPrimitive[] = [];
  const rule = (from: readonly [number, number], to: readonly [number, number], stroke: Stroke): void => {
    out.push({ kind: 'line', points: [from, to], stroke });
  };
  if (panel.y.grid === true) for (const { at } of yTicks) rule([left, at], [area.right, at], GRID_STROKE);
  if (panel.x.grid === true) for (const { at } of xTicks) rule([at, top], [at, bottom], GRID_STROKE);
  // Behind the marks: the first of a curve is on the axis.
  if (panel.x.bare !== true) rule([left, bottom], [area.right, bottom], thin(INK));
  if (panel.y.bare !== true) rule([left, top], [left, bottom], thin(INK));
  for (const mark of panel.marks) {
    if (mark.kind === 'cells') out.push(...cellPrimitives(mark, scales, area));
    else out.push(...drawMark(mark, scales, size, panel.clipped === true ? area : undefined));
  }
  let below = bottom;
  if (panel.x.bare !== true) {
    for (const { at, label } of xTicks) {
      rule([at, bottom], [at, bottom + TICK], thin(INK));
      if (label !== '') out.push(textAt(label, at, bottom + TICK + 1.5 + size * CAPITAL, size, 'middle'));
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
    for (const { at, label } of yTicks) {
      rule([left - TICK, at], [left, at], thin(INK));
      out.push(textAt(label, left - TICK - GAP, at + (size * CAPITAL) / 2, size, 'end'));
    }
    if (panel.y.label !== '') {
      const widest = Math.max(0, ...yTicks.map(({ label }) => wide(label)));
      const text = shortened(panel.y.label, 1.25 * (bottom - top), wide);
      out.push(textAt(text, left - TICK - GAP - widest - 0.5 * size, (top + bottom) / 2, size, 'middle', true));
    }
  }
  for (const { text, at } of names) out.push(textAt(text, at[0], at[1] + (size * CAPITAL) / 2, size, 'start'));
  if (panel.colours !== undefined) {
    out.push(...colourBar(panel.colours, left, below + 0.7 * size, size, wide));
    below += 0.7 * size + 3.2 * size;
  }
  return { primitives: out, bottom: below };
}

/** Screen pixels for which the map's layout is made: its type is 10 pixels high. */
const LABEL_PIXELS = 10;

function diagonalNames(
  { labels, important }: NonNullable<ScenePanel['diagonal']>,
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
): PaperPrimitive[] {
  const start = left + wide(label) + 0.8 * size;
  const pixels = Uint8Array.from(ramp);
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

function cellPrimitives(cells: PrintedCells, scales: Pick<PlacedAxes, 'x' | 'y'>, box: Box): PaperPrimitive[] {
  const { columns, places } = cells;
  if (places.length <= MOST_AREAS) return cellAreas(cells, scales);
  const rows = places.length / columns;
  const times = Math.max(1, Math.min(CELL_PIXELS, Math.floor(MOST_PIXELS / Math.max(rows, columns))));
  return [{ kind: 'image', box, columns: columns * times, rows: rows * times, pixels: cellPixels(cells, times) }];
}

/** Cells extend slightly under the next, so that no white seam shows between them. */
const OVERLAP = 0.15;

function cellAreas({ columns, places, ramp }: PrintedCells, { x, y }: Pick<PlacedAxes, 'x' | 'y'>): Primitive[] {
  return places.flatMap((place, i): Primitive[] => {
    if (place === null) return [];
    const [column, row] = [i % columns, Math.floor(i / columns)];
    const [left, right, top, bottom] = [x(column), x(column + 1), y(row), y(row + 1)];
    const reach = (next: number, end: boolean): number => (end || places[next] == null ? 0 : OVERLAP);
    const [far, deep] = [right + reach(i + 1, column + 1 === columns), bottom + reach(i + columns, false)];
    const points = [
      [left, top],
      [far, top],
      [far, deep],
      [left, deep],
    ] as const;
    return [{ kind: 'area', points, colour: rampInk(ramp, Math.round(255 * place)) }];
  });
}

function cellPixels({ columns, places, ramp }: PrintedCells, times: number): Uint8Array {
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
function sharedKey(panels: readonly PrintedPanel[]): KeyEntry[] {
  const entries: KeyEntry[] = [];
  for (const entry of panels.flatMap(({ key }) => key)) {
    const found = entries.findIndex(({ label, stroke, symbol }) =>
      label !== entry.label
        ? false
        : entry.stroke === null
          ? symbol?.symbol === entry.symbol?.symbol
          : JSON.stringify(stroke) === JSON.stringify(entry.stroke),
    );
    if (found === -1) entries.push(entry);
    else entries[found] = { ...entry, symbol: entry.symbol ?? entries[found]!.symbol };
  }
  return entries;
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
      const end = left + (stroke === null ? 8 : KEY_LINE);
      const ends = [
        [left, middle],
        [end, middle],
      ] as const;
      return [
        ...(stroke === null ? [] : [{ kind: 'line', points: ends, stroke } as const]),
        ...(symbol === null ? [] : [{ ...symbol, kind: 'symbols', points: [[(left + end) / 2, middle]] } as const]),
        textAt(label, end + 3, baseline, size, 'start'),
      ];
    }),
  );
}
