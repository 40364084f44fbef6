/** Which events are kept. Every other event gets one reason, so that events = used + Σ left out. */
import type { LogFilters } from '../../recipe/logRecipe';
import type { EventOrder } from './order';
import type { RawLog } from './rawLog';
import type { ReasonId } from './reasons';
import { NAMED_PLACES, type Counted, type FilePosition } from './tally';

const USED = 0;
const DUPLICATE = 1;
const NO_TEXT = 2;
const KIND = 3;
const RATING = 4;
const DATE = 5;
const REPEAT = 6;
const OLD = 7;
const RARE_ITEM = 8;
const SHORT_USER = 9;
const BASKET = 10;
const BAD_RATING = 11;
const LATER = 12;
const BUSY = 13;
const GUEST = 14;

/** Reasons by their code in `Filtered.fate`; null: used. */
export const FATES: readonly (ReasonId | null)[] = [
  null,
  'duplicate',
  'withoutText',
  'otherKind',
  'lowRating',
  'otherDate',
  'repeat',
  'oldEvent',
  'rareItem',
  'shortUser',
  'sameBasket',
  'badRating',
  'laterPart',
  'busyUser',
  'guest',
];

export interface Filtered {
  /** By event: 0 if it is used, else the code of the reason. */
  readonly fate: Uint8Array;
  readonly used: number;
  /** Users with used events. */
  readonly users: number;
  readonly leftOut: readonly Counted[];
  /** By item: its used events. */
  readonly itemCounts: Int32Array;
  /** By user: its used events. */
  readonly userCounts: Int32Array;
}

const HOUR = 3600;

/**
 * The maximum number of a user's events within an hour; those of one time, a basket, count as one.
 * @param rows of the user
 */
export function busiestHour(time: Float64Array, rows: Int32Array): number {
  const times = Float64Array.from(new Set(Array.from(rows, (row) => time[row]!))).sort();
  let [most, from] = [0, 0];
  for (let to = 0; to < times.length; to++) {
    while (times[to]! - times[from]! >= HOUR) from++;
    most = Math.max(most, to - from + 1);
  }
  return most;
}

const SHARES = 5;

/** By part of a split given by the files: the first time at which a user has an event in a later part. */
export class PartLimits {
  private readonly firsts = new Float64Array(SHARES + 1);

  of({ events: { time, share } }: Pick<RawLog, 'events'>, rows: Int32Array): void {
    this.firsts.fill(Infinity);
    if (share === null) return;
    for (const row of rows) {
      // 0 means an event in no part.
      if (share[row] === 0) continue;
      this.firsts[share[row]!] = Math.min(this.firsts[share[row]!]!, time[row]!);
    }
    for (let part = SHARES - 1; part > 0; part--) this.firsts[part] = Math.min(this.firsts[part]!, this.firsts[part + 1]!);
  }

  after(share: number): number {
    return share === 0 ? Infinity : this.firsts[share + 1]!;
  }
}

