/** The page in headless Chromium, and the memory of its renderer. */
import { chromium } from '@playwright/test';
import { installedChromium } from '../../src/cli/browserRun';
import { addressOf, servePages } from '../chromium';
import { memoryOfRenderers } from './renderers';
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
    const before = memoryOfRenderers(browserServer.process().pid!).resident;
    await page.setInputFiles('input', [...files]);
    const measured = await page.evaluate(() => window.intakeMeasured!);
    const peakResident = memoryOfRenderers(browserServer.process().pid!).peakResident;
    return { ...measured, name: `${format}, Chromium ${browser.version()}`, before, peakResident, peakHeap: null };
  } finally {
    await browser.close();
    await browserServer.close();
    await server.close();
  }
}
