/** What the page has stored in the browser: saved runs, and the checkpoint of the run. */
import { expect, type Page } from '@playwright/test';
import { runRecordSchema, type RunRecord } from '../../src/record/runRecord';
import { runEntrySchema, type RunEntry } from '../../src/readings/runs/runEntry';

/** Number of checkpoint slots, out of two, that are filled. */
export function checkpoints(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const directory = await (await navigator.storage.getDirectory()).getDirectoryHandle('karma-checkpoints', { create: true });
    let written = 0;
    for await (const handle of directory.values()) {
      if (handle.kind !== 'file') continue;
      // A checkpoint may be cleared between being listed and being read.
      const file = await handle.getFile().catch(() => null);
      if (file !== null && file.size > 0) written += 1;
    }
    return written;
  });
}

export interface SavedRun {
  readonly entry: RunEntry;
  readonly record: RunRecord;
}

/** The saved runs, oldest first. */
export async function savedRuns(page: Page): Promise<SavedRun[]> {
  const stored = await page.evaluate(async () => {
    const answer = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => {
          resolve(request.result);
        };
        request.onerror = () => {
          reject(request.error ?? new Error('no answer'));
        };
      });
    const database = await answer(indexedDB.open('karma-runs'));
    const reading = database.transaction(['entries', 'records']);
    const [keys, entries] = await Promise.all([
      answer(reading.objectStore('entries').getAllKeys()),
      answer<unknown[]>(reading.objectStore('entries').getAll()),
    ]);
    const records = await Promise.all(keys.map((key) => answer<unknown>(reading.objectStore('records').get(key))));
    database.close();
    return entries.map((entry, at) => ({ entry, record: records[at] }));
  });
  return stored
    .map(({ entry, record }) => ({ entry: runEntrySchema.parse(entry), record: runRecordSchema.parse(record) }))
    .sort((a, b) => a.entry.createdAt.localeCompare(b.entry.createdAt));
}

/**
 * The run that was saved last, which has finished with all of its steps, so that nothing of it is left to
 * resume.
 * @throws if it has not
 */
export async function finishedRun(page: Page): Promise<RunRecord> {
  // The checkpoint goes once the run is stored.
  await expect.poll(() => checkpoints(page), { timeout: 60_000 }).toBe(0);
  const { entry, record } = (await savedRuns(page)).at(-1)!;
  const { steps } = record.spec.training;
  expect({ status: entry.status, complete: record.complete }).toEqual({ status: 'finished', complete: true });
  expect(entry.arms.map((arm) => arm.steps)).toEqual(record.spec.arms.map(() => steps));
  expect(record.arms.map((arm) => arm.steps.step.at(-1))).toEqual(record.spec.arms.map(() => steps));
  return record;
}
