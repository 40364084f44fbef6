/** The measures of a sweep as lines: means over seeds with 95 % t-intervals, in the displayed unit. Pure. */
import { drawnMeasures, type Sweep, type SweepLine as Swept } from '../../experiment/grid/sweep';
import type { Measure } from '../../measures/measure';
import { meanInterval } from '../../statistics/statistics';
import { armMark, type ArmMark } from '../../scene/marks/armMark';
import type { SweepChartLine } from '../../scene/charts/sweep';

/**
 * A mark for each line: its arm's, for one line of the arm; the others, under other settings, have marks of
 * their own.
 */
function lineMarks(swept: readonly Swept[]): ArmMark[] {
  const ids = swept.map(({ arm }, i) => (swept.findIndex((one) => one.arm === arm) === i ? arm : `${arm} ${i}`));
  return ids.map((id) => armMark(id, ids));
}

/** Lines without a value of the measure are left out; intervals need two seeds. */
export function sweepLines(swept: readonly Swept[], { id, scale }: Measure): SweepChartLine[] {
  const marks = lineMarks(swept);
  return swept.flatMap(({ label, points }, i) => {
    const drawn = points.flatMap(({ at, seeds }) => {
      const values = seeds.flatMap(({ values: own }) => (own[id] === undefined ? [] : [own[id] * scale]));
      return values.length === 0 ? [] : [{ at, ...meanInterval(values) }];
    });
    return drawn.length === 0 ? [] : [{ label, mark: marks[i]!, points: drawn }];
  });
}

export interface DrawnMeasure {
  readonly measure: Measure;
  readonly lines: readonly SweepChartLine[];
  /** The untrained model's value in the same unit; null if unknown. */
  readonly base: number | null;
}

/** The plots of a sweep, one per measure. */
export function drawnSweep(sweep: Sweep): DrawnMeasure[] {
  return drawnMeasures(sweep).map((measure) => {
    const base = sweep.base[measure.id];
    return { measure, lines: sweepLines(sweep.lines, measure), base: base === undefined ? null : base * measure.scale };
  });
}
