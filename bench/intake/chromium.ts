/** The page in headless Chromium, and the memory of its renderer. */
import { readdirSync, readFileSync } from 'node:fs';
import { chromium } from '@playwright/test';
import { installedChromium } from '../../src/cli/browserRun';
import { addressOf, servePages } from '../chromium';
import type { IntakeReport } from './report';

const PAGE = 'bench/intake/index.html';

export async function measureInChromium(root: string, files: readonly string[], format: string): Promise<IntakeReport> {
  const server = await servePages(root, [PAGE, 'bench/intake/worker.ts']);
  const executablePath = installedChromium();
  const browserServer = await chromium.launchServer({
    args: ['--no-sandbox'],
    ...(executablePath === undefined ? {} : { executablePath }),
  });
  const browser = await chromium.connect(browserServer.wsEndpoint());
  try {
    const page = await browser.newPage();
    await page.goto(addressOf(server, PAGE));
    const before = memoryOfRenderers(browserServer.process().pid!, 'VmRSS');
    await page.setInputFiles('input', [...files]);
    const measured = await page.evaluate(() => window.intakeMeasured!);
    const peakResident = memoryOfRenderers(browserServer.process().pid!, 'VmHWM');
    return { ...measured, name: `${format}, Chromium ${browser.version()}`, before, peakResident, peakHeap: null };
  } finally {
    await browser.close();
    await browserServer.close();
    await server.close();
  }
}

function fieldOf(pid: string, field: string): string {
  return new RegExp(`^${field}:\\s*(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
}

/** The largest of the renderers below a process in bytes, resident now (VmRSS) or at most so far (VmHWM); 0 if there is no /proc. */
function memoryOfRenderers(browser: number, field: 'VmRSS' | 'VmHWM'): number {
  const children = new Map<string, string[]>();
  const pids = safely(() => readdirSync('/proc').filter((name) => /^\d+$/.test(name)), []);
  for (const pid of pids) {
    const parent = safely(() => fieldOf(pid, 'PPid'), '');
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  let peak = 0;
  const open = [String(browser)];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    open.push(...(children.get(pid) ?? []));
    const own = pid;
    const isRenderer = safely(() => readFileSync(`/proc/${own}/cmdline`, 'utf8').includes('--type=renderer'), false);
    if (isRenderer) peak = Math.max(peak, 1024 * Number(safely(() => fieldOf(own, field), '0')));
  }
  return peak;
}

/** Processes end while they are looked at. */
function safely<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
