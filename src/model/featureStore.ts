/**
 * Computed features kept for the next visit: as safetensors with one tensor `hidden` [items, hidden], the means before
 * standardisation, and the metadata `key` that says what they were computed from.
 */
import { readFile, StorageBusyError, StorageFullError, writeFile, type FileStore } from '../storage/fileStore';
import { ModelError } from './modelError';
import { parseSafetensors, readFloatTensor, writeSafetensors } from './safetensors';
import { sha256Hex } from '../storage/sha256';

/** What the features depend on: the weights, the template and every text, in the catalogue's order. Hex. */
export function featureKey(modelHash: string, template: string, texts: readonly string[]): string {
  return sha256Hex(JSON.stringify([modelHash, template, texts]));
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

/** Features that a store keeps; null where there are none, or none that can be read. */
export async function readKeptFeatures(
  store: FileStore,
  key: string,
  items: number,
  width: number,
): Promise<Float32Array | null> {
  const bytes = await readFile(store, key);
  if (bytes === null) return null;
  try {
    return readShippedFeatures(bytes, key, items, width);
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    console.warn('Kept features are damaged and will be computed again.', error);
    return null;
  }
}

/**
 * Keeps features for the next visit; where that cannot be, they are computed again.
 * @param group the model that computed them
 */
export async function keepFeatures(
  store: FileStore,
  { key, group }: { readonly key: string; readonly group: string },
  hidden: Float32Array,
  items: number,
  width: number,
): Promise<void> {
  const bytes = writeFeatures(hidden, items, width, key);
  try {
    await writeFile(store, { key, group, version: null }, bytes, sha256Hex(bytes));
  } catch (error) {
    if (!(error instanceof StorageFullError || error instanceof StorageBusyError)) throw error;
    console.warn('Features could not be kept.', error);
  }
}
