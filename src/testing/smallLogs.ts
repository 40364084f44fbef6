/** Small logs for tests. */
import { Catalogue, type CatalogueItem } from '../log/catalogue';
import { LogEvents, type Interaction } from '../log/logEvents';
import { TextColumn } from '../log/textColumn';
import type { InteractionLog, LogEmbeddings } from '../log/types';

export interface UserRows {
  readonly id: string;
  readonly events: readonly Interaction[];
}

/** A log in rows. */
export interface LogRows {
  readonly name: string;
  readonly hash: string;
  readonly items: readonly CatalogueItem[];
  readonly users: readonly UserRows[];
  readonly embeddings?: LogEmbeddings;
}

/** The columns of a log in rows. */
export function logFromRows({ items, users, ...more }: LogRows): InteractionLog {
  const events = users.flatMap((user) => user.events);
  const queries = [...new Set(events.map(({ query }) => query))].filter((query) => query !== '');
  const ends = (lengths: readonly number[]): number[] => {
    const sums = [0];
    for (const length of lengths) sums.push(sums.at(-1)! + length);
    return sums;
  };
  return {
    ...more,
    items: Catalogue.of(items),
    users: TextColumn.of(users.map(({ id }) => id)),
    events: new LogEvents({
      start: Int32Array.from(ends(users.map((user) => user.events.length))),
      item: Int32Array.from(events, ({ item }) => item),
      time: Float64Array.from(events, ({ time }) => time),
      query: Int32Array.from(events, ({ query }) => queries.indexOf(query)),
      queries: TextColumn.of(queries),
      exposedStart: Uint32Array.from(ends(events.map(({ exposed }) => exposed.length))),
      exposed: Int32Array.from(events.flatMap(({ exposed }) => exposed)),
    }),
  };
}

/** The users of a log with their events in rows. */
export function logUsers({ users, events }: InteractionLog): UserRows[] {
  return Array.from(users, (id, user) => ({
    id,
    events: Array.from({ length: events.count(user) }, (_, position) => events.at(user, position)),
  }));
}

/** A log in rows. */
export function logRows(log: InteractionLog): LogRows {
  const { name, hash, items, embeddings } = log;
  return { name, hash, items: [...items], users: logUsers(log), ...(embeddings === undefined ? {} : { embeddings }) };
}

/**
 * One user per list of item indices, times 0, 1, 2, … unless `times` says otherwise, `items` items called
 * `item 0`, `item 1`, …
 */
export function logOf(
  histories: readonly (readonly number[])[],
  items: number,
  times: readonly (readonly number[])[] = [],
): InteractionLog {
  return logFromRows({
    name: 'test',
    hash: '',
    items: Array.from({ length: items }, (_, i) => ({ id: `i${i}`, title: `item ${i}`, category: '', description: '' })),
    users: histories.map((events, u) => ({
      id: `u${u}`,
      events: events.map((item, place) => ({ item, time: times[u]?.[place] ?? place, query: '', exposed: [] })),
    })),
  });
}

/** A dropped file. */
export function fileOf(name: string, content: string | Uint8Array<ArrayBuffer>): File {
  return new File([content], name);
}
