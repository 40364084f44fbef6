/** Geometry of a measure over the learning rate: one line an arm, an interval at each rate. Pure. */
import type { PlotArea } from '../axes/Axes';
import { axisTicks, numberScale, plainNumber, ticksAt, type Tick } from '../axes/ticks';
import type { ArmMark } from '../marks/armMark';

export interface RatePoint {
  readonly rate: number;
  readonly mean: number;
  /** Null with a single seed: there is no interval. */
  readonly low: number | null;
  readonly high: number | null;
}

export interface RateLine {
  readonly label: string;
  readonly mark: ArmMark;
  /** In the order of their rates. */
  readonly points: readonly RatePoint[];
}

export interface RateLayout {
  readonly width: number;
  readonly height: number;
  readonly area: PlotArea;
  readonly rates: readonly Tick[];
  readonly values: readonly Tick[];
  readonly lines: readonly PlacedLine[];
}

export interface PlacedLine {
  readonly label: string;
  readonly mark: ArmMark;
  readonly points: readonly { readonly x: number; readonly y: number; readonly from: number; readonly to: number }[];
}

const HEAD = 26;
const FOOT = 38;
const LEFT = 44;
const RIGHT = 12;
/** Lines stand a little beside each other, so that intervals do not cover one another. */
const BESIDE = 5;
const LABEL_GAP = 30;
/** What rounding leaves of equal numbers. */
const NOISE = 1e-9;

/** Rates on a logarithmic axis; the measure's axis holds all means and intervals. */
export function layOutRates(
  lines: readonly RateLine[],
  { width, height }: { readonly width: number; readonly height: number },
): RateLayout {
  const points = lines.flatMap((line) => line.points);
  const rates = [...new Set(points.map(({ rate }) => rate))].sort((a, b) => a - b);
  const ends = points.flatMap(({ mean, low, high }) => [mean, low ?? mean, high ?? mean]);
  const [least, most] = [Math.min(...ends), Math.max(...ends)];
  const room = most - least < NOISE ? 1 : 0.06 * (most - least);
  const area = { left: LEFT, top: HEAD, right: width - RIGHT, bottom: height - FOOT };
  const ratio = 1.25;
  const x = numberScale('log', [(rates[0] ?? 1e-3) / ratio, (rates.at(-1) ?? 1e-2) * ratio], [area.left, area.right]);
  const y = numberScale('linear', points.length === 0 ? [0, 1] : [least - room, most + room], [area.bottom, area.top]);
  return {
    width,
    height,
    area,
    rates: ticksAt(x, rates, (rate) => rate.toExponential().replace('e-', 'e−'), LABEL_GAP),
    values: axisTicks(y, 4, plainNumber),
    lines: lines.map(({ label, mark, points: own }, index) => ({
      label,
      mark,
      points: own.map(({ rate, mean, low, high }) => ({
        x: x(rate) + BESIDE * (index - (lines.length - 1) / 2),
        y: y(mean),
        from: y(low ?? mean),
        to: y(high ?? mean),
      })),
    })),
  };
}
