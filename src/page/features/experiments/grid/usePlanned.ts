import { useMemo } from 'react';
import type { PlannedGrid } from '../../../../readings/grid/gridsTable';
import { plannedGrid, type KeptGrid } from '../../../state/grid/gridState';

/** As `plannedGrid`; planned again only when the grid changes, since that hashes the recipe of every cell. */
export function usePlanned(grid: KeptGrid, label: string): PlannedGrid | null {
  return useMemo(() => plannedGrid(grid, label), [grid, label]);
}
