import type { EventColumns } from './events';
import type { Interaction, UserHistory } from './types';

/** Rows left out, and why; the wording is shown as it is. */
export interface Dropped {
  readonly reason: string;
  readonly rows: number;
}

export interface Histories {
  readonly users: readonly UserHistory[];
  readonly dropped: readonly Dropped[];
}

/** Leave-last-out needs one event each for training, validation and test. */
export const LEAST_EVENTS = 3;

export const DUPLICATE = 'same user, item and time as an earlier row';
export const SHORT_HISTORY = `user with fewer than ${LEAST_EVENTS} events`;

/** Row numbers of each user one after the other, in file order: user u has rows[start[u] .. start[u + 1]). */
function groupByUser({ user, users }: EventColumns): { rows: Int32Array; start: Int32Array } {
  const start = new Int32Array(users.length + 1);
  for (const u of user) start[u + 1]!++;
  for (let u = 0; u < users.length; u++) start[u + 1]! += start[u]!;
  const next = start.slice();
  const rows = new Int32Array(user.length);
  user.forEach((u, row) => {
    rows[next[u]!++] = row;
  });
  return { rows, start };
}

/**
 * Turns rows into histories in time order; ties keep file order. Drops exact repeats, then users with too few events.
 * events + Σ dropped.rows = rows.
 */
export function assembleHistories(columns: EventColumns): Histories {
  const { users, item, time, query, exposed } = columns;
  const { rows, start } = groupByUser(columns);
  const histories: UserHistory[] = [];
  let duplicates = 0;
  let short = 0;
  users.forEach((id, u) => {
    // Int32Array.prototype.sort is not promised to be stable, hence the row number as second key.
    const own = rows.subarray(start[u], start[u + 1]).sort((a, b) => time[a]! - time[b]! || a - b);
    const events: Interaction[] = [];
    let itemsNow = new Set<number>();
    let now: number | undefined;
    for (const row of own) {
      const at = time[row]!;
      if (at !== now) [now, itemsNow] = [at, new Set()];
      if (itemsNow.has(item[row]!)) {
        duplicates++;
        continue;
      }
      itemsNow.add(item[row]!);
      events.push({ item: item[row]!, time: at, query: query[row]!, exposed: exposed[row]! });
    }
    if (events.length < LEAST_EVENTS) short += events.length;
    else histories.push({ id, events });
  });
  const dropped: Dropped[] = [];
  if (duplicates > 0) dropped.push({ reason: DUPLICATE, rows: duplicates });
  if (short > 0) dropped.push({ reason: SHORT_HISTORY, rows: short });
  return { users: histories, dropped };
}
