/**
 * A measure over a numeric axis: one line per arm, with an interval at each value, and the untrained model as
 * a level.
 */
import { compactAlike } from '../../recipe/numberText';
import type { ArmMark } from '../marks/armMark';
import { keyEntries, numberAxis, padded, strokeOf, symbolOf, type Mark, type ScenePanel, type Point } from '../scene';

export interface SweepChartPoint {
  readonly at: number;
  readonly mean: number;
  /** Null with a single seed: there is no interval. */
  readonly low: number | null;
  readonly high: number | null;
}

export interface SweepChartLine {
  readonly label: string;
  readonly mark: ArmMark;
  /** Ascending. */
  readonly points: readonly SweepChartPoint[];
}

export interface SweepData {
  readonly kind: 'sweep';
  /** The measure with its unit. */
  readonly name: string;
  readonly lines: readonly SweepChartLine[];
  readonly axis: string;
  /** The untrained model's value. */
  readonly base: number | null;
}

/** Ratio of largest to smallest value from which the axis is logarithmic. */
const LOGARITHMIC = 4;
/** Pixels by which lines are offset, so that intervals do not overlap. */
const ASIDE = 5;

/**
 * Values on a logarithmic axis if they differ by factors, else on a linear one; the measure's axis includes
 * all means and intervals.
 */
export function sweepPanel({ name, lines, axis, base }: Omit<SweepData, 'kind'>): ScenePanel {
  const points = lines.flatMap((line) => line.points);
  const places = [...new Set(points.map(({ at }) => at))].sort((a, b) => a - b);
  const [first = 0, last = 1] = [places[0], places.at(-1)];
  const factors = first > 0 && last >= LOGARITHMIC * first;
  const domain = factors ? ([first / 1.25, last * 1.25] as const) : padded([first, last], 0.08);
  const format = compactAlike(places);
  const ends = [...points.flatMap(({ mean, low, high }) => [mean, low ?? mean, high ?? mean]), ...(base === null ? [] : [base])];
  const untrained = strokeOf({ colour: 'var(--arm-base)', dash: '1.5 3' }, 1.5);
  return {
    name,
    x: {
      ...{ ...numberAxis(axis, domain), kind: factors ? 'log' : 'linear' },
      ticks: places.map((value) => ({ value, label: format(value).replace('-', '−') })),
    },
    y: numberAxis(name, padded(ends, 0.06), true),
    marks: [
      ...(base === null
        ? []
        : [{ series: 'untrained', kind: 'rule', from: [domain[0], base], to: [domain[1], base], stroke: untrained } as const]),
      ...lines.flatMap(({ label: series, mark, points: own }, index): Mark[] => {
        const of = { series, aside: ASIDE * (index - (lines.length - 1) / 2) };
        const means = own.map(({ at, mean }): Point => [at, mean]);
        const stroke = { colour: mark.colour, width: 1.75, opacity: 0.6 };
        return [
          { ...of, kind: 'line', points: means, stroke: strokeOf(mark) },
          ...own.flatMap(({ at, low, high }): Mark[] =>
            low === null || high === null ? [] : [{ ...of, kind: 'rule', from: [at, low], to: [at, high], stroke }],
          ),
          { ...of, kind: 'points', points: means, ...symbolOf(mark, 50) },
        ];
      }),
    ],
    key: [...keyEntries(lines), ...(base === null ? [] : [{ label: 'untrained', stroke: untrained, symbol: null }])],
    shape: { ratio: 0.66 },
  };
}
