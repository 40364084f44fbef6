/** Arms of one recipe over its seeds: their final values by seed, from the run on the page and from saved runs. Pure. */
import { seedlessKey } from '../../experiment/grid/cellKey';
import type { MatrixRow } from '../../experiment/grid/matrix';
import type { CellResult } from '../../experiment/grid/results';
import { summariseArm } from '../../experiment/armSummary';
import type { RunRecord } from '../../record/runRecord';
import type { RunEntry } from '../runs/runEntry';

export interface ArmOverSeeds {
  readonly id: string;
  readonly label: string;
  /** Values of the final evaluation by seed and measure, unscaled. */
  readonly bySeed: ReadonlyMap<number, Readonly<Record<string, number>>>;
}

/**
 * The arms of a finished run with all their known seeds: its own, and those of finished runs that are not hidden.
 * @returns null if there is only one seed, or the run is not finished
 */
export function armsOverSeeds(record: RunRecord, entries: readonly RunEntry[]): ArmOverSeeds[] | null {
  const { seed } = record.spec;
  // A key takes a hash: runs on other logs or with other lengths are left out before.
  const alike = ({ data, spec }: Pick<RunEntry, 'data' | 'spec'>): boolean =>
    data.hash === record.data.hash && spec.training.steps === record.spec.training.steps;
  const others = entries.filter(
    (entry) => entry.status === 'finished' && !entry.hidden && entry.spec.seed !== seed && alike(entry),
  );
  if (!record.complete || others.length === 0) return null;
  const known = new Map<string, Map<number, Readonly<Record<string, number>>>>();
  for (const entry of others) {
    for (const arm of entry.spec.arms) {
      const last = entry.arms.find(({ id }) => id === arm.id)?.last;
      if (last?.population !== 'all') continue;
      const key = seedlessKey(entry, arm);
      known.set(key, (known.get(key) ?? new Map<number, Readonly<Record<string, number>>>()).set(entry.spec.seed, last.values));
    }
  }
  const arms = record.spec.arms.flatMap((arm): ArmOverSeeds[] => {
    const own = record.arms.find(({ id }) => id === arm.id);
    const last = own && summariseArm(own).last;
    if (last?.population !== 'all') return [];
    const bySeed = new Map([[seed, last.values], ...(known.get(seedlessKey(record, arm)) ?? [])]);
    return [{ id: arm.id, label: arm.label, bySeed }];
  });
  return arms.some(({ bySeed }) => bySeed.size > 1) ? arms : null;
}

/** The arms of a grid under one combination of its axes' values, at the chosen rates if rates are tuned. */
export function armsOfRows(rows: readonly MatrixRow[], results: ReadonlyMap<string, CellResult>): ArmOverSeeds[] {
  return rows.flatMap(({ variant: { arm }, cells }) => {
    const bySeed = new Map(
      cells.flatMap(({ key, seed }) => {
        const last = results.get(key)?.summary.last;
        return last ? [[seed, last.values] as const] : [];
      }),
    );
    return bySeed.size === 0 ? [] : [{ id: arm.id, label: arm.label, bySeed }];
  });
}
