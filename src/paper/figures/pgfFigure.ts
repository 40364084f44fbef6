/** A placed figure for PGFPlots: the paper sets its text in its own font, and the numbers can be edited. */
import { latexText } from '../latex/latexText';
import {
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolStar,
  symbolTriangle,
  symbolWye,
  type SymbolType,
} from 'd3';
import type { Axis, KeyEntry, Stroke, SymbolLook } from '../../scene/scene';
import { GRID_STROKE, rampInk, type PrintedCells, type PrintedMark, type PrintedPanel } from './printed';
import { rounded } from './rounded';
import type { PlacedFigure, PlacedPanel } from './layOut';
import { POINTS_PER_MM } from './presets';

const SYMBOLS: ReadonlyMap<SymbolType, string> = new Map([
  [symbolCircle, '*'],
  [symbolSquare, 'square*'],
  [symbolTriangle, 'triangle*'],
  [symbolDiamond, 'diamond*'],
  [symbolCross, '+'],
  [symbolStar, 'star'],
  [symbolWye, 'Mercedes star'],
]);

/** The figure as PGFPlots code, in short lines. */
export function pgfFigure({ width, height, size, panels, key }: PlacedFigure, title: string): string {
  const colours = new Map<string, string>();
  const named = (colour: string): string => {
    const found = colours.get(colour) ?? `karma${letters(colours.size)}`;
    colours.set(colour, found);
    return found;
  };
  const axes = panels.map((placed) => axisOf(placed, height, size, named));
  const keyed = keyNode(key, width, height, named);
  const defined = [...colours].map(([colour, name]) => `\\definecolor{${name}}{HTML}{${colour.slice(1).toUpperCase()}}`);
  return `% ${title.replace(/\s+/g, ' ')}
% Needs \\usepackage{pgfplots} and \\pgfplotsset{compat=1.18}. ${mm(width)} mm wide.
\\begingroup%
${defined.map((one) => `${one}%`).join('\n')}
\\begin{tikzpicture}[x=1bp,y=1bp,font=\\fontsize{${size}}{${number(1.2 * size)}}\\selectfont]
${[...keyed, ...axes].join('\n')}
\\pgfresetboundingbox\\useasboundingbox (0,0) rectangle (${number(width)},${number(height)});
\\end{tikzpicture}%
\\endgroup
`;
}

function letters(index: number): string {
  return (index < 26 ? '' : letters(Math.floor(index / 26) - 1)) + String.fromCharCode(97 + (index % 26));
}

const number = (value: number): string => rounded(value, 3);

function mm(points: number): string {
  return number(points / POINTS_PER_MM);
}

/** Six significant digits. */
function value(of: number): string {
  return String(Number(of.toPrecision(6)));
}

function dashes({ dash = [] }: Stroke): string {
  if (dash.length === 0) return 'solid';
  return `dash pattern=${dash.map((length, i) => `${i % 2 === 0 ? 'on' : 'off'} ${number(length)}bp`).join(' ')}`;
}

function strokeText(stroke: Stroke, named: (colour: string) => string): string {
  return `draw=${named(stroke.colour)},line width=${number(stroke.width)}bp,${dashes(stroke)}`;
}

function ticksText(name: 'x' | 'y', ticks: PlacedPanel['xTicks']): string {
  const labels = ticks.map(({ label }) => `{${latexText(label)}}`).join(',');
  return `${name}tick={${ticks.map((tick) => value(tick.value)).join(',')}},${name}ticklabels={${labels}}`;
}

