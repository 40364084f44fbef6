// `npm start`: builds the playground, serves it on this machine and opens it in the browser.
import { spawn } from 'node:child_process';
import { build, preview } from 'vite';

const PORT = 4173;
const OPENERS = { darwin: ['open'], win32: ['cmd', '/c', 'start', ''] };

console.info('Building the playground');
await build({ logLevel: 'error' });
const server = await preview({ preview: { host: '127.0.0.1', port: PORT, strictPort: false }, logLevel: 'warn' });
const url = server.resolvedUrls.local[0];
console.info(
  `\nKARMA Playground: ${url}\nOpen it in a browser with WebGPU (Chrome, Edge, Safari 26, Firefox). Stop with Ctrl+C.`,
);
openBrowser();

/** Without a desktop there is nothing to open; the URL above is enough. */
function openBrowser() {
  const linux = process.platform === 'linux';
  if (process.env.CI || (linux && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY)) return;
  const [command, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const opener = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
  opener.on('error', () => undefined);
  opener.unref();
}
