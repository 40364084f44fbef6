/** The table of runs: which rows, in which order. Pure. */
import { isOfGroup, measuresAt } from '../../measures/measures';
import type { Measure } from '../../measures/measure';
import { whatChanged } from '../../recipe/whatChanged';
import type { ArmSummary } from '../../experiment/armSummary';
import type { RunEntry } from './runEntry';

export type SortKey = 'when' | 'name' | 'status' | 'seed' | 'best' | 'last' | 'time';

export interface TableState {
  readonly sort: SortKey;
  readonly descending: boolean;
  /** Words that all must occur in name, tags, notes, arms, log, model or status. */
  readonly filter: string;
  readonly measure: string;
  readonly withHidden: boolean;
}

/** Every measure that any of the runs can have: those in candidate pools if one has pools, those of groups of targets if one has them. */
export function measuresOfRuns(entries: readonly RunEntry[]): Measure[] {
  const pooled = entries.some(({ spec }) => spec.evaluation.protocol === 'pre-ranking');
  const measured = new Set(entries.flatMap(({ arms }) => arms.flatMap(({ last }) => Object.keys(last?.values ?? {}))));
  return measuresAt(entries.flatMap(({ spec }) => spec.evaluation.ks)).filter(
    (measure) => (pooled || !measure.id.includes('pool-')) && (!isOfGroup(measure) || measured.has(measure.id)),
  );
}

/** The best value over a run's arms, in the measure's better direction (the larger value if it has none); null without a value. */
function leading(entry: RunEntry, valueOf: (arm: ArmSummary) => number | undefined, better: Measure['better']): number | null {
  const values = entry.arms.map(valueOf).filter((value) => value !== undefined);
  if (values.length === 0) return null;
  return better === 'lower' ? Math.min(...values) : Math.max(...values);
}

/** Rows to show: filtered, pinned ones first, then in the chosen order; rows without a value come last. */
export function tableRows(
  entries: readonly RunEntry[],
  { sort, descending, filter, measure, withHidden }: TableState,
): RunEntry[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const better = measuresOfRuns(entries).find(({ id }) => id === measure)?.better ?? null;
  const keyOf = (entry: RunEntry): string | number | null => {
    switch (sort) {
      case 'when':
        return entry.createdAt;
      case 'name':
        return entry.spec.name.toLowerCase();
      case 'status':
        return entry.status;
      case 'seed':
        return entry.spec.seed;
      case 'best':
        return leading(entry, (arm) => arm.best[measure]?.value, better);
      case 'last':
        return leading(entry, (arm) => arm.last?.values[measure], better);
      case 'time':
        return entry.arms.reduce((sum, { seconds }) => sum + seconds, 0);
    }
  };
  const direction = descending ? -1 : 1;
  return entries
    .filter((entry) => (withHidden || !entry.hidden) && words.every((word) => searchText(entry).includes(word)))
    .map((entry) => ({ entry, key: keyOf(entry) }))
    .sort((a, b) => {
      if (a.entry.pinned !== b.entry.pinned) return a.entry.pinned ? -1 : 1;
      if (a.key === null || b.key === null) return a.key === b.key ? 0 : a.key === null ? 1 : -1;
      return a.key < b.key ? -direction : a.key > b.key ? direction : 0;
    })
    .map(({ entry }) => entry);
}

function searchText({ spec, tags, notes, status, data, model }: RunEntry): string {
  const arms = spec.arms.flatMap(({ id, label }) => [id, label]);
  return [spec.name, `seed ${spec.seed}`, ...tags, notes, status, data.name, model.id, ...arms].join(' ').toLowerCase();
}

/** How a run differs from the one made before it in this list; null for the first. */
export function changesSinceBefore(entries: readonly RunEntry[], entry: RunEntry): readonly string[] | null {
  const before = entries[entries.indexOf(entry) - 1];
  return before ? whatChanged(before.spec, entry.spec) : null;
}

/** Parses typed text: `baseline, long` → two tags. */
export function readTags(text: string): string[] {
  return [
    ...new Set(
      text
        .split(',')
        .map((tag) => tag.trim())
        .filter(Boolean),
    ),
  ];
}
