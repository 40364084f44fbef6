/** The embedded model, read from disk. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { LoadedModel } from '../../src/model/decoderConfig';
import { loadModel } from '../../src/model/loadModel';
import type { ModelSource } from '../../src/model/source';
import { createTokenizer } from '../../src/model/tokenizer';

const FOLDER = fileURLToPath(new URL('../../public/models/wordnet-1m/', import.meta.url));

export const diskSource: ModelSource = {
  async read(file, onBytes) {
    const bytes = new Uint8Array(await readFile(FOLDER + file));
    onBytes?.(bytes.length, bytes.length, 'cache');
    return bytes;
  },
};

export function loadWordnet(): Promise<LoadedModel> {
  return loadModel(diskSource, 'wordnet-1m', () => undefined, createTokenizer);
}
