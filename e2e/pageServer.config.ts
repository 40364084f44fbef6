import { defineConfig } from 'vite';
import { SECURITY_HEADERS } from '../tools/securityPlugin.ts';

/**
 * Serves the built page as `npm start` does, but uncompressed: each test would compress five megabytes anew.
 */
export default defineConfig({
  preview: { host: '127.0.0.1', headers: SECURITY_HEADERS },
  plugins: [
    {
      name: 'uncompressed',
      configurePreviewServer: ({ middlewares }) => {
        middlewares.use((request, _response, next) => {
          delete request.headers['accept-encoding'];
          next();
        });
      },
    },
  ],
});
