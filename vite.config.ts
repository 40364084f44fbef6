import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { firstLoadPlugin } from './tools/firstLoadPlugin.ts';
import { messagesPlugin } from './tools/messages/messagesPlugin.ts';
import { offlinePlugin } from './tools/offlinePlugin.ts';
import { pageChunks } from './tools/pageChunks.ts';
import { recordedArmsPlugin } from './tools/recordedArmsPlugin.ts';
import { SECURITY_HEADERS, securityPlugin } from './tools/securityPlugin.ts';

/** With slashes on every system, as the bundler writes paths. */
const root = import.meta.dirname.replaceAll('\\', '/');

export default defineConfig({
  // Relative URLs, so that a build works from any folder on any static host.
  base: './',
  plugins: [react(), messagesPlugin(), recordedArmsPlugin(), securityPlugin(), offlinePlugin(), firstLoadPlugin()],
  worker: { format: 'es', plugins: () => [messagesPlugin()] },
  build: {
    target: 'es2023',
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: pageChunks(root), includeDependenciesRecursively: false }] } },
    },
  },
  server: { host: '127.0.0.1', port: 5173 },
  preview: { host: '127.0.0.1', port: 4173, headers: SECURITY_HEADERS },
});
