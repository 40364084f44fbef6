/** A column of the matrix as rows of a forest plot. Pure. */
import type { ForestRow } from '../../scene/charts/forest';
import { armMark } from '../../scene/marks/armMark';
import type { MatrixEntry } from '../../experiment/grid/matrix';

/** The parts of a matrix row that are drawn. */
interface Compared<Variant extends { readonly arm: { readonly id: string } }> {
  readonly variant: Variant;
  readonly entries: readonly Pick<MatrixEntry, 'measure' | 'values' | 'comparison'>[];
}

/**
 * Every row except the baseline, as its difference in the measure's displayed unit.
 * @param index of the measure among the rows' entries
 */
export function forestRows<Variant extends { readonly arm: { readonly id: string } }>(
  rows: readonly Compared<Variant>[],
  baseline: Compared<Variant>,
  index: number,
  label: (variant: Variant) => string,
): ForestRow[] {
  const ids = [...new Set(rows.map(({ variant }) => variant.arm.id))];
  const against = baseline.entries[index]!.values;
  return rows
    .filter((row) => row !== baseline)
    .map(({ variant, entries }) => {
      const { measure, values, comparison } = entries[index]!;
      const shown = (value: number): number => value * measure.scale;
      return {
        label: label(variant),
        mark: armMark(variant.arm.id, ids),
        estimate: comparison && {
          difference: shown(comparison.difference),
          low: comparison.low === null ? null : shown(comparison.low),
          high: comparison.high === null ? null : shown(comparison.high),
          distinguishable: comparison.distinguishable,
        },
        seeds: [...values].flatMap(([seed, value]) => (against.has(seed) ? [shown(value - against.get(seed)!)] : [])),
      };
    });
}
