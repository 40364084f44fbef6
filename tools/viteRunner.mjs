// Runs a TypeScript module of the project in Node through Vite, which resolves shaders and JSON exactly as in
// the page's build.
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Loads a module by its path from the repository's root, and passes its exports to `use`. */
export async function withModule(path, use) {
  const server = await createServer({
    root,
    configFile: false,
    appType: 'custom',
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true },
    // TensorFlow.js imports modules without extensions, which Node does not resolve.
    ssr: { noExternal: [/^@tensorflow\//] },
  });
  try {
    return await use(await server.ssrLoadModule(path));
  } finally {
    await server.close();
  }
}
