/** The benchmark's page in headless Chromium, served by Vite. */
import { createServer, type ViteDevServer } from 'vite';
import { CHROMIUM_FLAGS, installedChromium } from '../src/cli/browserRun';
import type { CliOptions } from './options';
import type { BenchReport } from './report';

const PAGES = ['bench/index.html', 'bench/contestantWorker.ts'];
const SOFTWARE = '--use-webgpu-adapter=swiftshader';

/** @throws Error when the page does. */
export async function measureInChromium(
  root: string,
  { only, repeats, gpu }: CliOptions,
  onProgress: (message: string) => void,
): Promise<BenchReport> {
  const { chromium } = await import('@playwright/test');
  const server = await servePages(root, PAGES);
  const executablePath = installedChromium();
  const args = gpu ? [...CHROMIUM_FLAGS.filter((flag) => flag !== SOFTWARE), '--enable-features=Vulkan'] : CHROMIUM_FLAGS;
  const browser = await chromium.launch({ args, ...(executablePath === undefined ? {} : { executablePath }) });
  try {
    const page = await browser.newPage();
    page.on('console', (message) => {
      onProgress(message.text());
    });
    const query = new URLSearchParams({ repeats: String(repeats), ...(only.length > 0 ? { only: only.join() } : {}) });
    await page.goto(`${addressOf(server)}?${query.toString()}`);
    const report = await page.evaluate(() => window.benchReport!);
    return { ...report, runtime: `Chromium ${browser.version()}` };
  } finally {
    await browser.close();
    await server.close();
  }
}

/** Serves the page until the process ends. */
export async function servePage(root: string): Promise<number> {
  const server = await servePages(root, PAGES);
  console.info(`Open ${addressOf(server)} (add ?only=b&repeats=9&peak=67 as you like). Ctrl+C ends.`);
  await new Promise((resolve) => process.once('SIGINT', resolve));
  await server.close();
  return 0;
}

/** Serves the repository unbuilt. @param entries pages to be opened, whose dependencies are bundled before the first request */
export async function servePages(root: string, entries: readonly string[]): Promise<ViteDevServer> {
  const server = await createServer({
    root,
    configFile: false,
    logLevel: 'error',
    cacheDir: 'node_modules/.vite-bench',
    // A later reload would abort a measurement.
    optimizeDeps: { entries: [...entries] },
    server: { host: '127.0.0.1', port: 0, hmr: false, watch: null },
  });
  return server.listen();
}

export function addressOf(server: ViteDevServer, page = PAGES[0]!): string {
  const [url] = server.resolvedUrls?.local ?? [];
  if (url === undefined) throw new Error('The local server has no address.');
  return `${url}${page}`;
}
