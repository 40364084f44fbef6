/** Events by user in time order, with a rule for ties that reveals nothing about what comes next. */
import { hashText } from '../random';
import type { RawLog } from './rawLog';

export interface EventOrder {
  /** Events by user, within a user by time: user u has rows[start[u] … start[u + 1]). */
  readonly rows: Int32Array;
  readonly start: Int32Array;
  /** Within a user, the parts of a given split follow each other, each by time. */
  readonly given: boolean;
}

/**
 * Orders events. Of two events of a user at one time, the one with the smaller position comes first; without
 * positions, the one whose item ID has the smaller hash. Files are often sorted by item, and their order
 * would leak into what is predicted. `given` orders by the parts of the files' split first.
 */
export function orderEvents(raw: RawLog, given: boolean): EventOrder {
  const { user, item, time, share, position } = raw.events;
  const count = user.length;
  const start = new Int32Array(raw.users.length + 1);
  for (const u of user) start[u + 1]!++;
  for (let u = 0; u < raw.users.length; u++) start[u + 1]! += start[u]!;
  const next = start.slice();
  const rows = new Int32Array(count);
  for (let row = 0; row < count; row++) rows[next[user[row]!]!++] = row;
  const tie = Uint32Array.from(raw.items.ids.texts, (id) => hashText(id));
  const place = (a: number, b: number): number => (position === null ? 0 : position[a]! - position[b]!);
  const byTime = (a: number, b: number): number => time[a]! - time[b]! || place(a, b) || tie[item[a]!]! - tie[item[b]!]! || a - b;
  const compare = given && share !== null ? (a: number, b: number): number => share[a]! - share[b]! || byTime(a, b) : byTime;
  for (let u = 0; u < raw.users.length; u++) {
    const own = rows.subarray(start[u], start[u + 1]);
    if (own.some((row, at) => at > 0 && compare(own[at - 1]!, row) > 0)) own.sort(compare);
  }
  return { rows, start, given: given && share !== null };
}
