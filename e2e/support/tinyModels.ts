/** Tiny random models, made again from their seeds. */
import type { BrowserContext } from '@playwright/test';
import { createServer } from 'vite';
import type * as TinyModels from '../../src/testing/tinyModel';

/** A model of each. Family files come through Vite's glob imports. */
export async function makeTinyModels(...options: readonly TinyModels.TinyOptions[]): Promise<TinyModels.Files[]> {
  const vite = await createServer({
    configFile: false,
    appType: 'custom',
    logLevel: 'error',
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true },
  });
  try {
    const { tinyModel } = (await vite.ssrLoadModule('/src/testing/tinyModel.ts')) as typeof TinyModels;
    return options.map((one) => tinyModel(one));
  } finally {
    await vite.close();
  }
}

/** Pages of this context get `model` in place of the one that comes with the page: checks and runs take a fraction of the time. */
export async function serveInPlace(context: BrowserContext, model: TinyModels.Files): Promise<void> {
  await context.route('**/models/wordnet-1m/*', async (route) => {
    const bytes = model.get(new URL(route.request().url()).pathname.split('/').at(-1)!);
    await (bytes === undefined ? route.fulfill({ status: 404 }) : route.fulfill({ body: Buffer.from(bytes) }));
  });
}
