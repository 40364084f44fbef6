import { fromBase64 } from '../../record/base64';
import type { AttentionSnapshot } from '../../record/runRecord';

/**
 * One head's map from a snapshot, without decoding the others: four base64 characters hold three bytes, so a
 * slice that starts at a multiple of three can be extracted from the text.
 * @returns Uint8Array [T, T], query before key, 255 = weight 1; above the diagonal 0, which means masked
 * @throws RangeError when the snapshot has no such head or holds too little
 */
export function attentionSlice(snapshot: AttentionSnapshot, probe: number, layer: number, head: number): Uint8Array {
  const { probes, layers, heads, length, data } = snapshot;
  if (!(probe >= 0 && probe < probes && layer >= 0 && layer < layers && head >= 0 && head < heads)) {
    throw new RangeError(`no attention of history ${probe}, layer ${layer}, head ${head} in this snapshot`);
  }
  const size = length * length;
  const start = ((probe * layers + layer) * heads + head) * size;
  const from = Math.floor(start / 3);
  const to = Math.ceil((start + size) / 3);
  const bytes = fromBase64(data.slice(from * 4, to * 4));
  const skip = start - from * 3;
  if (bytes.length < skip + size) throw new RangeError('attention snapshot is cut short');
  return bytes.slice(skip, skip + size);
}

/**
 * The same; null for a map that a link left out: its first row has no weight, though it must have all of it.
 */
export function heldSlice(...[snapshot, ...place]: Parameters<typeof attentionSlice>): Uint8Array | null {
  if (snapshot.data === '') return null;
  const map = attentionSlice(snapshot, ...place);
  return map.some((weight) => weight > 0) ? map : null;
}

/** Weight 0–1 at (query, key); null above the diagonal. */
export function weightAt(map: Uint8Array, length: number, query: number, key: number): number | null {
  return key > query ? null : weightOf(map[query * length + key] ?? 0);
}

/** Weight 0–1 of a map's byte. */
export function weightOf(byte: number): number {
  return byte / 255;
}