function axisOf(placed: PlacedPanel, height: number, size: number, named: (colour: string) => string): string {
  const { panel, letter, area, xTicks, yTicks } = placed;
  const { x, y } = panel;
  const kind = (axis: Axis): string => (axis.kind === 'log' ? 'log' : 'normal');
  const domain = (name: string, { domain: [low, high] }: Axis): string => `${name}min=${value(low)},${name}max=${value(high)}`;
  const style = `major tick length=2.5bp,tick label style={inner sep=1.5bp,font=\\fontsize{${size}}{${number(1.2 * size)}}\\selectfont},label style={inner sep=1bp,font=\\fontsize{${size}}{${number(1.2 * size)}}\\selectfont}`;
  const options = [
    `at={(${number(area.left)}bp,${number(height - area.bottom)}bp)},anchor=south west,scale only axis`,
    `width=${number(area.right - area.left)}bp,height=${number(area.bottom - area.top)}bp`,
    `xmode=${kind(x)},ymode=${kind(y)},${domain('x', x)},${domain('y', y)}`,
    ...(x.down === true ? ['x dir=reverse'] : []),
    ...(y.down === true ? ['y dir=reverse'] : []),
    ...(x.bare === true
      ? ['hide axis']
      : [
          ticksText('x', xTicks),
          ticksText('y', yTicks),
          `xlabel={${latexText(x.label)}},ylabel={${latexText(y.label)}}`,
          'axis lines=left,axis line style={-},tick align=outside,tick style={black},minor tick num=0,scaled ticks=false',
        ]),
    `${x.grid === true ? 'xmajorgrids,' : ''}${y.grid === true ? 'ymajorgrids,' : ''}grid style={${strokeText(GRID_STROKE, named)}}`,
    style,
    'clip=true,clip mode=individual',
  ];
  const plots = panel.marks.flatMap((mark) => plotOf(mark, named));
  const head = letter === null ? [] : [headOf(`${letter} ${panel.name}`, placed, height)];
  return [
    ...head,
    `\\begin{axis}[${options.join(',\n  ')}]`,
    ...plots,
    '\\end{axis}',
    ...diagonal(placed, height),
    ...colourBar(panel, area, height),
  ].join('\n');
}

function headOf(text: string, { area, start, end }: PlacedPanel, height: number): string {
  return `\\node[anchor=south west,inner sep=0pt,text width=${number(end - start)}bp,align=left] at (${number(start)},${number(height - area.top + 3)}) {${latexText(text)}};`;
}

function plotOf(mark: PrintedMark, named: (colour: string) => string): string[] {
  const shift = mark.aside === undefined || mark.aside === 0 ? '' : `,xshift=${number(mark.aside)}bp`;
  const comment = `% ${mark.series.replace(/\s+/g, ' ')}`;
  const through = (points: readonly (readonly [number, number])[]): string =>
    points.map(([a, b]) => `(${value(a)},${value(b)})`).join(' ');
  switch (mark.kind) {
    case 'line':
      return mark.points.length < 2
        ? []
        : [comment, `\\addplot[${strokeText(mark.stroke, named)},mark=none${shift}] coordinates {${through(mark.points)}};`];
    case 'rule':
      return [`\\addplot[${strokeText(mark.stroke, named)},mark=none${shift}] coordinates {${through([mark.from, mark.to])}};`];
    case 'band': {
      const upper = mark.points.map(([a, , high]) => [a, high] as const);
      const lower = mark.points.map(([a, low]) => [a, low] as const).reverse();
      return [
        comment,
        `\\addplot[draw=none,fill=${named(mark.colour)},mark=none${shift}] coordinates {${through([...upper, ...lower])}} -- cycle;`,
      ];
    }
    case 'points': {
      if (mark.points.length === 0) return [];
      const look = symbolText(mark, named);
      return [comment, `\\addplot[only marks,${look}${shift}] coordinates {${through(mark.points)}};`];
    }
    case 'text':
      return [
        `\\node[anchor=center,inner sep=0pt] at (axis cs:${value(mark.at[0])},${value(mark.at[1])}) {${latexText(mark.text)}};`,
      ];
    case 'cells':
      return [comment, ...cells(mark, named)];
  }
}

/** Number of colour steps that are distinguishable on paper. */
const LEVELS = 64;

