/**
 * Arms of one recipe over its seeds: their final values by seed, from the run on the page and from saved
 * runs. Pure.
 */
import { seedlessKey } from '../../experiment/grid/cellKey';
import type { MatrixRow } from '../../experiment/grid/matrix';
import type { CellResult } from '../../experiment/grid/results';
import { summariseArm, type ArmSummary } from '../../experiment/grid/armSummary';
import type { ArmSpec } from '../../recipe/runSpec';
import type { RunRecord } from '../../record/runRecord';
import type { RunEntry } from '../runs/runEntry';

export interface ArmOverSeeds {
  readonly id: string;
  readonly label: string;
  /** With its rate, if that was chosen for it. */
  readonly spec: ArmSpec;
  /** Whether its rate was chosen for it among several. */
  readonly tuned: boolean;
  /** Values of the final evaluation by seed and measure, unscaled. */
  readonly bySeed: ReadonlyMap<number, Readonly<Record<string, number>>>;
  /**
   * The same of the last evaluation during training, on the sampled users; a seed without one has the final
   * values.
   */
  readonly sampled: ReadonlyMap<number, Readonly<Record<string, number>>>;
  /**
   * The base model's attention over the users of the final evaluation: heads are drawn by seed. Empty for a
   * seed without it.
   */
  readonly base: ReadonlyMap<number, Readonly<Record<string, number>>>;
}

type Final = Pick<ArmSummary, 'watched' | 'base'> & { readonly last: NonNullable<ArmSummary['last']> };

function overSeeds(spec: ArmSpec, tuned: boolean, finals: ReadonlyMap<number, Final>): ArmOverSeeds {
  const values = (of: (final: Final) => Readonly<Record<string, number>>): ArmOverSeeds['bySeed'] =>
    new Map([...finals].map(([seed, final]) => [seed, of(final)]));
  return {
    ...{ id: spec.id, label: spec.label, spec, tuned },
    bySeed: values(({ last }) => last.values),
    sampled: values(({ watched, last }) => (Object.keys(watched).length > 0 ? watched : last.values)),
    base: values(({ base }) => base),
  };
}

function finalOf(summary: ArmSummary | undefined): Final | null {
  return summary?.last?.population === 'all' ? { watched: summary.watched, base: summary.base, last: summary.last } : null;
}

/**
 * Finished runs that may be other seeds of a run's recipe. A key takes a hash: runs on other logs or with
 * other lengths are left out before.
 */
function otherSeeds({ spec, data }: RunRecord, entries: readonly RunEntry[]): RunEntry[] {
  return entries.filter(
    (entry) =>
      entry.status === 'finished' &&
      entry.spec.seed !== spec.seed &&
      entry.data.hash === data.hash &&
      entry.spec.training.steps === spec.training.steps,
  );
}

/** Seeds of a finished run's recipe that are known from hidden runs alone, ascending. */
export function hiddenSeeds(record: RunRecord, entries: readonly RunEntry[]): number[] {
  if (!record.complete) return [];
  const keys = new Set(record.spec.arms.map((arm) => seedlessKey(record, arm)));
  const isOfRecipe = (entry: RunEntry): boolean => entry.spec.arms.some((arm) => keys.has(seedlessKey(entry, arm)));
  const others = otherSeeds(record, entries);
  const shown = new Set(others.filter(({ hidden }) => !hidden).map(({ spec }) => spec.seed));
  const hidden = others.filter((entry) => entry.hidden && !shown.has(entry.spec.seed) && isOfRecipe(entry));
  return [...new Set(hidden.map(({ spec }) => spec.seed))].sort((a, b) => a - b);
}

/**
 * The arms of a finished run with all their known seeds: its own, and those of finished runs that are not
 * hidden.
 * @returns null if there is only one seed, the run is not finished, or a link left out parts of it
 */
export function armsOverSeeds(record: RunRecord, entries: readonly RunEntry[]): ArmOverSeeds[] | null {
  const { seed } = record.spec;
  const others = otherSeeds(record, entries).filter(({ hidden }) => !hidden);
  if (!record.complete || record.shortened !== undefined || others.length === 0) return null;
  const known = new Map<string, Map<number, Final>>();
  for (const entry of others) {
    for (const arm of entry.spec.arms) {
      const final = finalOf(entry.arms.find(({ id }) => id === arm.id));
      if (final === null) continue;
      const key = seedlessKey(entry, arm);
      known.set(key, (known.get(key) ?? new Map<number, Final>()).set(entry.spec.seed, final));
    }
  }
  const arms = record.spec.arms.flatMap((arm): ArmOverSeeds[] => {
    const own = record.arms.find(({ id }) => id === arm.id);
    const final = finalOf(own && summariseArm(own, record));
    if (final === null) return [];
    return [overSeeds(arm, false, new Map([[seed, final], ...(known.get(seedlessKey(record, arm)) ?? [])]))];
  });
  return arms.some(({ bySeed }) => bySeed.size > 1) ? arms : null;
}

/** The arms of a grid under one combination of its axes' values, at the chosen rates if rates are tuned. */
export function armsOfRows(rows: readonly MatrixRow[], results: ReadonlyMap<string, CellResult>): ArmOverSeeds[] {
  return rows.flatMap(({ variant: { arm }, rate, cells }) => {
    const finals = new Map(
      cells.flatMap(({ key, seed }) => {
        const final = finalOf(results.get(key)?.summary);
        return final === null ? [] : [[seed, final] as const];
      }),
    );
    return finals.size === 0 ? [] : [overSeeds(rate === null ? arm : { ...arm, learningRate: rate }, rate !== null, finals)];
  });
}
