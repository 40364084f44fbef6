/** A scene in print: colours on white without transparency, lengths in points. Pure. */
import type { Ramp } from '../../scene/marks/ramp';
import { extremeIndices } from '../../scene/extremes';
import type { Cells, DrawnMark, KeyEntry, Mark, ScenePanel, Stroke, SymbolLook } from '../../scene/scene';

/** Six hexadecimal digits after `#`. */
export type Colour = `#${string}`;

export type PrintedCells = Cells & { readonly ramp: Ramp };
export type PrintedMark = DrawnMark | PrintedCells;
export type PrintedPanel = ScenePanel<PrintedMark> & { readonly key: readonly KeyEntry[] };

/** A CSS colour of the page, or one of its variables, on white. */
export type InkOf = (css: string) => Colour;

/**
 * @param theme the text of theme.css. The returned function throws RangeError for what is neither six digits
 * nor a variable there.
 */
export function inkFrom(theme: string): InkOf {
  return (css) => {
    const name = /^var\((--[a-z0-9-]+)\)$/.exec(css)?.[1];
    const value = name === undefined ? css : new RegExp(`${name}: (?:light-dark\\()?(#[0-9a-f]{6})`).exec(theme)?.[1];
    if (value === undefined || !/^#[0-9a-f]{6}$/i.test(value)) throw new RangeError(`There is no colour of print for ${css}.`);
    return value as Colour;
  };
}

export const INK: Colour = '#17181a';
export const PAPER_STYLE = { colour: '#ffffff', edge: 0.4, outline: 0.8 } as const;

/** Red, green and blue of a colour, 0 to 255. */
export function channelsOf(colour: string): readonly number[] {
  return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
}

function colourOf(channels: readonly number[]): Colour {
  return `#${channels.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

/** @param index of the ramp's 256 colours */
export function rampInk(ramp: Ramp, index: number): Colour {
  return colourOf([...ramp.subarray(3 * index, 3 * index + 3)]);
}

export function thin(colour: Colour, width = 0.5): Stroke {
  return { colour, width };
}

/** Lines across a panel. */
export const GRID_STROKE = thin('#d9d9d7', 0.4);

/** Points in print per pixel on the page. */
const POINTS = 0.6;

/** Maximum number of points of a printed line. */
const MOST_POINTS = 400;

export function printed(panel: ScenePanel, inkOf: InkOf): PrintedPanel {
  const ink = (css: string, opacity = 1): Colour =>
    colourOf(channelsOf(inkOf(css)).map((value) => Math.round(255 - (255 - value) * opacity)));
  const strokeOf = ({ colour, width, dash = [], opacity }: Stroke): Stroke => ({
    colour: ink(colour, opacity),
    width: points(width),
    dash: dash.map(points),
  });
  const lookOf = ({ symbol, size, colour, filled, opacity }: SymbolLook): SymbolLook => ({
    ...{ symbol, filled },
    size: POINTS * POINTS * size,
    colour: ink(colour, opacity),
  });
  const markOf = (mark: Mark): PrintedMark => {
    const of = { series: mark.series, aside: points(mark.aside ?? 0) };
    switch (mark.kind) {
      case 'line': {
        const kept = extremeIndices(
          mark.points.map(([, y]) => y),
          MOST_POINTS,
        );
        return { ...mark, ...of, points: kept.map((i) => mark.points[i]!), stroke: strokeOf(mark.stroke) };
      }
      case 'rule':
        return { ...mark, ...of, stroke: strokeOf(mark.stroke) };
      case 'band':
        return { kind: 'band', points: mark.points, ...of, colour: ink(mark.colour, mark.opacity) };
      case 'points':
        return { kind: 'points', points: mark.points, ...of, ...lookOf(mark) };
      case 'text':
        return { ...mark, ...of, colour: ink(mark.colour) };
      case 'cells':
        return { ...mark, ramp: typeof mark.ramp === 'string' ? shades(inkOf(mark.ramp)) : mark.ramp };
    }
  };
  const key = (panel.key ?? []).map(({ label, stroke, symbol }) => ({
    ...{ label, stroke: stroke && strokeOf(stroke), symbol: symbol && lookOf(symbol) },
  }));
  return { ...panel, marks: panel.marks.map(markOf), key };
}

function points(pixels: number): number {
  return Math.round(100 * POINTS * pixels) / 100;
}

/** From white to a colour. */
function shades(colour: Colour): Ramp {
  const ends = channelsOf(colour);
  return Uint8ClampedArray.from({ length: 256 * 3 }, (_, i) => 255 - ((255 - ends[i % 3]!) * Math.floor(i / 3)) / 255);
}
