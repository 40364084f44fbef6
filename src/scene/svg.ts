/** A primitive as an element of SVG. Pure. */
import { outlineOf, type Primitive } from './drawing';

export interface SvgElement {
  readonly name: 'path' | 'text';
  /** By their names in React: `strokeWidth`. */
  readonly attributes: Readonly<Record<string, string | number | undefined>>;
  readonly text?: string;
}

/** What symbols that hide what is behind them have around them, if they are filled, or in them. */
export interface Paper {
  readonly colour: string;
  /** Width of the edge of filled symbols, and of the outline of open ones. */
  readonly edge: number;
  readonly outline: number;
}

/** @param clipPath value of the attribute for a primitive that is cut */
export function svgElement(primitive: Primitive, paper: Paper, clipPath?: string): SvgElement {
  const cut = 'clip' in primitive && primitive.clip !== undefined ? { clipPath } : {};
  switch (primitive.kind) {
    case 'line': {
      const { colour: stroke, width: strokeWidth, dash = [], opacity } = primitive.stroke;
      const strokeDasharray = dash.length === 0 ? undefined : dash.map(decimal).join(' ');
      const look = { fill: 'none', stroke, strokeWidth, strokeLinejoin: 'round', strokeDasharray, opacity };
      return { name: 'path', attributes: { d: `M${through(primitive.points)}`, ...look, ...cut } };
    }
    case 'area': {
      const { points, colour: fill, opacity } = primitive;
      return { name: 'path', attributes: { d: `M${through(points)}Z`, fill, opacity, ...cut } };
    }
    case 'symbols': {
      const { colour, filled, opacity } = primitive;
      const hides = opacity === undefined;
      const look = filled
        ? { fill: colour, ...(hides && { stroke: paper.colour, strokeWidth: paper.edge, paintOrder: 'stroke' }) }
        : { fill: hides ? paper.colour : 'none', stroke: colour, strokeWidth: paper.outline };
      return { name: 'path', attributes: { d: symbolsPath(primitive), ...look, opacity } };
    }
    case 'text': {
      const { anchor, size: fontSize, colour: fill, upright, text } = primitive;
      const [x, y] = primitive.at.map(decimal);
      const turned = upright === true ? { transform: `rotate(-90 ${x!} ${y!})` } : {};
      const textAnchor = anchor === 'start' ? undefined : anchor;
      return { name: 'text', attributes: { x, y, fontSize, fill, textAnchor, ...turned }, text };
    }
  }
}

/** All symbols as one path, so that hundreds of points are one element. */
function symbolsPath({ points, symbol, size }: Extract<Primitive, { kind: 'symbols' }>): string {
  const outline = outlineOf(symbol, size);
  if (!('radius' in outline)) {
    return points.map(([x, y]) => `M${through(outline.points.map(([dx, dy]) => [x + dx, y + dy]))}Z`).join('');
  }
  const r = decimal(outline.radius);
  const half = (across: number): string => `a${r} ${r} 0 1 1 ${decimal(across)} 0`;
  const [there, back] = [half(2 * outline.radius), half(-2 * outline.radius)];
  return points.map(([x, y]) => `M${decimal(x - outline.radius)} ${decimal(y)}${there}${back}Z`).join('');
}

function through(points: readonly (readonly [number, number])[]): string {
  return points.map(([x, y]) => `${decimal(x)} ${decimal(y)}`).join('L');
}

function decimal(value: number): string {
  return String(Math.round(100 * value) / 100);
}
