/**
 * The columns of the log that the user opened, stored between visits. Can be deleted like everything that the
 * browser stores.
 */
import { LogError } from '../log/types';
import type { ReadLog } from '../log/readLog';
import { keepFile, readFile, type FileStore } from '../storage/fileStore';
import { packValue, unpackValue } from '../storage/packedValue';
import { unpackLog, type PackedLog } from './handOver';

/** Raised when the meaning of columns changes: a log of another version must be read from its files again. */
const VERSION = '1';
const KEY = 'opened-log';

/**
 * The quota may prevent it; the log is then open as long as the page.
 * @returns null, or why it is not stored
 */
export async function keepLog(store: FileStore, log: PackedLog): Promise<string | null> {
  const problem = await keepFile(store, { key: KEY, group: 'opened log', version: VERSION }, packValue(log));
  return problem?.message ?? null;
}

/** Null if no readable one is stored under that name. */
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
