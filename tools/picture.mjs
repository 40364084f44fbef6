// Takes the README's screenshot of the built page with its recorded run: `npm run build && node tools/picture.mjs`.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { preview } from 'vite';
import { setUp } from './setup.mjs';
import { withModule } from './viteRunner.mjs';

const out = fileURLToPath(new URL('../docs/images/playground.png', import.meta.url));
const { browser: executablePath } = await setUp();
const args = await withModule('/src/cli/browserRun.ts', ({ CHROMIUM_FLAGS }) => CHROMIUM_FLAGS);
const server = await preview({ preview: { host: '127.0.0.1', port: 0 }, logLevel: 'warn' });
const browser = await chromium.launch({ executablePath, args });
const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: 'light', reducedMotion: 'reduce' });
// Without motion the run does not play: its last step is shown.
await page.goto(server.resolvedUrls.local[0]);
await page.getByRole('img', { name: /^Attention of KARMA/ }).waitFor();
await page.getByRole('banner').getByText('swiftshader').waitFor();
await page.screenshot({ path: out });
console.info(`written: ${path.relative(process.cwd(), out)}`);
await browser.close();
await server.close();
process.exit(0);
