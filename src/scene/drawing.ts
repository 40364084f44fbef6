/**
 * Where a scene is on its drawing: scales, ticks that fit, and its marks as lines, areas, symbols and texts.
 * Pure; y downwards.
 */
import type { SymbolType } from 'd3';
import type { Axis, DrawnMark, ScenePanel, Point, Stroke, SymbolLook } from './scene';
import { neatTicks, numberScale, roomyTicks, thinnedTicks, type NumberScale, type Tick } from './ticks';

/** Part of a drawing. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export type Primitive =
  | { readonly kind: 'line'; readonly points: readonly Point[]; readonly stroke: Stroke; readonly clip?: Box | undefined }
  | {
      readonly kind: 'area';
      readonly points: readonly Point[];
      readonly colour: string;
      readonly opacity?: number | undefined;
      readonly clip?: Box | undefined;
    }
  | (SymbolLook & { readonly kind: 'symbols'; readonly points: readonly Point[] })
  | {
      readonly kind: 'text';
      readonly at: Point;
      readonly text: string;
      readonly anchor: 'start' | 'middle' | 'end';
      readonly size: number;
      readonly colour: string;
      /** Text that reads upwards. */
      readonly upright?: boolean;
    };

export interface PlacedAxes {
  readonly x: NumberScale;
  readonly y: NumberScale;
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
}

/** Room for the ticks of an axis. */
export interface TickRoom {
  /** Maximum number of round ticks. */
  readonly most: number;
  /** Length along the axis that a label takes. */
  readonly room: (label: string) => number;
}

export function placeAxes(
  { x, y }: Pick<ScenePanel, 'x' | 'y'>,
  area: Box,
  room: { readonly x: TickRoom; readonly y: TickRoom },
): PlacedAxes {
  const across = numberScale(x.kind, x.domain, [area.left, area.right]);
  const down = numberScale(y.kind, y.domain, y.down === true ? [area.top, area.bottom] : [area.bottom, area.top]);
  return { x: across, y: down, xTicks: ticksOf(x, across, room.x), yTicks: ticksOf(y, down, room.y) };
}

export function ticksOf({ kind, ticks, format, finer }: Axis, scale: NumberScale, { most, room }: TickRoom): Tick[] {
  return ticks === undefined ? neatTicks(kind, roomyTicks(scale, most, format, room, finer)) : thinnedTicks(scale, ticks, room);
}

/** @param size of text */
export function drawMark(mark: DrawnMark, { x, y }: Pick<PlacedAxes, 'x' | 'y'>, size: number, clip?: Box): Primitive[] {
  const at = ([a, b]: Point): Point => [x(a) + (mark.aside ?? 0), y(b)];
  switch (mark.kind) {
    case 'line':
      return mark.points.length < 2 ? [] : [{ kind: 'line', points: mark.points.map(at), stroke: mark.stroke, clip }];
    case 'rule':
      return [{ kind: 'line', points: [at(mark.from), at(mark.to)], stroke: mark.stroke, clip }];
    case 'band': {
      const upper = mark.points.map(([place, , high]) => at([place, high]));
      const lower = mark.points.map(([place, low]) => at([place, low])).reverse();
      return [{ kind: 'area', points: [...upper, ...lower], colour: mark.colour, opacity: mark.opacity, clip }];
    }
    case 'points':
      return mark.points.length === 0 ? [] : [{ ...mark, kind: 'symbols', points: mark.points.map(at) }];
    case 'text': {
      const [left, top] = at(mark.at);
      const { text, colour } = mark;
      return [{ kind: 'text', at: [left, top + (size * CAPITAL) / 2], text, anchor: 'middle', size, colour }];
    }
  }
}

/** Height of capitals as a share of the size of text. */
export const CAPITAL = 0.72;

/** Of a symbol around (0, 0). */
export type Outline = { readonly radius: number } | { readonly points: readonly Point[] };

/** @param size area of the symbol */
export function outlineOf(symbol: SymbolType, size: number): Outline {
  const points: Point[] = [];
  const radii: number[] = [];
  const add = (x: number, y: number): void => {
    points.push([x, y]);
  };
  const context: Pick<CanvasPath, 'moveTo' | 'lineTo' | 'rect' | 'arc' | 'closePath'> = {
    moveTo: add,
    lineTo: add,
    rect: (x, y, width, height) => {
      points.push([x, y], [x + width, y], [x + width, y + height], [x, y + height]);
    },
    arc: (_x, _y, r) => {
      radii.push(r);
    },
    closePath: () => undefined,
  };
  symbol.draw(context as CanvasPath, size);
  const [radius] = radii;
  return radius === undefined ? { points } : { radius };
}
