/**
 * Computed features kept for the next visit: as safetensors with one tensor `hidden` [items, hidden], the means before
 * standardisation, and the metadata `key` that says what they were computed from.
 */
import { openCache } from './browserCache';
import { ModelError } from './modelError';
import { parseSafetensors, readFloatTensor, writeSafetensors } from './safetensors';
import { sha256Hex } from './sha256';

/** Name of the Cache API cache that holds features. */
export const FEATURE_CACHE = 'karma-features-1';

/** What the features depend on: the weights, the template and every text, in the catalogue's order. Hex. */
export function featureKey(modelHash: string, template: string, texts: readonly string[]): Promise<string> {
  return sha256Hex(new TextEncoder().encode(JSON.stringify([modelHash, template, texts])));
}

/** @param hidden [items, width], not standardised. */
export function writeFeatures(hidden: Float32Array, items: number, width: number, key: string): Uint8Array<ArrayBuffer> {
  return writeSafetensors({ hidden: { shape: [items, width], data: hidden } }, { key });
}

/**
 * Features from a file that was shipped or cached: [items, width], not standardised, or null when the file's key is another,
 * that is, when it belongs to another model, template or catalogue.
 * @throws ModelError when the file is damaged.
 */
export function readShippedFeatures(
  bytes: Uint8Array<ArrayBuffer>,
  key: string,
  items: number,
  width: number,
): Float32Array | null {
  const file = parseSafetensors(bytes, 'The features file');
  return file.metadata.key === key ? readFloatTensor(file, 'hidden', [items, width]) : null;
}

/** Features from the browser's cache; null where there are none, or none that can be read. */
export async function readCachedFeatures(key: string, items: number, width: number): Promise<Float32Array | null> {
  const cache = await openCache(FEATURE_CACHE);
  const response = await cache?.match(cacheUrl(key));
  if (response === undefined) return null;
  try {
    return readShippedFeatures(new Uint8Array(await response.arrayBuffer()), key, items, width);
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    console.warn('Cached features are damaged and will be computed again.', error);
    return null;
  }
}

/** Puts features into the browser's cache; where that cannot be, they are computed again next time. */
export async function cacheFeatures(hidden: Float32Array, items: number, width: number, key: string): Promise<void> {
  const cache = await openCache(FEATURE_CACHE);
  if (cache === null) return;
  const bytes = writeFeatures(hidden, items, width, key);
  try {
    await cache.put(cacheUrl(key), new Response(bytes, { headers: { 'content-length': String(bytes.length) } }));
  } catch (error) {
    console.warn('Features could not be cached.', error);
  }
}

/** The Cache API wants a URL; nothing is ever fetched from it. */
function cacheUrl(key: string): string {
  return new URL(`karma-features/${key}`, globalThis.location.href).href;
}
