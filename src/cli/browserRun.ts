/**
 * The experiment in headless Chromium, for machines where Node finds no adapter: the page's own training worker, served by Vite,
 * driven through the same protocol.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from '@playwright/test';
import type { ViteDevServer } from 'vite';
import { addToRecord, changesRecord } from '../experiment/record';
import type { readLog as readLogFunction } from '../log/readLog';
import type { RunRecord } from '../record/runRecord';
import type { RunSpec } from '../recipe/runSpec';
import type { Command, WorkerEvent } from '../runtime/protocol';

const INSTALLED = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Lets headless Chromium use its software adapter where there is no GPU, and keeps it off the network. */
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

/** The Chromium that is installed, or undefined: then Playwright looks for its own. */
export function installedChromium(): string | undefined {
  return [process.env.CHROME_PATH ?? '', ...INSTALLED].find((file) => file !== '' && existsSync(file));
}

export interface BrowserRun {
  readonly spec: RunSpec;
  /** Files of the log; none for the sample. */
  readonly log: readonly string[];
  readonly profile: boolean;
}

/** Runs to the end. `onEvent` sees every event of the worker. @throws BrowserRunError */
export async function runInChromium(root: string, run: BrowserRun, onEvent: (event: WorkerEvent) => void): Promise<RunRecord> {
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
  const { spec, log } = run;
  let record: RunRecord | null = null;
  const finished = new Promise<RunRecord>((resolve, reject) => {
    // A run announces the device once more.
    let asked = false;
    const begin = async (): Promise<void> => {
      if (asked) return;
      asked = true;
      if (run.profile) await send(page, { type: 'profile', on: true });
      if (log.length === 0) return send(page, { type: 'run', spec, paused: false });
      const problem = await sendLog(page, log);
      if (problem !== null) reject(new BrowserRunError(problem));
    };
    const follow = async (event: WorkerEvent): Promise<void> => {
      onEvent(event);
      if (event.type === 'device') await begin();
      if (event.type === 'log' && log.length > 0) {
        await send(page, { type: 'run', spec: { ...spec, data: { ...spec.data, id: event.summary.id } }, paused: false });
      }
      if (event.type === 'started') record = event.record;
      if (changesRecord(event)) addToRecord(record!, event);
      if (event.type === 'finished') resolve(record!);
      if (event.type === 'failed') reject(new BrowserRunError(`${event.failure.message} ${event.failure.advice}`));
    };
    page.on('pageerror', reject);
    void page
      .exposeFunction('karmaEvent', (event: WorkerEvent) => follow(event).catch(reject))
      .then(() => open(page, url), reject);
  });
  return finished;
}

/** An empty page of the server's origin with the training worker in it. */
async function open(page: Page, url: string): Promise<void> {
  await page.goto(`${url}favicon.svg`);
  await page.evaluate((baseUrl) => {
    const worker = new Worker('/src/runtime/trainingWorker.ts', { type: 'module' });
    Object.assign(window, { karmaWorker: worker });
    worker.addEventListener('message', ({ data }) => {
      void (window as unknown as { karmaEvent(event: unknown): Promise<void> }).karmaEvent(data);
    });
    worker.postMessage({ type: 'probe-device', baseUrl });
  }, url);
}

function send(page: Page, command: Exclude<Command, { type: 'take-log' }>): Promise<void> {
  return page.evaluate((given) => {
    (window as unknown as { karmaWorker: Worker }).karmaWorker.postMessage(given);
  }, command);
}

/** Reads the log in the page, so that its bytes need not be text, and hands it to the worker. @returns why it cannot be used, or null */
async function sendLog(page: Page, paths: readonly string[]): Promise<string | null> {
  const files = await Promise.all(
    paths.map(async (file) => ({ name: path.basename(file), bytes: await readFile(file, 'base64') })),
  );
  return page.evaluate(
    async ({ given, reader }) => {
      const { readLog } = (await import(/* @vite-ignore */ reader)) as { readLog: typeof readLogFunction };
      try {
        const log = await readLog(
          given.map(({ name, bytes }) => new File([Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0))], name)),
        );
        const { port1, port2 } = new MessageChannel();
        port1.postMessage(log);
        (window as unknown as { karmaWorker: Worker }).karmaWorker.postMessage({ type: 'take-log', port: port2 }, [port2]);
        return null;
      } catch (error) {
        return String(error);
      }
    },
    { given: files, reader: '/src/log/readLog.ts' },
  );
}
