/** Values with their intervals, one below the other in groups, on one axis that includes 0. */
import type { ArmMark } from '../marks/armMark';
import type { Labelled } from '../marks/label';
import { rowAxis, rowMarks, zeroRule } from '../rows';
import { numberAxis, padded, type ScenePanel } from '../scene';
import { plainNumber } from '../ticks';

/** A value with its interval, or without: one target has none. */
export interface IntervalPoint extends Labelled {
  readonly value: number;
  readonly interval: readonly [low: number, high: number] | null;
}

/** The values of one model, one line per point. */
export interface IntervalGroup extends Labelled {
  readonly id: string;
  readonly mark: ArmMark;
  readonly points: readonly IntervalPoint[];
}

export interface IntervalsData {
  readonly kind: 'intervals';
  readonly name: string;
  readonly groups: readonly IntervalGroup[];
  readonly xLabel: string;
  readonly format?: (value: number) => string;
}

/** Room between groups, in rows. */
const GAP = 0.37;

export interface IntervalsPanel extends ScenePanel {
  /** Rows of each group: of its heading, and of its points. */
  readonly rows: readonly { readonly group: IntervalGroup; readonly heading: number; readonly points: readonly number[] }[];
}

/** @param headings whether groups have a row of their own above their points */
export function intervalsPanel(
  { name, groups, xLabel, format = plainNumber }: Omit<IntervalsData, 'kind'>,
  headings = false,
): IntervalsPanel {
  let end = 0;
  const rows = groups.map((group, place) => {
    const heading = end + (place === 0 ? 0 : GAP);
    const first = heading + (headings ? 1 : 0);
    end = first + group.points.length;
    return { group, heading, points: group.points.map((_, i) => first + i) };
  });
  const every = rows.flatMap(({ group: { label, mark, points }, points: places }) =>
    points.map((point, i) => ({ label: points.length > 1 ? `${label}, ${point.label}` : label, mark, point, value: places[i]! })),
  );
  const ends = every.flatMap(({ point: { value, interval } }) => [value, ...(interval ?? [])]);
  return {
    ...{ name, rows },
    x: { ...numberAxis(xLabel, padded([0, ...ends], 0.05), true), format },
    y: rowAxis(every, end),
    marks: [
      zeroRule(end),
      ...every.flatMap(({ label, mark, value: row, point: { value, interval } }) => rowMarks(label, mark, row, value, interval)),
    ],
    shape: { rows: end, lines: 1.5 },
  };
}