/** Filters events one by one, in each user's order, by everything except the k-core. */
function judge(raw: RawLog, order: EventOrder, filters: LogFilters, fate: Uint8Array): void {
  const { item, time, rating, badRating, kind, share } = raw.events;
  const { title } = raw.items.texts;
  const { events, leastRating, from, to, repeats, baskets, withoutText, longestHistory, later, mostPerHour, guests } = filters;
  const kept = events === null ? null : new Set(events.map((name) => raw.kinds.indexOf(name)));
  const seenByUser = new Int32Array(raw.items.ids.texts.length).fill(-1);
  const seenAtTime = new Int32Array(raw.items.ids.texts.length).fill(-1);
  const { rows, start, given } = order;
  let moment = 0;
  let keptAtMoment = false;
  const limits = new PartLimits();
  for (let u = 0; u < raw.users.length; u++) {
    const own = rows.subarray(start[u], start[u + 1]);
    const busy = mostPerHour !== null && busiestHour(time, own) > mostPerHour;
    if (later === 'drop') limits.of(raw, own);
    const guest = guests.includes(raw.users[u]!);
    for (let at = start[u]!; at < start[u + 1]!; at++) {
      const row = rows[at]!;
      const i = item[row]!;
      const before = rows[at - 1]!;
      // An event that is in two parts of a given split stays in both, which the audit reports.
      if (at === start[u] || time[row] !== time[before] || (given && share![row] !== share![before])) {
        moment++;
        keptAtMoment = false;
      }
      const again = seenAtTime[i] === moment;
      seenAtTime[i] = moment;
      if (again) fate[row] = DUPLICATE;
      else if (withoutText === 'drop' && (title[i] ?? '') === '') fate[row] = NO_TEXT;
      else if (kept !== null && !kept.has(kind?.[row] ?? -1)) fate[row] = KIND;
      else if (leastRating !== null && rating !== null && rating[row]! < leastRating) fate[row] = RATING;
      else if (leastRating !== null && badRating?.[row] === 1) fate[row] = BAD_RATING;
      else if ((from !== null && time[row]! < from) || (to !== null && time[row]! > to)) fate[row] = DATE;
      else if (guest) fate[row] = GUEST;
      else if (busy) fate[row] = BUSY;
      else if (later === 'drop' && time[row]! >= limits.after(share?.[row] ?? 0)) fate[row] = LATER;
      else if (repeats === 'first' && seenByUser[i] === u) fate[row] = REPEAT;
      else if (baskets === 'one' && keptAtMoment) fate[row] = BASKET;
      else {
        seenByUser[i] = u;
        keptAtMoment = true;
      }
    }
    if (longestHistory === null) continue;
    let left = longestHistory;
    for (let at = start[u + 1]! - 1; at >= start[u]!; at--) {
      if (fate[rows[at]!] !== USED) continue;
      if (left > 0) left--;
      else fate[rows[at]!] = OLD;
    }
  }
}

function countBy(index: Int32Array, fate: Uint8Array, size: number): Int32Array {
  const counts = new Int32Array(size);
  for (let row = 0; row < index.length; row++) if (fate[row] === USED) counts[index[row]!]!++;
  return counts;
}

/** Removes items and users with too few events until none is left (k-core). */
function core(raw: RawLog, filters: LogFilters, fate: Uint8Array, itemCounts: Int32Array, userCounts: Int32Array): void {
  const { user, item } = raw.events;
  for (;;) {
    let left = 0;
    for (let row = 0; row < user.length; row++) {
      if (fate[row] !== USED) continue;
      const rare = itemCounts[item[row]!]! < filters.itemCore;
      if (!rare && userCounts[user[row]!]! >= filters.userCore) continue;
      fate[row] = rare ? RARE_ITEM : SHORT_USER;
      left++;
    }
    if (left === 0) return;
    itemCounts.set(countBy(item, fate, itemCounts.length));
    userCounts.set(countBy(user, fate, userCounts.length));
  }
}

/** Counts for each reason, with its first lines. */
function account(raw: RawLog, fate: Uint8Array): Counted[] {
  const counts = FATES.map((reason) => ({ reason, rows: 0, first: [] as FilePosition[], example: '' }));
  const { source, line } = raw.events;
  for (let row = 0; row < fate.length; row++) {
    const code = fate[row]!;
    if (code === USED) continue;
    const count = counts[code]!;
    count.rows++;
    if (count.first.length < NAMED_PLACES) count.first.push({ file: raw.sourceNames[source.at(row)]!, line: line[row]! });
  }
  return counts.flatMap(({ reason, ...count }) => (reason === null || count.rows === 0 ? [] : [{ reason, ...count }]));
}

export function applyFilters(raw: RawLog, order: EventOrder, filters: LogFilters): Filtered {
  const { user, item } = raw.events;
  const fate = new Uint8Array(user.length);
  judge(raw, order, filters, fate);
  const itemCounts = countBy(item, fate, raw.items.ids.texts.length);
  const userCounts = countBy(user, fate, raw.users.length);
  core(raw, filters, fate, itemCounts, userCounts);
  let used = 0;
  for (const code of fate) if (code === USED) used++;
  const users = userCounts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
  return { fate, used, users, leftOut: account(raw, fate), itemCounts, userCounts };
}
