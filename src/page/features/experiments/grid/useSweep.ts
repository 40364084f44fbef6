import { useMemo } from 'react';
import { sweepOf, type Sweep } from '../../../../experiment/grid/sweep';
import { useSavedRecord } from '../../../state/runs/useSavedRecord';
import { useRuns } from '../../../state/runs/runsState';
import { resultsOf, useGrid, type KeptGrid } from '../../../state/grid/gridState';

/**
 * What the grid has found so far along the number that it varies; the base model's values come from the first
 * record that is read.
 */
export function useSweep({ logTitle }: Pick<KeptGrid, 'logTitle'>): Sweep | null {
  const plan = useGrid((grid) => grid.plan);
  const results = resultsOf(useRuns((runs) => runs.entries));
  const run = plan?.cells.map(({ key }) => results.get(key)?.run).find((id) => id !== undefined) ?? null;
  const record = useSavedRecord(run);
  return useMemo(
    () => plan && sweepOf(plan, results, { log: logTitle, record: record ?? null }),
    [plan, results, logTitle, record],
  );
}
