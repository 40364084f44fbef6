/** Runs the work in headless Chromium. */
import { CHROMIUM_FLAGS, installedChromium } from '../../src/cli/browserRun';
import { addressOf, servePages } from '../chromium';
import type { CheckpointReport } from './report';
import type { FromCheckpointWorker } from './worker';

const PAGE = 'bench/checkpoints/index.html';
const WORKER = 'bench/checkpoints/worker.ts';

/** @throws Error when the worker does */
export async function measureInChromium(root: string, onCase: (name: string) => void): Promise<CheckpointReport> {
  const { chromium } = await import('@playwright/test');
  const server = await servePages(root, [PAGE, WORKER]);
  const executablePath = installedChromium();
  const browser = await chromium.launch({ args: CHROMIUM_FLAGS, ...(executablePath === undefined ? {} : { executablePath }) });
  try {
    const page = await browser.newPage();
    page.on('console', (message) => {
      if (message.type() === 'info') onCase(message.text());
    });
    await page.goto(addressOf(server, PAGE));
    const said = await page.evaluate(
      (script) =>
        new Promise<FromCheckpointWorker>((resolve, reject) => {
          const worker = new Worker(script, { type: 'module' });
          worker.onmessage = ({ data }: MessageEvent<FromCheckpointWorker>) => {
            resolve(data);
          };
          worker.onerror = ({ message }) => {
            reject(new Error(`The worker failed: ${message}`));
          };
        }),
      `/${WORKER}`,
    );
    if (said.type === 'failed') throw new Error(said.message);
    return { where: `Chromium ${browser.version()}, ${said.adapter}`, cases: said.cases };
  } finally {
    await browser.close();
    await server.close();
  }
}
