import { format, scaleLinear, scaleLog } from 'd3';

export interface Tick {
  readonly value: number;
  /** Pixels along the axis. */
  readonly at: number;
  readonly label: string;
}

/** The part of d3's continuous scales that the charts use. */
export interface NumberScale {
  (value: number): number;
  invert: (pixel: number) => number;
  ticks: (count?: number) => number[];
  domain: () => number[];
  /** Of a logarithmic scale. */
  base?: () => number;
}

export type ScaleKind = 'linear' | 'log';

/** Linear or log₁₀ scale; an empty or one-valued domain is widened, so that a first point can be drawn. */
export function numberScale(kind: ScaleKind, domain: readonly [number, number], range: readonly [number, number]): NumberScale {
  let [low, high] = domain;
  if (kind === 'log') {
    if (!(low > 0)) low = high > 0 ? high / 1000 : 0.1;
    if (!(high > low)) high = low * 10;
    return scaleLog([low, high], [...range]);
  }
  if (!(high > low)) high = low + 1;
  return scaleLinear([low, high], [...range]);
}

export function axisTicks(scale: NumberScale, count: number, label: (value: number) => string): Tick[] {
  return scale.ticks(count).map((value) => ({ value, at: scale(value), label: label(value) }));
}

/** A number in decimals and its unit, as labels of ticks write them. */
const DECIMALS = /^([+−-]?[\d,]+)(?:\.(\d+))?(\D*)$/;

/**
 * The labels of one axis with as many decimals as their values need: all alike on a linear axis, each for
 * itself on a logarithmic one.
 */
export function neatTicks(kind: ScaleKind, ticks: readonly Tick[]): Tick[] {
  const needed = ticks.map(({ label }) => (DECIMALS.exec(label)?.[2] ?? '').replace(/0+$/, '').length);
  const most = Math.max(0, ...needed);
  return ticks.map((tick, i) => {
    const [, whole, fraction = '', unit = ''] = DECIMALS.exec(tick.label) ?? [];
    if (whole === undefined) return tick;
    const digits = kind === 'linear' ? most : needed[i]!;
    return { ...tick, label: `${whole}${digits === 0 ? '' : '.'}${fraction.slice(0, digits).padEnd(digits, '0')}${unit}` };
  });
}

/** Mean width of a character of an axis label, in pixels. */
const CHARACTER = 6.2;

/** Room that the label of a tick takes beside others, on the page. */
export function labelRoom(label: string): number {
  return CHARACTER * label.length + 6;
}

/**
 * As many ticks as there is room for: labels do not touch, and none repeats.
 * @param room length along the axis that a label takes
 * @param finer whether ticks that the format does not distinguish get more digits, rather than fewer ticks
 */
export function roomyTicks(
  scale: NumberScale,
  most: number,
  label: (value: number) => string,
  room: (label: string) => number = labelRoom,
  finer = false,
): Tick[] {
  for (let count = most; count > 1; count--) {
    let ticks = axisTicks(scale, count, label);
    if (finer && !areDistinct(ticks)) ticks = axisTicks(scale, count, plainNumber);
    // A logarithmic axis has a tick at every digit, however few are asked for.
    if (scale.base !== undefined && ticks.length > 8)
      ticks = ticks.filter(({ value }) => /^[125]/.test(Math.abs(value).toExponential()));
    const apart = ticks.every((tick, i) => {
      const next = ticks[i + 1];
      return next === undefined || Math.abs(next.at - tick.at) >= (room(tick.label) + room(next.label)) / 2;
    });
    if (apart && areDistinct(ticks)) return ticks;
  }
  return axisTicks(scale, 1, label);
}

function areDistinct(ticks: readonly Tick[]): boolean {
  return new Set(ticks.map(({ label }) => label)).size === ticks.length;
}

/** Given ticks; those whose labels would touch have none. */
export function thinnedTicks(scale: NumberScale, ticks: readonly Omit<Tick, 'at'>[], room: (label: string) => number): Tick[] {
  let end = -Infinity;
  return ticks.map(({ value, label }) => {
    const [at, half] = [scale(value), room(label) / 2];
    const shown = at - half >= end;
    if (shown) end = at + half;
    return { value, at, label: shown ? label : '' };
  });
}

/** Ticks at given values; those too close to the previous one have no label. */
export function ticksAt(scale: NumberScale, values: readonly number[], label: (value: number) => string, gap: number): Tick[] {
  let last = -Infinity;
  return values.map((value) => {
    const at = scale(value);
    const shown = at - last >= gap;
    if (shown) last = at;
    return { value, at, label: shown ? label(value) : '' };
  });
}

const PLAIN = format('~g');
const THOUSANDS = format(',');

/** 1200 → `1,200`, 0.05 → `0.05`. */
export function plainNumber(value: number): string {
  return Number.isInteger(value) ? THOUSANDS(value) : PLAIN(Number(value.toPrecision(6)));
}
