/** Measures of a grid over the learning rate, where it varies: a line an arm and other setting. Pure. */
import type { RateLine } from './ratePlot';
import { armMark } from '../marks/armMark';
import type { Measure } from '../../measures/measure';
import { meanInterval } from '../../statistics/statistics';
import type { Cell, GridPlan, Variant } from '../../experiment/grid/plan';
import type { CellResult } from '../../experiment/grid/results';

const RATE = 'training.learningRate';

/** What is drawn over the rate, in this order, as far as it was measured: ranking, sinks, language. */
export const OVER_RATES: readonly string[] = ['hr@10', 'firstHalfSinkRate', 'lmDrift'];

/** The rate of a cell: its tuned one, or its setting. */
function rateOf({ rate, variant }: Cell): number | null {
  const setting: unknown = variant.settings.find(({ path }) => path === RATE)?.value;
  return rate ?? (typeof setting === 'number' ? setting : null);
}

/** `karma`, `karma 64`: the arm, and where it stands on the other axes. */
function lineName({ arm, settings }: Variant): string {
  const others = settings
    .filter(({ path }) => path !== RATE)
    .map(({ value }) => (typeof value === 'string' ? value : JSON.stringify(value)));
  return [arm.label, ...others].join(' · ');
}

/**
 * Final values in the measure's shown unit, with 95 % t-intervals over seeds; empty where the grid has one rate alone.
 * Lines without any finished cell are left out.
 */
export function rateLines(plan: GridPlan, results: ReadonlyMap<string, CellResult>, measure: Measure): RateLine[] {
  const rates = [...new Set(plan.cells.map(rateOf).filter((rate) => rate !== null))].sort((a, b) => a - b);
  if (rates.length < 2) return [];
  const ids = [...new Set(plan.variants.map(({ arm }) => arm.id))];
  const names = [...new Set(plan.variants.map(lineName))];
  return names.flatMap((label) => {
    const cells = plan.cells.filter(({ variant }) => lineName(variant) === label);
    const points = rates.flatMap((rate) => {
      const values = cells.flatMap((cell) => {
        const value = rateOf(cell) === rate ? results.get(cell.key)?.summary.last?.values[measure.id] : undefined;
        return value === undefined ? [] : [value * measure.scale];
      });
      return values.length === 0 ? [] : [{ rate, ...meanInterval(values) }];
    });
    return points.length === 0 ? [] : [{ label, mark: armMark(cells[0]!.variant.arm.id, ids), points }];
  });
}
