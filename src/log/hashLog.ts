import type { InteractionLog } from './types';

/** Users serialised into one string at a time: a million small strings, or one of 100 MB, would both be slow. */
const BLOCK = 512;

/**
 * SHA-256, hex, of the canonical serialisation: a version line, one JSON line an item `[id,title,category,description]`
 * (and `price,image` where it has one of them),
 * one a user `[id,[[item,time,query,[exposed…]]…]]` with indices, in the order of the log; then, where the log brings some, a line
 * `embeddings width` and the embeddings as little-endian float32. File names do not enter.
 */
export async function hashLog({ items, users, embeddings }: Omit<InteractionLog, 'hash' | 'name'>): Promise<string> {
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  const add = (lines: readonly string[]): void => {
    parts.push(encoder.encode(`${lines.join('\n')}\n`));
  };
  add(['karma-log 1']);
  for (let i = 0; i < items.length; i += BLOCK) {
    const lines = items.slice(i, i + BLOCK).map(({ id, title, category, description, price, image }) => {
      const more = price === undefined && image === undefined ? [] : [price ?? '', image ?? ''];
      return JSON.stringify([id, title, category, description, ...more]);
    });
    add(lines);
  }
  for (let i = 0; i < users.length; i += BLOCK) {
    const lines = users
      .slice(i, i + BLOCK)
      .map(({ id, events }) =>
        JSON.stringify([id, events.map(({ item, time, query, exposed }) => [item, time, query, exposed])]),
      );
    add(lines);
  }
  if (embeddings !== undefined) {
    const { width, values } = embeddings;
    add([`embeddings ${width}`]);
    parts.push(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  const digest = await crypto.subtle.digest('SHA-256', whole);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
