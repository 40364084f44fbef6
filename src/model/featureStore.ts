/**
 * Computed features stored for the next visit, one row per text, so that a log that changed, or another with
 * the same items, computes only what is new. A file is safetensors with one tensor `hidden` [texts, hidden],
 * the means before standardisation, and the metadata `model` (the model's hash) and `texts` (the texts'
 * hashes, concatenated).
 */
import { t } from '../words/words';
import { keepFile, readFile, type FileStore } from '../storage/fileStore';
import { ModelError } from './modelError';
import { parseSafetensors, readFloatTensor, writeSafetensors } from './safetensors';
import { sha256Hex } from '../storage/sha256';

/** The features that a model computed for texts. */
export interface FeatureBook {
  /** Hash of the model. */
  readonly model: string;
  /** Size of a row: the model's hidden size. */
  readonly width: number;
  readonly hashes: readonly string[];
  /** [texts, width], not standardised. */
  readonly hidden: Float32Array;
}

const HASH_DIGITS = 32;

/** 128 bits of a text's SHA-256, hex. It depends on the template through the text. */
export function textHash(text: string): string {
  return sha256Hex(text).slice(0, HASH_DIGITS);
}

export function writeBook({ model, width, hashes, hidden }: FeatureBook): Uint8Array<ArrayBuffer> {
  return writeSafetensors({ hidden: { shape: [hashes.length, width], data: hidden } }, { model, texts: hashes.join('') });
}

/**
 * The book in a file, or null when it belongs to another model.
 * @throws ModelError when the file is damaged.
 */
export function readBook(bytes: Uint8Array<ArrayBuffer>, model: string, width: number): FeatureBook | null {
  const file = parseSafetensors(bytes, 'The features file');
  if (file.metadata.model !== model) return null;
  const texts = file.metadata.texts ?? '';
  const hashes = texts.match(/[0-9a-f]{32}/g) ?? [];
  if (hashes.length * HASH_DIGITS !== texts.length) {
    throw new ModelError(t('The features file does not say which texts it belongs to.'), t('Delete it; it will be regenerated.'));
  }
  return { model, width, hashes, hidden: readFloatTensor(file, 'hidden', [hashes.length, width]) };
}

/**
 * Maximum bytes of features kept per model: those of the current catalogue, and older ones as far as there is
 * room.
 */
const MOST_KEPT = 256e6;

/** `newer`, and the rows that only `older` has. */
export function mergeBooks(newer: FeatureBook, older: FeatureBook | null, most = MOST_KEPT): FeatureBook {
  if (older === null) return newer;
  const { width } = newer;
  const known = new Set(newer.hashes);
  const room = Math.max(0, Math.floor(most / (4 * width)) - newer.hashes.length);
  const rows: number[] = [];
  older.hashes.forEach((hash, row) => {
    if (rows.length < room && !known.has(hash)) rows.push(row);
  });
  const hidden = new Float32Array((newer.hashes.length + rows.length) * width);
  hidden.set(newer.hidden);
  rows.forEach((row, place) => {
    hidden.set(older.hidden.subarray(row * width, (row + 1) * width), (newer.hashes.length + place) * width);
  });
  return { ...newer, hashes: [...newer.hashes, ...rows.map((row) => older.hashes[row]!)], hidden };
}

/** Name of a model's book in the store. */
export function bookName(model: string): string {
  return `features-${model.slice(0, 16)}.safetensors`;
}

/** A model's book in a store; null if there is none, or it cannot be read. */
export async function readKeptBook(store: FileStore, model: string, width: number): Promise<FeatureBook | null> {
  const bytes = await readFile(store, bookName(model));
  if (bytes === null) return null;
  try {
    return readBook(bytes, model, width);
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    console.warn('Stored features are damaged and will be recomputed.', error);
    return null;
  }
}

/**
 * Stores a book for the next visit; if that fails, its features are computed again.
 * @param group the model's name, for lists of stored files
 */
export async function keepBook(store: FileStore, group: string, book: FeatureBook): Promise<void> {
  const problem = await keepFile(store, { key: bookName(book.model), group, version: null }, writeBook(book));
  if (problem !== null) console.warn('Features could not be stored.', problem);
}
