// What a newcomer sees of the built page after 1, 5, 15 and 60 seconds, and its layout shift: `npm run build && node tools/firstMinute.mjs`.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, devices } from '@playwright/test';
import { preview } from 'vite';
import { setUp } from './setup.mjs';
import { withModule } from './viteRunner.mjs';

const SECONDS = [1, 5, 15, 60];
const WINDOWS = {
  desktop: { viewport: { width: 1440, height: 900 } },
  phone: { ...devices['Pixel 5'], viewport: { width: 390, height: 844 }, deviceScaleFactor: 1 },
};

const folder = fileURLToPath(new URL('../docs/images/', import.meta.url));
const { browser: executablePath } = await setUp();
const args = await withModule('/src/cli/browserRun.ts', ({ CHROMIUM_FLAGS }) => CHROMIUM_FLAGS);
const server = await preview({ preview: { host: '127.0.0.1', port: 0 }, logLevel: 'warn' });
const browser = await chromium.launch({ executablePath, args });
for (const [name, look] of Object.entries(WINDOWS)) {
  const page = await browser.newPage({ ...look, colorScheme: 'light' });
  await page.addInitScript(() => {
    globalThis.moved = 0;
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) globalThis.moved += value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
  const start = performance.now();
  await page.goto(server.resolvedUrls.local[0]);
  for (const seconds of SECONDS) {
    await page.waitForTimeout(Math.max(0, 1000 * seconds - (performance.now() - start)));
    const taken = ((performance.now() - start) / 1000).toFixed(1);
    const file = path.join(folder, `first-minute-${name}-${seconds}s.jpg`);
    await page.screenshot({ path: file, type: 'jpeg', quality: 48 });
    console.info(`${path.relative(process.cwd(), file)}: after ${taken} s`);
  }
  console.info(`${name}: cumulative layout shift ${(await page.evaluate(() => globalThis.moved)).toFixed(3)}`);
  await page.close();
}
await browser.close();
await server.close();
process.exit(0);
