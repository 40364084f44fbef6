import type { Page } from '@playwright/test';
import type { RunEntry } from '../../src/readings/runs/runEntry';
import type { RunRecord } from '../../src/record/runRecord';

/**
 * Saves copies of a run in the browser under other names and seeds, `Run 0000` first, all with one record,
 * and loads the page anew.
 */
export async function manyRuns(page: Page, entry: RunEntry, record: RunRecord, copies: number): Promise<void> {
  await page.evaluate(
    async ([one, whole, number]) => {
      const opened = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open('karma-runs');
        request.onsuccess = () => {
          resolve(request.result);
        };
        request.onerror = () => {
          reject(new Error(String(request.error)));
        };
      });
      const change = opened.transaction(['entries', 'records'], 'readwrite');
      for (let at = 0; at < number; at++) {
        const id = `run-${at}`;
        const spec = { ...one.spec, seed: at % 10, name: `Run ${String(at).padStart(4, '0')}` };
        const createdAt = new Date(Date.UTC(2026, 0, 1) + at * 60_000).toISOString();
        change.objectStore('entries').put({ ...one, id, spec, createdAt }, id);
        // Whole records take megabytes; the last ones are enough to open.
        if (at >= number - 20) change.objectStore('records').put({ ...whole, spec, createdAt }, id);
      }
      await new Promise((resolve) => {
        change.oncomplete = resolve;
      });
      opened.close();
    },
    [entry, record, copies] as const,
  );
  await page.reload();
}
