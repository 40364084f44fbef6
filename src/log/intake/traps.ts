/** Properties of a log that make a result look better or worse than it is. */
import type { EventOrder } from './order';
import type { Filtered } from './filters';
import type { RawLog } from './rawLog';

const LEAST_ITEMS = 20;
const SHARE = 0.95;

/**
 * Integer ids handed out as items were first seen: nearly every new item has the largest id so far. Then an id tells when its
 * item came, and the target is often the largest.
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

/** Ids of items in the order in which events first name them. @param items of the events @param ids by item */
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
  /** Used events that share user and time with another one. */
  readonly tied: number;
  /** Users all of whose used events have one time: they have no history. */
  readonly singleMoment: number;
  /** Used events with an item that the user had before. */
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

/** Titles that differ in case, accents, spaces or punctuation alone have one key. */
export function titleKey(title: string): string {
  const words = title
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu);
  return words === null ? title : words.join(' ');
}

export interface NearDuplicates {
  /** Items whose title is nearly that of an earlier item. */
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
    if (example === '') example = `“${title}” (${texts[item]!}) and “${raw.items.texts.title[earlier]!}” (${texts[earlier]!})`;
  });
  return { items, example };
}