/** Adjacent cells of one colour become one rectangle. */
function cells({ columns, places, ramp }: PrintedCells, named: (colour: string) => string): string[] {
  const level = (place: number): number => Math.round(Math.round(place * LEVELS) * (255 / LEVELS));
  const byColour = new Map<number, string[]>();
  for (let row = 0; row * columns < places.length; row++) {
    for (let column = 0; column < columns;) {
      const place = places[row * columns + column] ?? null;
      let end = column + 1;
      while (place !== null && end < columns) {
        const next = places[row * columns + end] ?? null;
        if (next === null || level(next) !== level(place)) break;
        end++;
      }
      if (place !== null) {
        const found = byColour.get(level(place)) ?? [];
        found.push(`(axis cs:${column},${row}) rectangle (axis cs:${end},${row + 1})`);
        byColour.set(level(place), found);
      }
      column = end;
    }
  }
  return [...byColour].map(([at, rectangles]) => {
    const colour = rampInk(ramp, at);
    // Slightly wider, so that no white seam shows between neighbours.
    return `\\path[fill=${named(colour)},draw=${named(colour)},line width=0.05bp] ${rectangles.join('\n  ')};`;
  });
}

function diagonal({ names }: PlacedPanel, height: number): string[] {
  return names.map(
    ({ text, at: [x, y] }) => `\\node[anchor=west,inner sep=0pt] at (${number(x)},${number(height - y)}) {${latexText(text)}};`,
  );
}

function colourBar({ colours }: PrintedPanel, area: PlacedPanel['area'], height: number): string[] {
  if (colours === undefined) return [];
  const steps = 32;
  const [left, top, width, thick] = [area.left, height - area.bottom - 8, 60, 6];
  const parts = Array.from({ length: steps }, (_, i) => {
    const at = Math.round((255 * i) / (steps - 1));
    const rgb = [0, 1, 2].map((channel) => colours.ramp[3 * at + channel]!);
    return `\\fill[fill={rgb,255:red,${rgb[0]!};green,${rgb[1]!};blue,${rgb[2]!}}] (${number(left + (width * i) / steps)},${number(top - thick)}) rectangle (${number(left + (width * (i + 1)) / steps + 0.1)},${number(top)});`;
  });
  const ticks = colours.ticks.map(
    (tick, i) =>
      `\\node[anchor=north,inner sep=2bp] at (${number(left + (width * i) / (colours.ticks.length - 1))},${number(top - thick)}) {${latexText(tick)}};`,
  );
  return [
    ...parts,
    ...ticks,
    `\\node[anchor=west,inner sep=2bp] at (${number(left + width + 4)},${number(top - thick / 2)}) {${latexText(colours.label)}};`,
  ];
}

/**
 * Samples of lines and symbols with their names, with line breaks left to TeX, which knows the widths of its
 * type.
 */
function keyNode(key: readonly KeyEntry[], width: number, height: number, named: (colour: string) => string): string[] {
  if (key.length === 0) return [];
  const entries = key.map(({ label, stroke, symbol }) => {
    const wide = stroke === null ? 8 : 18;
    const line = stroke === null ? '' : `\\path[${strokeText(stroke, named)}] (0,0) -- (${wide},0);`;
    const marked = symbol === null ? '' : `\\path plot[${symbolText(symbol, named)}] coordinates {(${wide / 2},0)};`;
    return `\\mbox{\\tikz[baseline=-0.6ex,x=1bp,y=1bp]{\\useasboundingbox (0,-2) rectangle (${wide},2);${line}${marked}}~${latexText(label)}}`;
  });
  return [
    `\\node[anchor=north west,inner sep=0pt,text width=${number(width)}bp,align=left] at (0,${number(height)}) {${entries.join('\\hskip 1em plus 1em\\relax\n  ')}};`,
  ];
}

/** @throws RangeError for a symbol without a name: any other would be that of another arm */
function symbolText({ symbol, size, colour, filled }: SymbolLook, named: (colour: string) => string): string {
  const name = SYMBOLS.get(symbol);
  if (name === undefined) throw new RangeError('The symbol has no name in PGFPlots.');
  const inside = filled ? named(colour) : 'white';
  return `mark=${name},mark size=${number(Math.sqrt(size) / 1.9)}bp,mark options={solid,draw=${named(colour)},fill=${inside}}`;
}
