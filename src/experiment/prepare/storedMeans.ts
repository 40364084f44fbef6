/** What a store has of the texts of a catalogue. */
import { itemText } from '../../log/itemText';
import type { InteractionLog } from '../../log/types';
import { textHash, type FeatureBook } from '../../model/featureStore';
import type { ModelSummary } from '../../record/runRecord';

/** Where computed features are kept. */
export interface FeatureStore {
  /** The books stored for a model, and those shipped with the log. */
  load(model: string, width: number): Promise<readonly FeatureBook[]>;
  /** Stores a book in place of the previous one. */
  save(book: FeatureBook): Promise<void>;
}

/**
 * Mean last hidden state of each item's text in float32 as a store has it, not standardised: [items, hidden].
 * @returns null if the store lacks a text
 */
export async function storedMeans(
  log: InteractionLog,
  itemTemplate: string,
  { hash, hidden }: Pick<ModelSummary, 'hash' | 'hidden'>,
  store: FeatureStore,
): Promise<Float32Array | null> {
  const hashes = log.items.map((item) => textHash(itemText(item, itemTemplate)));
  const rows = storedRows(await store.load(hash, hidden));
  return hashes.every((one) => rows.has(one)) ? inOrder(hashes, rows, hidden) : null;
}

/** Stored rows by the hashes of their texts; of the last book that has one. */
export function storedRows(books: readonly FeatureBook[]): Map<string, Float32Array> {
  const rows = new Map<string, Float32Array>();
  for (const { hashes, hidden, width } of books) {
    hashes.forEach((hash, row) => rows.set(hash, hidden.subarray(row * width, (row + 1) * width)));
  }
  return rows;
}

/** Rows [texts, width] of texts that all have one. */
export function inOrder(hashes: readonly string[], rows: ReadonlyMap<string, Float32Array>, width: number): Float32Array {
  const means = new Float32Array(hashes.length * width);
  hashes.forEach((hash, index) => {
    means.set(rows.get(hash)!, index * width);
  });
  return means;
}
