/** A measure of a sweep as lines: means over seeds with 95 % t-intervals, in the unit that is shown. Pure. */
import type { SweepLine as Swept } from '../../experiment/grid/sweep';
import type { Measure } from '../../measures/measure';
import { meanInterval } from '../../statistics/statistics';
import { armMark } from '../marks/armMark';
import type { SweepLine } from './sweepPlot';

/** Lines without a value of the measure are left out; intervals need two seeds. */
export function sweepLines(swept: readonly Swept[], { id, scale }: Measure): SweepLine[] {
  const ids = [...new Set(swept.map(({ arm }) => arm))];
  return swept.flatMap(({ arm, label, points }) => {
    const drawn = points.flatMap(({ at, seeds }) => {
      const values = seeds.flatMap(({ values: own }) => (own[id] === undefined ? [] : [own[id] * scale]));
      return values.length === 0 ? [] : [{ at, ...meanInterval(values) }];
    });
    return drawn.length === 0 ? [] : [{ label, mark: armMark(arm, ids), points: drawn }];
  });
}
