/** A log in numbers, for the choice of filters. Pure. */
import type { LogRecipe } from '../../recipe/logRecipe';
import { knownOrder } from './readMappings';
import type { RawLog, SourceTally } from './rawLog';
import { hasGivenSplit, type Survey } from './intake';
import type { Counted } from './tally';

/** What was read, before any filter. */
export interface RawLogFacts {
  readonly sources: readonly SourceTally[];
  readonly events: number;
  readonly users: number;
  /** Items with an event. */
  readonly items: number;
  readonly kinds: readonly { readonly name: string; readonly events: number }[];
  readonly ratings: { readonly least: number; readonly most: number } | null;
  /** Unix seconds of the first and the last event; null if the order of the file stands for times. */
  readonly times: { readonly first: number; readonly last: number } | null;
  /** Events of the user with most. */
  readonly longestHistory: number;
  /** Items with events but without a title. */
  readonly withoutTitle: number;
  /** Whether the files say what is for training and what for test. */
  readonly givenSplit: boolean;
  readonly tail: readonly RankPoint[];
}

/** The item of a rank (1 is the most frequent) and its events. */
export interface RankPoint {
  readonly rank: number;
  readonly events: number;
}

/**
 * Points of a curve over a million items that a chart can draw: every rank up to 10, then even steps of the
 * logarithm.
 */
const POINTS_A_DECADE = 24;

/** Events by rank of the item, the most frequent first; items without events are left out. */
export function longTail(counts: Int32Array): RankPoint[] {
  const sorted = counts.filter((count) => count > 0).sort();
  const points: RankPoint[] = [];
  for (let rank = 1; rank <= sorted.length; rank = Math.max(rank + 1, Math.round(rank * 10 ** (1 / POINTS_A_DECADE)))) {
    points.push({ rank, events: sorted[sorted.length - rank]! });
  }
  if (points.length > 0 && points.at(-1)!.rank < sorted.length) points.push({ rank: sorted.length, events: sorted[0]! });
  return points;
}

function countsBy(index: Int32Array, size: number): Int32Array {
  const counts = new Int32Array(size);
  for (const at of index) counts[at]!++;
  return counts;
}

function range(values: Float32Array | Float64Array): { least: number; most: number } | null {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return least <= most ? { least, most } : null;
}

export function rawLogFacts(raw: RawLog, { sources }: Pick<LogRecipe, 'sources'>): RawLogFacts {
  const { user, item, time, rating, kind } = raw.events;
  const byItem = countsBy(item, raw.items.ids.texts.length);
  const byKind = countsBy(kind?.filter((number) => number >= 0) ?? new Int32Array(), raw.kinds.length);
  const times = knownOrder(sources) === 'times' ? range(time) : null;
  const items = byItem.filter((count) => count > 0).length;
  const { title } = raw.items.texts;
  return {
    sources: raw.sources,
    events: user.length,
    users: raw.users.length,
    items,
    kinds: raw.kinds.map((name, number) => ({ name, events: byKind[number]! })),
    ratings: rating === null ? null : range(rating),
    times: times === null ? null : { first: times.least, last: times.most },
    longestHistory: range(Float64Array.from(countsBy(user, raw.users.length)))?.most ?? 0,
    withoutTitle: byItem.reduce((sum, count, number) => sum + (count > 0 && (title[number] ?? '') === '' ? 1 : 0), 0),
    givenSplit: hasGivenSplit(raw),
    tail: longTail(byItem),
  };
}

/** What a recipe keeps. read = used + Σ leftOut. */
export interface KeptEvents {
  readonly read: number;
  readonly used: number;
  readonly users: number;
  /** Items with a used event. */
  readonly items: number;
  readonly leftOut: readonly Counted[];
  readonly tail: readonly RankPoint[];
}

export function keptOf({ filtered, read, leftOut }: Survey): KeptEvents {
  return {
    read,
    used: filtered.used,
    users: filtered.users,
    items: filtered.itemCounts.filter((count) => count > 0).length,
    leftOut,
    tail: longTail(filtered.itemCounts),
  };
}
