/** The benchmark's page in headless Chromium, served by Vite. */
import { createServer, type ViteDevServer } from 'vite';
import { CHROMIUM_FLAGS, installedChromium } from '../src/cli/browserRun';
import { queryOf } from './choices';
import { NotIdleError } from './idle';
import type { Reply, Request } from './contestant';
import { sourceIn } from './nodeRealm';
import type { Contestant } from './rounds';
import { openTorch, torchFor } from './torch';
import type { CliOptions } from './options';
import type { BenchReport } from './report';

const PAGES = ['bench/index.html', 'bench/contestantWorker.ts', 'bench/spinWorker.ts'];
const SOFTWARE = '--use-webgpu-adapter=swiftshader';

/** @throws Error when the page does: NotIdleError if other programs use the machine. */
export async function measureInChromium(
  root: string,
  options: CliOptions,
  onProgress: (message: string) => void,
): Promise<BenchReport> {
  const { chromium } = await import('@playwright/test');
  const server = await servePages(root, PAGES);
  const executablePath = installedChromium();
  const args = options.gpu ? [...CHROMIUM_FLAGS.filter((flag) => flag !== SOFTWARE), '--enable-features=Vulkan'] : CHROMIUM_FLAGS;
  const browser = await chromium.launch({ args, ...(executablePath === undefined ? {} : { executablePath }) });
  try {
    const page = await browser.newPage();
    page.on('console', (message) => {
      onProgress(message.text());
    });
    const query = queryOf(options);
    if (options.gpu) query.set('gpu', '');
    const { torch, device } = await torchFor(options, onProgress);
    if (torch !== null) {
      query.set('torch', torch);
      await page.exposeFunction(
        'askTorch',
        bridge(() => openTorch(root, device, sourceIn(root))),
      );
    }
    await page.goto(`${addressOf(server)}?${query.toString()}`);
    const report = await page.evaluate(() =>
      window.benchReport!.catch((error: unknown) => {
        if (error instanceof Error && error.name === 'NotIdleError') return error.message;
        throw error;
      }),
    );
    if (typeof report === 'string') throw new NotIdleError(report);
    return { ...report, runtime: `Chromium ${browser.version()}` };
  } finally {
    await browser.close();
    await server.close();
  }
}

/** What the page calls: a process for each case, ended when its contestant is. */
function bridge(open: () => Contestant): (request: Request | { readonly type: 'close' }) => Promise<Reply | null> {
  let torch: Contestant | null = null;
  return (request) => {
    if (request.type === 'close') {
      torch?.close();
      torch = null;
      return Promise.resolve(null);
    }
    torch ??= open();
    return torch.ask(request);
  };
}

/** Serves the page until the process ends; its printed address holds the choices. */
export async function servePage(root: string, options: CliOptions): Promise<number> {
  const server = await servePages(root, PAGES);
  console.info(`Open ${addressOf(server)}?${queryOf(options).toString()} (Ctrl+C ends)`);
  await new Promise((resolve) => process.once('SIGINT', resolve));
  await server.close();
  return 0;
}

/**
 * Serves the repository unbuilt.
 * @param entries pages to be opened, whose dependencies are bundled before the first request
 */
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
