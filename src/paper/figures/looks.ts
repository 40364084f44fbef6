/** Styles of series in print: colours without transparency, and dashes and symbols that can be distinguished in grey. Pure. */
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
import type { ArmMark } from '../../scene/marks/armMark';
import type { Ramp } from '../../scene/marks/ramp';
import type { Colour, KeyEntry, Stroke, SymbolName } from './figure';

/** A CSS colour of the page, or one of its variables, on white. */
export type InkOf = (css: string) => Colour;

/** @param theme the text of theme.css. The returned function throws RangeError for what is neither six digits nor a variable there. */
export function inkFrom(theme: string): InkOf {
  return (css) => {
    const name = /^var\((--[a-z0-9-]+)\)$/.exec(css)?.[1];
    const value = name === undefined ? css : new RegExp(`${name}: (?:light-dark\\()?(#[0-9a-f]{6})`).exec(theme)?.[1];
    if (value === undefined || !/^#[0-9a-f]{6}$/i.test(value)) throw new RangeError(`There is no colour of print for ${css}.`);
    return value as Colour;
  };
}

export const INK: Colour = '#17181a';
export const GREY: Colour = '#6c7076';
export const HAIR: Colour = '#d9d9d7';

const NAMES: readonly (readonly [SymbolType, SymbolName])[] = [
  [symbolCircle, 'circle'],
  [symbolSquare, 'square'],
  [symbolTriangle, 'triangle'],
  [symbolDiamond, 'diamond'],
  [symbolCross, 'cross'],
  [symbolStar, 'star'],
  [symbolWye, 'wye'],
];

/** @throws RangeError for a symbol without a name: any other would be that of another arm */
export function symbolName(symbol: SymbolType): SymbolName {
  const found = NAMES.find(([one]) => one === symbol);
  if (found === undefined) throw new RangeError('The symbol has no name in print.');
  return found[1];
}

/** Red, green and blue of a colour, 0 to 255. */
export function channelsOf(colour: Colour): readonly number[] {
  return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
}

function colourOf(channels: readonly number[]): Colour {
  return `#${channels.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

/** @param index of the ramp's 256 colours */
export function rampInk(ramp: Ramp, index: number): Colour {
  return colourOf([...ramp.subarray(3 * index, 3 * index + 3)]);
}

/** A colour on white at a given opacity. */
export function tinted(colour: Colour, opacity: number): Colour {
  return colourOf(channelsOf(colour).map((value) => Math.round(255 - (255 - value) * opacity)));
}

/** Points in print per pixel of a dash on the page. */
const DASH = 0.6;

export function strokeOf({ colour, dash }: Pick<ArmMark, 'colour' | 'dash'>, inkOf: InkOf, width = 1): Stroke {
  const lengths = dash.split(/[\s,]+/).filter(Boolean);
  return { colour: inkOf(colour), width, dash: lengths.map((length) => Math.round(100 * DASH * Number(length)) / 100) };
}

export function thin(colour: Colour, width = 0.5): Stroke {
  return { colour, width, dash: [] };
}

export const MARKER = 14;

export function keyOf(label: string, mark: ArmMark, inkOf: InkOf, { line = true, markers = true } = {}): KeyEntry {
  return {
    label,
    stroke: line ? strokeOf(mark, inkOf) : null,
    symbol: markers ? { name: symbolName(mark.symbol), colour: inkOf(mark.colour), filled: true, size: MARKER } : null,
  };
}
