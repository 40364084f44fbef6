/**
 * The experiment in headless Chromium, for machines where Node finds no adapter: the page's own training
 * worker, served by Vite, called in the same way.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from '@playwright/test';
import type { ViteDevServer } from 'vite';
import type { RunRecord } from '../record/runRecord';
import type { LogRecipe } from '../recipe/logRecipe';
import type { RunSpec } from '../recipe/runSpec';
import { DivergedError } from '../experiment/train/diverged';
import { sentenceOf } from '../runtime/failure';
import { EMPTY_EXPERIMENT, foldEvents } from '../runtime/experimentState';
import type { WorkerEvent } from '../runtime/protocol';
import { filesAt } from './logFiles';
import type { BrowserJob } from './browserSide';

const INSTALLED = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Lets headless Chromium use its software adapter if there is no GPU, and keeps it offline. */
export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
];

/** Thrown when the worker reports a failure or rejects the log. */
export class BrowserRunError extends Error {}

/** The installed Chromium; if undefined, Playwright looks for its own. */
export function installedChromium(): string | undefined {
  return [process.env.CHROME_PATH ?? '', ...INSTALLED].find((file) => file !== '' && existsSync(file));
}

export interface BrowserRun {
  readonly spec: RunSpec;
  /** Files of the log; none for the sample. */
  readonly log: readonly string[];
  /** How to read them; null: as recognised. */
  readonly mapping: LogRecipe | null;
  readonly profile: boolean;
}

/**
 * `runHere` of browserSide.ts, in the page; as text, since the module runner of Node would replace its
 * `import` by one that the page lacks.
 */
function runHere(job: BrowserJob): string {
  return `import('/src/cli/browserSide.ts').then(({ runHere }) => runHere(${JSON.stringify(job)}, window.karmaEvent))`;
}

/** Runs to the end. `onEvent` sees every event of the worker. @throws BrowserRunError */
export async function runInChromium(root: string, run: BrowserRun, onEvent: (event: WorkerEvent) => void): Promise<RunRecord> {
  if (!existsSync(path.join(root, 'index.html')))
    throw new BrowserRunError(
      'Node found no adapter. Install a Vulkan driver (Debian: mesa-vulkan-drivers), or run the experiment in the page.',
    );
  const { chromium } = await import('@playwright/test');
  const { createServer } = await import('vite');
  const server = await createServer({ root, server: { host: '127.0.0.1', port: 0, hmr: false }, logLevel: 'error' });
  await server.listen();
  const executablePath = installedChromium();
  const browser = await chromium.launch({ args: CHROMIUM_FLAGS, ...(executablePath === undefined ? {} : { executablePath }) });
  try {
    const page = await browser.newPage();
    return await drive(page, addressOf(server), run, onEvent);
  } finally {
    await browser.close();
    await server.close();
  }
}

function addressOf(server: ViteDevServer): string {
  const [url] = server.resolvedUrls?.local ?? [];
  if (url === undefined) throw new BrowserRunError('The local server has no address.');
  return url;
}

async function drive(page: Page, url: string, run: BrowserRun, onEvent: (event: WorkerEvent) => void): Promise<RunRecord> {
  let state = EMPTY_EXPERIMENT;
  const broken = new Promise<never>((_, reject) => {
    page.on('pageerror', reject);
  });
  await page.exposeFunction('karmaEvent', (event: WorkerEvent) => {
    state = foldEvents(state, [event]);
    onEvent(event);
  });
  // An empty page of the server's origin.
  await page.goto(`${url}favicon.svg`);
  const log = await Promise.all(
    (await Promise.all(run.log.map(filesAt)))
      .flat()
      .map(async ({ file, name }) => ({ name, bytes: await readFile(file, 'base64') })),
  );
  const job: BrowserJob = { baseUrl: url, spec: run.spec, log, mapping: run.mapping, profile: run.profile };
  const problem = await Promise.race([broken, page.evaluate<string | null>(runHere(job))]);
  const { record, failure } = state;
  if (failure?.code === 'numerics') throw new DivergedError(failure.message, failure.arm ?? null);
  if (problem !== null || failure !== null) throw new BrowserRunError(problem ?? sentenceOf(failure!));
  if (record === null) throw new BrowserRunError('The run ended without a record.');
  return record;
}
