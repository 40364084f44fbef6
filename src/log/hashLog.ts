import { Sha256 } from '../storage/sha256';
import { turn } from './turn';
import type { InteractionLog } from './types';

/** Number of lines per string: a million small strings, or one of 100 MB, would both be slow. */
const BLOCK = 512;
/** Number of blocks after which other tasks may run. */
const BREATH = 64;

/**
 * SHA-256, hex, of the canonical serialisation of a log, in this order:
 * - a version line;
 * - one JSON line per item, `[id,title,category,description]`, with `price,image` if it has one of them, then
 *   its semantic ID if it has one;
 * - one line per user, `[id,[[item,time,query,[exposed…]]…]]` with indices, in the order of the log;
 * - if the log has embeddings, a line `embeddings width` and the embeddings as little-endian float32;
 * - if its files bring visual features, a line `visual width`, a byte per item, 1 if it has some, and the
 *   features likewise;
 * - if its files bring candidate sets, a line `candidates` and one per set, `[user,target,[item…]]`, target
 *   −1 for any.
 * File names do not enter, nor do the pictures that come with the page for the sample log.
 */
export async function hashLog({
  items,
  users,
  events,
  embeddings,
  visual,
  candidates,
}: Omit<InteractionLog, 'hash' | 'name'>): Promise<string> {
  const hash = new Sha256();
  const encoder = new TextEncoder();
  const add = (lines: string): unknown => hash.update(encoder.encode(lines));
  const addAll = async (count: number, lineOf: (index: number) => string): Promise<void> => {
    for (let from = 0, blocks = 1; from < count; from += BLOCK, blocks++) {
      let lines = '';
      for (let index = from; index < Math.min(from + BLOCK, count); index++) lines += `${lineOf(index)}\n`;
      add(lines);
      if (blocks % BREATH === 0) await turn();
    }
  };
  add('karma-log 1\n');
  await addAll(items.length, (index) => {
    const { id, title, category, description, price, image, semantic } = items.at(index);
    const code = semantic === undefined ? [] : [semantic];
    const more = price === undefined && image === undefined && semantic === undefined ? [] : [price ?? '', image ?? '', ...code];
    return JSON.stringify([id, title, category, description, ...more]);
  });
  const queries = Array.from(events.columns.queries, (query) => JSON.stringify(query));
  const { start, item, time, query, exposed, exposedStart } = events.columns;
  await addAll(users.length, (user) => {
    let line = `[${JSON.stringify(users.at(user))},[`;
    for (let at = start[user]!; at < start[user + 1]!; at++) {
      const asked = query[at]! < 0 ? '""' : queries[query[at]!]!;
      const shown = exposed.subarray(exposedStart[at], exposedStart[at + 1]).join();
      line += `${at === start[user]! ? '' : ','}[${item[at]!},${JSON.stringify(time[at])},${asked},[${shown}]]`;
    }
    return `${line}]]`;
  });
  if (embeddings !== undefined) {
    const { width, values } = embeddings;
    add(`embeddings ${width}\n`);
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  if (visual !== undefined && visual.shipped !== true) {
    const { width, values, present } = visual;
    add(`visual ${width}\n`);
    hash.update(present);
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  if (candidates !== undefined) {
    const { user, target, start, item } = candidates;
    add('candidates\n');
    await addAll(user.length, (set) => `[${user[set]!},${target[set]!},[${item.subarray(start[set], start[set + 1]).join()}]]`);
  }
  return hash.hex();
}
