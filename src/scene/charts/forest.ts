/**
 * A forest plot: one row per arm, with its difference from a baseline and an interval, around a line at 0.
 */
import { symbolCircle } from 'd3';
import type { ArmMark } from '../marks/armMark';
import { rowAxis, rowMarks, zeroRule } from '../rows';
import { numberAxis, padded, type Mark, type ScenePanel, type Point } from '../scene';

export interface ForestEstimate {
  readonly difference: number;
  /** Null with a single seed: there is no interval. */
  readonly low: number | null;
  readonly high: number | null;
  readonly distinguishable: boolean;
}

export interface ForestRow {
  readonly label: string;
  readonly mark: ArmMark;
  /** Null while there is nothing to compare. */
  readonly estimate: ForestEstimate | null;
  /** Differences of single seeds. */
  readonly seeds: readonly number[];
}

export interface ForestData {
  readonly kind: 'forest';
  /** The measure with its unit. */
  readonly name: string;
  readonly rows: readonly ForestRow[];
}

/** 0 is always on the axis. */
export function forestPanel({ name, rows }: Omit<ForestData, 'kind'>): ScenePanel {
  const ends = rows.flatMap(({ estimate, seeds }) => [
    ...seeds,
    ...(estimate === null ? [] : [estimate.difference, estimate.low ?? 0, estimate.high ?? 0]),
  ]);
  return {
    name,
    x: numberAxis(`Δ ${name}`, padded([0, ...ends], 0.06), true),
    y: rowAxis(rows.map(({ label }, value) => ({ label, value }))),
    marks: [
      zeroRule(rows.length),
      ...rows.flatMap(({ label: series, mark, estimate, seeds }, row): Mark[] => {
        const { colour } = mark;
        const dots = seeds.map((value): Point => [value, row]);
        return [
          { series, kind: 'points', points: dots, symbol: symbolCircle, size: 10, colour, filled: true, opacity: 0.45 },
          ...(estimate === null ? [] : estimateMarks(series, mark, row, estimate)),
        ];
      }),
    ],
    shape: { rows: rows.length, lines: 1.7 },
  };
}

function estimateMarks(
  series: string,
  mark: ArmMark,
  row: number,
  { difference, low, high, distinguishable }: ForestEstimate,
): Mark[] {
  const interval = low === null || high === null ? null : ([low, high] as const);
  return rowMarks(series, mark, row, difference, interval, distinguishable);
}
