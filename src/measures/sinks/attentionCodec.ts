/** AttentionSnapshot (src/record/runRecord.ts) to and from float maps. Works in the browser and in Node. */
import { fromBase64, toBase64 } from '../../record/base64';
import type { AttentionSnapshot } from '../../record/runRecord';
import type { AttentionShape } from './sinks';

/**
 * @param attention Float32Array [probes, layers, heads, T, T], values 0–1; entries above the diagonal are
 * written as 0
 */
export function encodeAttention(attention: Float32Array, shape: AttentionShape, step: number): AttentionSnapshot {
  const { probes, layers, heads, length } = shape;
  const count = probes * layers * heads * length * length;
  if (attention.length !== count) throw new RangeError(`attention holds ${attention.length} numbers, expected ${count}`);
  const bytes = new Uint8Array(count);
  for (let row = 0; row < count / length; row++) {
    const query = row % length;
    for (let key = 0; key <= query; key++) {
      bytes[row * length + key] = Math.round(255 * Math.min(1, Math.max(0, attention[row * length + key]!)));
    }
  }
  return { step, probes, layers, heads, length, data: toBase64(bytes) };
}

/**
 * @returns Float32Array [probes, layers, heads, T, T], each value within 1/510 of what was encoded
 * @throws RangeError when `data` does not match the snapshot's shape
 */
export function decodeAttention(snapshot: AttentionSnapshot): Float32Array {
  const { probes, layers, heads, length } = snapshot;
  const bytes = fromBase64(snapshot.data);
  const count = probes * layers * heads * length * length;
  if (bytes.length !== count) throw new RangeError(`attention snapshot holds ${bytes.length} bytes, expected ${count}`);
  const attention = new Float32Array(count);
  for (let i = 0; i < count; i++) attention[i] = bytes[i]! / 255;
  return attention;
}

/** One head's map [T, T] in a decoded tensor: a view, not a copy. */
export function attentionMap(
  attention: Float32Array,
  { layers, heads, length }: AttentionShape,
  probe: number,
  layer: number,
  head: number,
): Float32Array {
  const at = ((probe * layers + layer) * heads + head) * length * length;
  return attention.subarray(at, at + length * length);
}
