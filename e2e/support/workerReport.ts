import type { Page } from '@playwright/test';

/**
 * The first message of a worker of the engine's fixtures, started from a page on their server.
 * @param told message to the worker, if any
 */
export function workerReport(page: Page, script: string, told?: number): Promise<unknown> {
  return page.evaluate(
    ([address, message]) =>
      new Promise<unknown>((resolve, reject) => {
        const worker = new Worker(address, { type: 'module' });
        worker.onmessage = ({ data }) => {
          resolve(data);
        };
        worker.onerror = ({ message: problem }) => {
          reject(new Error(problem));
        };
        if (message !== undefined) worker.postMessage(message);
      }),
    [script, told] as const,
  );
}
