/** Loads modules of the page that Playwright cannot load itself, since they use Vite's glob imports. */
import { createServer } from 'vite';

/** @param use what to do with them, while they can be loaded */
export async function throughVite<T>(use: (load: <M>(path: string) => Promise<M>) => Promise<T>): Promise<T> {
  const vite = await createServer({
    configFile: false,
    appType: 'custom',
    logLevel: 'error',
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true },
  });
  try {
    return await use(async <M>(path: string) => (await vite.ssrLoadModule(path)) as M);
  } finally {
    await vite.close();
  }
}
