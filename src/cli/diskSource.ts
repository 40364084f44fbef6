/** Files that the CLI reads and stores on disk: models, logs, features. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { TuningStore } from '../engine/gemm/gemmTuning';
import type { FeatureStore } from '../experiment/prepare/storedMeans';
import { ADAPTER_FILES, startAdapter, type StartAdapter } from '../experiment/train/startAdapter';
import { bookName, readBook, writeBook, type FeatureBook } from '../model/featureStore';
import { ggufTitle, isGguf } from '../model/gguf/ggufName';
import { ggufSource } from '../model/gguf/ggufSource';
import type { LoadedModel } from '../model/loadedModel';
import { ModelError } from '../model/modelError';
import { loadModel } from '../model/loadModel';
import { MissingFileError, type ModelSource } from '../model/source/modelSource';
import { createTokenizer } from '../model/tokenizer';
import type { ReadLog } from '../log/readLog';
import { readSampleLog } from '../log/sample';
import { diskFile } from './diskFile';
import { filesAt } from './logFiles';
import { writeWhole } from './writeWhole';

/** A file's bytes in memory of its own. */
export async function readFileBytes(file: string): Promise<Uint8Array<ArrayBuffer>> {
  return Uint8Array.from(await readFile(file));
}

/** A model's folder on disk. */
export function diskSource(folder: string): ModelSource {
  return {
    async open(file, options) {
      const where = path.join(folder, file);
      try {
        const found = await diskFile(where);
        options?.onBytes?.({ done: found.bytes, total: found.bytes, origin: 'cache', kept: true });
        return found;
      } catch (cause) {
        throw new MissingFileError(where, 'Name a folder with the complete model.', { cause });
      }
    },
  };
}

/** A model from its folder on disk, or from a GGUF file with its shards beside it. @throws ModelError */
export async function openModel(
  place: string,
  id: string,
): Promise<{ readonly model: LoadedModel; readonly source: ModelSource }> {
  const source = await sourceOnDisk(place);
  return { source, model: await loadModel(source, id, () => undefined, createTokenizer) };
}

/** A model's folder on disk, or its GGUF file with its shards beside it. @throws ModelError */
export async function sourceOnDisk(place: string): Promise<ModelSource> {
  return isGguf(place) ? ggufOnDisk(place) : diskSource(place);
}

/** The file is read in place, a range at a time. */
async function ggufOnDisk(place: string): Promise<ModelSource> {
  const folder = path.dirname(place);
  const title = ggufTitle(path.basename(place));
  const one = path.basename(place) === `${title}.gguf`;
  const names = one
    ? [path.basename(place)]
    : (await readdir(folder)).filter((name) => isGguf(name) && ggufTitle(name) === title);
  try {
    return ggufSource(await Promise.all(names.map((name) => diskFile(path.join(folder, name)))));
  } catch (cause) {
    if (cause instanceof ModelError) throw cause;
    throw new MissingFileError(place, 'Name a folder with a model, or a GGUF file.', { cause });
  }
}

/** A PEFT adapter's folder. @throws ModelError when one of PEFT's files is missing or cannot be used */
export async function openAdapter(folder: string): Promise<StartAdapter> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const name of ADAPTER_FILES) {
    const file = path.join(folder, name);
    if (existsSync(file)) files.set(name, await readFileBytes(file));
  }
  return startAdapter(path.basename(path.resolve(folder)), files);
}

/** A log's files in the form that the page gets. */
export async function filesFromDisk(files: readonly string[]): Promise<File[]> {
  const found = await Promise.all(files.map(filesAt));
  return Promise.all(found.flat().map(async ({ file, name }) => new File([await readFileBytes(file)], name)));
}

/** The sample log. @param site the folder of the page's files */
export function openSampleLog(site: string): Promise<ReadLog> {
  return readSampleLog(async (file) => (await readFileBytes(path.join(site, file))).buffer);
}

/** Tile ratings, one file per adapter in `folder`. */
export function diskTuning(folder: string): TuningStore {
  const file = (key: string): string => path.join(folder, `tiles-${key}.json`);
  return {
    async read(key) {
      return (await readIfThere(file(key)))?.toString() ?? null;
    },
    async write(key, ratings) {
      await keep(file(key), ratings);
    },
  };
}

/** Writes a file whose folder need not exist. */
async function keep(file: string, content: string | Uint8Array): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeWhole(file, content);
}

async function readIfThere(file: string): Promise<Buffer | null> {
  return readFile(file).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  });
}

/** Features from the shipped file, and from `folder`, where computed ones are stored. */
export function diskFeatures(shipped: string, folder: string): FeatureStore {
  return {
    async load(model, width) {
      const books: FeatureBook[] = [];
      for (const file of [shipped, path.join(folder, bookName(model))]) {
        const bytes = await readIfThere(file);
        const book = bytes === null ? null : readBook(Uint8Array.from(bytes), model, width);
        if (book !== null) books.push(book);
      }
      return books;
    },
    async save(book) {
      await keep(path.join(folder, bookName(book.model)), writeBook(book));
    },
  };
}
