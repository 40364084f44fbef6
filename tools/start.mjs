// `npm start`: builds the playground, serves it on this machine and opens it in the browser.
import { build, resolveConfig } from 'vite';
import { serve, show } from './package/serve.mjs';

console.info('Building the playground');
await build({ logLevel: 'error' });
const { preview, build: built } = await resolveConfig({}, 'serve');
const { url } = await serve(built.outDir, preview.headers);
show(url);
