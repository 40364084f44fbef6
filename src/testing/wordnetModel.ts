/** The embedded model, read from disk. */
import { fileURLToPath } from 'node:url';
import { diskSource } from '../cli/diskSource';
import type { LoadedModel } from '../model/loadedModel';
import { loadModel } from '../model/loadModel';
import { createTokenizer } from '../model/tokenizer';

export const wordnetSource = diskSource(fileURLToPath(new URL('../../public/models/wordnet-1m/', import.meta.url)));

export function loadWordnet(): Promise<LoadedModel> {
  return loadModel(wordnetSource, 'wordnet-1m', () => undefined, createTokenizer);
}
