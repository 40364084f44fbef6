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
  const parts: BlobPart[] = ['karma-log 1\n'];
  for (let i = 0; i < items.length; i += BLOCK) {
    const lines = items.slice(i, i + BLOCK).map(({ id, title, category, description, price, image }) => {
      const more = price === undefined && image === undefined ? [] : [price ?? '', image ?? ''];
      return JSON.stringify([id, title, category, description, ...more]);
    });
    parts.push(lines.join('\n'), '\n');
  }
  for (let i = 0; i < users.length; i += BLOCK) {
    const lines = users
      .slice(i, i + BLOCK)
      .map(({ id, events }) =>
        JSON.stringify([id, events.map(({ item, time, query, exposed }) => [item, time, query, exposed])]),
      );
    parts.push(lines.join('\n'), '\n');
  }
  if (embeddings !== undefined) parts.push(`embeddings ${embeddings.width}\n`, embeddings.values as Float32Array<ArrayBuffer>);
  const digest = await crypto.subtle.digest('SHA-256', await new Blob(parts).arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
