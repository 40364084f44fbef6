/** The table of runs: which rows, in which order. Pure. */
import { t } from '../../words/words';
import { isOfGroup, measuresAt } from '../../measures/measures';
import type { Measure } from '../../measures/measure';
import type { ArmSummary } from '../../experiment/grid/armSummary';
import { sampledOf } from '../../record/ownSamples';
import { ranksGivenPools } from '../../record/poolSizes';
import type { RunEntry } from './runEntry';

export type SortKey = 'when' | 'name' | 'status' | 'seed' | 'best' | 'last' | 'time';

export interface TableState {
  readonly sort: SortKey;
  readonly descending: boolean;
  /** Words that all must occur in name, tags, notes, arms, log, model or status. */
  readonly filter: string;
  readonly measure: string;
  readonly withHidden: boolean;
  /** Whether runs on one log with one model stand together. */
  readonly grouped: boolean;
}

/**
 * Every measure that any of the runs can have: those in candidate pools if one has pools, those of groups of
 * targets if one has them.
 */
export function measuresOfRuns(entries: readonly RunEntry[]): Measure[] {
  const pooled = entries.some(({ spec }) => spec.evaluation.protocol === 'pre-ranking');
  const measured = new Set(entries.flatMap(({ arms }) => arms.flatMap(({ last }) => Object.keys(last?.values ?? {}))));
  return measuresAt(entries.flatMap(({ spec }) => spec.evaluation.ks)).filter(
    (measure) => (pooled || !measure.id.includes('pool-')) && (!isOfGroup(measure) || measured.has(measure.id)),
  );
}

/**
 * The best value over a run's arms, in the measure's better direction (the larger value if it has none); null
 * without a value.
 */
function leading(entry: RunEntry, valueOf: (arm: ArmSummary) => number | undefined, better: Measure['better']): number | null {
  const values = entry.arms.map(valueOf).filter((value) => value !== undefined);
  if (values.length === 0) return null;
  return better === 'lower' ? Math.min(...values) : Math.max(...values);
}

/** Runs on one log with one model, whose values can be compared. */
export interface RunPlace {
  readonly key: string;
  /** Names of log and model; of logs that differ but share a name, with the beginning of their hash. */
  readonly label: string;
  readonly rows: readonly RunEntry[];
}

/** In the order of their first rows. */
export function runPlaces(rows: readonly RunEntry[]): RunPlace[] {
  const places = [...byPlace(rows, (entry) => entry)];
  const names = places.map(([, [first]]) => placeName(first));
  return places.map(([key, own], at) => {
    const name = names[at]!;
    const alike = names.filter((other) => other === name).length > 1;
    return {
      key,
      label: alike ? t('{place}, log {hash}', { place: name, hash: own[0].data.hash.slice(0, 8) }) : name,
      rows: own,
    };
  });
}

type OfRun = Pick<RunEntry, 'data' | 'model'>;

/** What belongs to runs on one log with one model, by a key of both; in the order of the first ones. */
export function byPlace<Thing>(things: readonly Thing[], runOf: (thing: Thing) => OfRun): Map<string, [Thing, ...Thing[]]> {
  const places = new Map<string, [Thing, ...Thing[]]>();
  for (const thing of things) {
    const key = placeOf(runOf(thing));
    const own = places.get(key);
    if (own) own.push(thing);
    else places.set(key, [thing]);
  }
  return places;
}

function placeOf({ data, model }: OfRun): string {
  return `${data.hash} ${model.hash}`;
}

/** `Store, wordnet-1m` */
export function placeName({ data, model }: OfRun): string {
  return `${data.name}, ${model.id}`;
}

/**
 * What an arm's last value is more than the baseline's, on the same targets of the same log with the same
 * model: of the arm with the same ID in the baseline, or of its first arm. Null if there is nothing to
 * compare.
 */
export function differenceFrom(baseline: RunEntry, entry: RunEntry, arm: ArmSummary, measure: string): number | null {
  const other = baseline.arms.find(({ id }) => id === arm.id) ?? baseline.arms[0];
  const [own, against] = [arm.last?.values[measure], other?.last?.values[measure]];
  if (placeOf(baseline) !== placeOf(entry) || own === undefined || against === undefined) return null;
  return targetsOf(entry, arm) === targetsOf(baseline, other!) ? own - against : null;
}

/**
 * Which targets of its log an arm's last value is of: those of the population, or as many of them as the seed
 * draws.
 */
function targetsOf({ spec }: RunEntry, { last }: ArmSummary): string {
  if (last === null) return '';
  const { population, users } = last;
  const given = ranksGivenPools(spec);
  const drawn = population === 'sample' || sampledOf(last, given) !== null;
  return JSON.stringify([population, population === 'sample' && spec.evaluation.watch, users, given, drawn && spec.seed]);
}

/**
 * Rows to show: filtered, pinned ones first, then in the chosen order; rows without a value come last.
 * @param better end of the measure
 */
export function tableRows(
  entries: readonly RunEntry[],
  { sort, descending, filter, measure, withHidden }: TableState,
  better: Measure['better'],
): RunEntry[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
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
