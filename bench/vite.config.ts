import { defineConfig } from 'vite';
import { securityPlugin } from '../tools/securityPlugin.ts';

/**
 * Adds the benchmark's page to a build of the playground, apart from its files: nothing of the page is loaded
 * for it, nor it for the page.
 */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  publicDir: false,
  plugins: [securityPlugin()],
  worker: { format: 'es' },
  build: { outDir: '../dist/bench', emptyOutDir: true, target: 'es2023', chunkSizeWarningLimit: 4000 },
});
