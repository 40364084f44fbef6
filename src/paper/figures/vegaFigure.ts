/** A laid-out figure as Vega-Lite 5 with its data. */
import type { SymbolType } from 'd3';
import { outlineOf } from '../../scene/drawing';
import { rampColour } from '../../scene/marks/ramp';
import type { Axis, KeyEntry } from '../../scene/scene';
import type { PrintedMark, PrintedPanel } from './printed';
import type { PlacedFigure, PlacedPanel } from './layOut';

/** A symbol as a path of the size of Vega's own. */
function shapePath(symbol: SymbolType): string {
  const outline = outlineOf(symbol, 4);
  if ('radius' in outline) return 'circle';
  return `M${outline.points.map((point) => point.map((value) => value.toFixed(2)).join(',')).join('L')}Z`;
}

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** @param title of the whole figure; panels have letters */
export function vegaFigure({ panels, size }: PlacedFigure, title: string, font: string): string {
  const starts = new Set(panels.map(({ start }) => Math.round(start)));
  const views = panels.map(viewOf);
  const config = {
    font,
    axis: { labelFontSize: size, titleFontSize: size, titleFontWeight: 'normal' },
    legend: { labelFontSize: size, titleFontSize: size, titleFontWeight: 'normal' },
    title: { fontSize: size },
    view: { stroke: null },
  };
  const head = { $schema: 'https://vega.github.io/schema/vega-lite/v5.json', description: title, background: 'white', config };
  const whole =
    views.length === 1
      ? { ...head, ...views[0]! }
      : {
          ...head,
          columns: starts.size,
          concat: views,
          resolve: { scale: { color: 'independent', strokeDash: 'independent', shape: 'independent' } },
        };
  return `${JSON.stringify(whole)}\n`;
}

function viewOf({ panel, letter, area, xTicks, yTicks }: PlacedPanel): Record<string, Json> {
  return {
    ...(letter === null ? {} : { title: { text: `${letter} ${panel.name}`, anchor: 'start', fontWeight: 'normal' } }),
    width: Math.round(area.right - area.left),
    height: Math.round(area.bottom - area.top),
    encoding: {
      x: { ...channel(panel.x, xTicks, 'x'), ...positionAxis(panel, 'x') },
      y: { ...channel(panel.y, panel.y.ticks ?? yTicks, 'y'), ...positionAxis(panel, 'y') },
    },
    layer: merged(panel.marks).flatMap((mark) => layersOf(mark, panel)),
  };
}

/**
 * Names of the positions of a map, which on paper stand down its diagonal: as many as fit beside each axis.
 */
function positionAxis({ diagonal }: PrintedPanel, name: 'x' | 'y'): Record<string, Json> {
  if (diagonal === undefined) return {};
  const axis = {
    values: diagonal.labels.map((_, at) => at + 0.5),
    labelExpr: `${JSON.stringify(diagonal.labels)}[floor(datum.value)]`,
    ...{ labelLimit: 120, labelOverlap: true, ticks: false, domain: false, grid: false },
    title: name === 'x' ? 'attended' : 'attending',
    ...(name === 'x' && { labelAngle: -90 }),
  };
  return { axis };
}

/** Consecutive rules of the same style form one layer. */
type Layered =
  | Exclude<PrintedMark, { kind: 'rule' }>
  | (Omit<Extract<PrintedMark, { kind: 'rule' }>, 'kind' | 'from' | 'to'> & {
      readonly kind: 'rules';
      readonly ends: readonly (readonly [number, number, number, number])[];
    });

function merged(marks: readonly PrintedMark[]): Layered[] {
  const out: Layered[] = [];
  for (const mark of marks) {
    if (mark.kind !== 'rule') {
      out.push(mark);
      continue;
    }
    const { series, stroke, from, to } = mark;
    const ends = [...from, ...to] as const;
    const last = out.at(-1);
    if (last?.kind === 'rules' && last.series === series && JSON.stringify(last.stroke) === JSON.stringify(stroke)) {
      out[out.length - 1] = { ...last, ends: [...last.ends, ends] };
    } else {
      out.push({ kind: 'rules', series, stroke, ends: [ends], ...(mark.aside !== undefined && { aside: mark.aside }) });
    }
  }
  return out;
}

/** Ticks are formatted as on paper. */
function channel(
  { kind, domain, label, down, bare, grid }: Axis,
  ticks: NonNullable<Axis['ticks']>,
  name: 'x' | 'y',
): Record<string, Json> {
  const written = Object.fromEntries(ticks.map((tick) => [String(tick.value), tick.label]));
  const axis: Json =
    bare === true
      ? null
      : {
          values: ticks.map(({ value }) => value),
          labelExpr: `(${JSON.stringify(written)})[toString(datum.value)] || ''`,
          title: label === '' ? null : label,
          grid: grid === true,
          ...(name === 'y' ? { labelLimit: 200 } : {}),
        };
  return {
    field: name,
    type: 'quantitative',
    axis,
    scale: { type: kind, domain: [...domain], nice: false, ...(kind === 'linear' && { zero: false }), reverse: down === true },
  };
}

/**
 * What tells the series of a kind of mark apart in grey: the property of a mark, or the channel that the
 * legend shows.
 */
