// Takes the pictures of the first screen in docs/images, at four sizes, light and dark: `npm run build &&
// node tools/picture.mjs`.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { preview } from 'vite';
import { setUp } from './setup.mjs';
import { withModule } from './viteRunner.mjs';

const SIZES = [
  [1366, 768],
  [1440, 900],
  [1920, 1080],
  [390, 844],
];

const folder = fileURLToPath(new URL('../docs/images', import.meta.url));
const { browser: executablePath } = await setUp();
const args = await withModule('/src/cli/browserRun.ts', ({ CHROMIUM_FLAGS }) => CHROMIUM_FLAGS);
const server = await preview({ preview: { host: '127.0.0.1', port: 0 }, logLevel: 'warn' });
const browser = await chromium.launch({ executablePath, args });
for (const [width, height] of SIZES) {
  for (const colorScheme of ['light', 'dark']) {
    // Without motion the run does not play: its last step is shown.
    const page = await browser.newPage({ viewport: { width, height }, colorScheme, reducedMotion: 'reduce' });
    await page.goto(server.resolvedUrls.local[0]);
    await page.getByRole('slider', { name: 'Step shown' }).waitFor();
    await page.waitForTimeout(2000);
    const file = path.join(folder, `story-${width}-${colorScheme}.jpg`);
    await page.screenshot({ path: file, type: 'jpeg', quality: width > 1500 ? 58 : 68 });
    console.info(`written: ${path.relative(process.cwd(), file)}`);
    await page.close();
  }
}
await browser.close();
await server.close();
process.exit(0);
