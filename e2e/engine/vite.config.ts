import { defineConfig } from 'vite';

/**
 * A development server for this folder and the benchmark. It bundles dependencies before the first request: a
 * later reload would abort a test.
 */
export default defineConfig({
  cacheDir: 'node_modules/.vite-engine',
  optimizeDeps: { entries: ['e2e/engine/*.html', 'e2e/engine/*.worker.ts', 'bench/index.html', 'bench/contestantWorker.ts'] },
  server: { host: '127.0.0.1', hmr: false, watch: null },
});