interface Look {
  readonly name: 'strokeDash' | 'shape';
  /** Of this mark. */
  readonly value: Json;
  readonly of: (entry: KeyEntry) => Json;
}

/** Vega takes an empty dash for a missing value of a scale. */
function dashOf({ stroke }: KeyEntry): Json {
  const { dash = [] } = stroke ?? {};
  return dash.length === 0 ? [1, 0] : [...dash];
}

function shapeOf({ symbol }: KeyEntry): Json {
  return symbol === null ? 'stroke' : shapePath(symbol.symbol);
}

function layersOf(mark: Layered, { colours, key, diagonal }: PrintedPanel): Record<string, Json>[] {
  const about = { description: mark.series };
  const aside = mark.aside === undefined || mark.aside === 0 ? {} : { xOffset: mark.aside };
  // One colour, dash and symbol per series, named in one legend; other inks of a series are set directly.
  const own = key.find(({ label }) => label === mark.series);
  const inked = (
    colour: string,
    look: Look,
  ): { readonly mark: Record<string, Json>; readonly encoding: Record<string, Json> } => {
    const entry = own?.stroke?.colour ?? own?.symbol?.colour;
    if (entry !== colour) return { mark: { color: colour, [look.name]: look.value }, encoding: {} };
    const channel = (range: readonly Json[]): Json => ({
      datum: mark.series,
      scale: { domain: key.map(({ label }) => label), range },
      legend: { title: null, orient: 'top' },
    });
    const colours = key.map((one) => one.stroke?.colour ?? one.symbol!.colour);
    return { mark: {}, encoding: { color: channel(colours), [look.name]: channel(key.map(look.of)) } };
  };
  switch (mark.kind) {
    case 'line': {
      const { colour, width, dash = [] } = mark.stroke;
      const ink = inked(colour, { name: 'strokeDash', value: [...dash], of: dashOf });
      const look = { type: 'line', strokeWidth: width, clip: true, ...aside, ...ink.mark };
      return [{ ...about, data: points(mark.points), mark: look, encoding: ink.encoding }];
    }
    case 'rules': {
      const { colour, width, dash = [] } = mark.stroke;
      const look = { type: 'rule', color: colour, strokeWidth: width, strokeDash: [...dash], clip: true, ...aside };
      const values = mark.ends.map(([x, y, x2, y2]) => ({ x: round(x), y: round(y), x2: round(x2), y2: round(y2) }));
      return [{ ...about, data: { values }, mark: look, encoding: { x2: { field: 'x2' }, y2: { field: 'y2' } } }];
    }
    case 'band': {
      const values = mark.points.map(([x, low, high]) => ({ x: round(x), y: round(low), y2: round(high) }));
      return [
        {
          ...about,
          data: { values },
          mark: { type: 'area', color: mark.colour, clip: true, ...aside },
          encoding: { y2: { field: 'y2' } },
        },
      ];
    }
    case 'points': {
      const ink = inked(mark.colour, { name: 'shape', value: shapePath(mark.symbol), of: shapeOf });
      const look = {
        type: 'point',
        size: 1.5 * mark.size,
        filled: mark.filled,
        opacity: 1,
        ...aside,
        ...ink.mark,
      };
      return [{ ...about, data: points(mark.points), mark: look, encoding: ink.encoding }];
    }
    case 'text': {
      const values = [{ x: mark.at[0], y: mark.at[1], text: mark.text }];
      return [{ data: { values }, mark: { type: 'text', color: mark.colour }, encoding: { text: { field: 'text' } } }];
    }
    case 'cells': {
      const values = mark.places.flatMap((place, i) => {
        const [x, y] = [i % mark.columns, Math.floor(i / mark.columns)];
        const names = diagonal === undefined ? {} : { attending: diagonal.labels[y]!, attended: diagonal.labels[x]! };
        return place === null
          ? []
          : [{ x, y, x2: x + 1, y2: y + 1, value: round(mark.values[i]!), place: round(place), ...names }];
      });
      const tooltip = (diagonal === undefined ? ['value'] : ['attending', 'attended', 'value']).map((field) => ({
        field,
        type: field === 'value' ? 'quantitative' : 'nominal',
      }));
      const last = (colours?.ticks.length ?? 0) - 1;
      const legend: Json =
        colours === undefined
          ? null
          : {
              title: colours.label,
              orient: 'bottom',
              values: colours.ticks.map((_, i) => i / last),
              labelExpr: `${JSON.stringify(colours.ticks)}[round(datum.value * ${last})]`,
            };
      const range = Array.from({ length: 17 }, (_, i) => rampColour(mark.ramp, i / 16));
      const color = { field: 'place', type: 'quantitative', scale: { domain: [0, 1], range }, legend };
      return [
        {
          ...about,
          data: { values },
          mark: { type: 'rect' },
          encoding: { x2: { field: 'x2' }, y2: { field: 'y2' }, color, tooltip },
        },
      ];
    }
  }
}

function points(of: readonly (readonly [number, number])[]): Json {
  return { values: of.map(([x, y]) => ({ x: round(x), y: round(y) })) };
}

function round(value: number): number {
  return Number(value.toPrecision(6));
}
