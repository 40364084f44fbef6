/** Fitted heads that ship with the sample log, for presets of the embedded model: a run of them begins without a fit, on any adapter. */
import { SAMPLE_LOG } from '../log/sampleLog';
import type { HeadStore } from './keptHeads';
import known from './shippedHeads.json';

/** The file of a key, among those that ship. */
export function shippedName(key: string): string {
  return `${key.slice(0, 16)}.safetensors`;
}

/** Where the heads of a key are, below the page's folder; null if none are shipped. */
function shippedHeads(key: string): string | null {
  return (known as readonly string[]).includes(key) ? `${SAMPLE_LOG.folder}/heads/${shippedName(key)}` : null;
}

/** The heads that ship, and after them those of a store. @param load the bytes of a file below the page's folder; null if it cannot be had */
export function withShipped(store: HeadStore, load: (path: string) => Promise<Uint8Array<ArrayBuffer> | null>): HeadStore {
  return {
    async read(key) {
      const shipped = shippedHeads(key);
      const bytes = shipped === null ? null : await load(shipped);
      return bytes === null ? store.read(key) : { bytes, from: 'shipped' };
    },
    write: (key, bytes) => store.write(key, bytes),
  };
}
