import type { TableCell } from '../../charts/export/table';
import type { MatrixEntry } from '../../experiment/grid/matrix';

/** Columns of a table for a row's comparison with the baseline. */
export const COMPARISON_COLUMNS = ['difference', '95 % low', '95 % high', 'p', 'p Holm', 'distinguishable'] as const;

export function comparisonCells({ comparison }: Pick<MatrixEntry, 'comparison'>): TableCell[] {
  if (!comparison) return COMPARISON_COLUMNS.map(() => null);
  const { difference, low, high, p, adjusted, distinguishable } = comparison;
  return [difference, low, high, p, adjusted, String(distinguishable)];
}
