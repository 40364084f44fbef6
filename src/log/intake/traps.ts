/** Properties of a log that make a result look better or worse than it is. */
import { shortened, TITLE_LENGTH } from '../shortened';
import type { EventOrder } from './order';
import type { Filtered } from './filters';
import type { RawLog } from './rawLog';

const LEAST_ITEMS = 20;
const SHARE = 0.95;

/**
 * Integer IDs assigned as items were first seen: nearly every new item has the largest ID so far. An ID then
 * reveals when its item appeared, and the target is often the largest.
 */
export function idsInFirstSeenOrder(ids: readonly string[]): boolean {
  if (ids.length < LEAST_ITEMS) return false;
  let largest = -1;
  let maxima = 0;
  for (const id of ids) {
    if (!/^\d{1,15}$/.test(id)) return false;
    if (Number(id) <= largest) continue;
    largest = Number(id);
    maxima++;
  }
  return maxima / ids.length >= SHARE;
}

/**
 * Rank correlation from which IDs reveal when an item appeared; chance gives at most ±2/√n in 95 % of logs.
 */
const LEAST_CORRELATION = 0.1;
const CHANCE = 4;

/** Numbers of IDs such as `17`, `i17` and `B00017`; null if an ID has none, or prefixes differ. */
function idNumbers(ids: readonly string[]): number[] | null {
  const prefix = /^\D*/.exec(ids[0] ?? '')![0];
  const numbers: number[] = [];
  for (const id of ids) {
    const digits = id.slice(prefix.length);
    if (!id.startsWith(prefix) || !/^\d{1,15}$/.test(digits)) return null;
    numbers.push(Number(digits));
  }
  return numbers;
}

/** Ranks from 0; equal values get consecutive ranks, in order. */
function ranksOf(values: readonly number[]): Float64Array {
  const order = values.map((_, at) => at).sort((a, b) => values[a]! - values[b]! || a - b);
  const ranks = new Float64Array(values.length);
  order.forEach((at, rank) => {
    ranks[at] = rank;
  });
  return ranks;
}

/**
 * Spearman's correlation of the numbers in the IDs with the order in which the items first appear: what an ID
 * reveals about when its item appeared. 0 if IDs are not numbers, or there are too few to say.
 * @param ids in the order in which events first name them
 */
export function idOrderCorrelation(ids: readonly string[]): number {
  const n = ids.length;
  const numbers = n < LEAST_ITEMS ? null : idNumbers(ids);
  if (numbers === null) return 0;
  const squares = ranksOf(numbers).reduce((sum, rank, at) => sum + (rank - at) ** 2, 0);
  return 1 - (6 * squares) / (n * (n * n - 1));
}

/** Whether the correlation of that many IDs exceeds chance. */
export function tellsTime(correlation: number, ids: number): boolean {
  return Math.abs(correlation) >= Math.max(LEAST_CORRELATION, CHANCE / Math.sqrt(ids));
}

/** Minimum number of histories of three or more items, and share of them that must be in the order of IDs. */
const LEAST_HISTORIES = 5;
const SORTED = 0.9;
const LEAST_LENGTH = 3;

/** Whether nearly all histories of files without times are sorted by the number in the item's ID. */
export function historiesSortedById(
  { user, item }: Pick<RawLog['events'], 'user' | 'item'>,
  ids: readonly string[],
  users: number,
): boolean {
  const numbers = ids.map((id) => Number(/\d{1,15}$/.exec(id)?.[0] ?? NaN));
  const last = new Float64Array(users).fill(-Infinity);
  const length = new Int32Array(users);
  const sorted = new Uint8Array(users).fill(1);
  user.forEach((u, row) => {
    const number = numbers[item[row]!]!;
    if (!(number >= last[u]!)) sorted[u] = 0;
    last[u] = number;
    length[u]!++;
  });
  const long = length.reduce((sum, count) => sum + (count >= LEAST_LENGTH ? 1 : 0), 0);
  const inOrder = length.reduce((sum, count, u) => sum + (count >= LEAST_LENGTH && sorted[u] === 1 ? 1 : 0), 0);
  return long >= LEAST_HISTORIES && inOrder >= SORTED * long;
}

/**
 * IDs of the items that events name, ordered by their first times, since files may be sorted by user or item.
 */
export function idsByFirstTime({ item, time }: Pick<RawLog['events'], 'item' | 'time'>, ids: readonly string[]): string[] {
  const first = new Float64Array(ids.length).fill(Infinity);
  const order: number[] = [];
  item.forEach((number, row) => {
    if (first[number] === Infinity) order.push(number);
    first[number] = Math.min(first[number]!, time[row]!);
  });
  return order.sort((a, b) => first[a]! - first[b]!).map((number) => ids[number]!);
}

/**
 * IDs of items in the order in which events first name them.
 * @param items of the events
 * @param ids by item
 */
export function firstSeenIds(items: Int32Array, ids: readonly string[]): string[] {
  const seen = new Uint8Array(ids.length);
  const found: string[] = [];
  for (const item of items) {
    if (seen[item] === 1) continue;
    seen[item] = 1;
    found.push(ids[item]!);
  }
  return found;
}

export interface Baskets {
  /** Number of used events that share user and time with another one. */
  readonly tied: number;
  /** Number of users whose used events all have the same time, and who thus have no history. */
  readonly singleMoment: number;
  /** Number of used events with an item that the user had before. */
  readonly repeats: number;
}

export function countBaskets(raw: RawLog, { rows, start }: EventOrder, { fate }: Filtered): Baskets {
  const { time, item } = raw.events;
  const lastUser = new Int32Array(raw.items.ids.texts.length).fill(-1);
  let [tied, singleMoment, repeats] = [0, 0, 0];
  for (let u = 0; u < raw.users.length; u++) {
    let run = 0;
    let runs = 0;
    let now = NaN;
    for (let at = start[u]!; at < start[u + 1]!; at++) {
      const row = rows[at]!;
      if (fate[row] !== 0) continue;
      if (lastUser[item[row]!] === u) repeats++;
      lastUser[item[row]!] = u;
      if (time[row] === now) run++;
      else {
        if (run > 1) tied += run;
        [now, run] = [time[row]!, 1];
        runs++;
      }
    }
    if (run > 1) tied += run;
    if (runs === 1 && run > 1) singleMoment++;
  }
  return { tied, singleMoment, repeats };
}

/** Titles that differ only in case, accents, spaces or punctuation have the same key. */
export function titleKey(title: string): string {
  const words = title
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu);
  return words === null ? title : words.join(' ');
}

export interface NearDuplicates {
  /** Number of items whose title is nearly that of an earlier item. */
  readonly items: number;
  readonly example: string;
}

export function nearDuplicateTitles(raw: RawLog, itemCounts: Int32Array): NearDuplicates {
  const first = new Map<string, number>();
  let items = 0;
  let example = '';
  raw.items.texts.title.forEach((title, item) => {
    if (title === '' || (itemCounts[item] === 0 && raw.items.listed[item] !== true)) return;
    const key = titleKey(title);
    const earlier = first.get(key);
    if (earlier === undefined) {
      first.set(key, item);
      return;
    }
    items++;
    const { texts } = raw.items.ids;
    if (example !== '') return;
    const named = (of: string): string => `“${shortened(of, TITLE_LENGTH)}”`;
    example = `${named(title)} (${texts[item]!}) and ${named(raw.items.texts.title[earlier]!)} (${texts[earlier]!})`;
  });
  return { items, example };
}
