/** The log that a person opened, as its columns, between visits. Deletable like all that the browser stores. */
import { LogError } from '../log/types';
import type { ReadLog } from '../log/readLog';
import { keepFile, readFile, type FileStore } from '../storage/fileStore';
import { packValue, unpackValue } from '../storage/packedValue';
import { unpackLog, type PackedLog } from './handOver';

/** Raised when columns change their meaning: a log of another version is read from its files again. */
const VERSION = '1';
const KEY = 'opened-log';

/** Quota may forbid it: then the log is open as long as the page. @returns null, or why it is not kept */
export async function keepLog(store: FileStore, log: PackedLog): Promise<string | null> {
  const problem = await keepFile(store, { key: KEY, group: 'opened log', version: VERSION }, packValue(log));
  return problem?.message ?? null;
}

/** Null if none is kept under that name, or not one that can be read. */
export async function keptLog(store: FileStore, name: string): Promise<ReadLog | null> {
  const facts = await store.stat(KEY);
  if (facts?.version !== VERSION) return null;
  const bytes = await readFile(store, KEY);
  if (bytes === null) return null;
  try {
    const read = unpackLog(unpackValue(bytes) as PackedLog);
    return read.log.name === name ? read : null;
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError || error instanceof TypeError || error instanceof LogError))
      throw error;
    return null;
  }
}
