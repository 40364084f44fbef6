// Serves a build of the page on this machine and opens it: `npm start`, and `npx karma-playground`. Needs
// nothing but Node.
import { spawn } from 'node:child_process';
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';

const PORT = 4173;
const OPENERS = { darwin: ['open'], win32: ['cmd', '/c', 'start', ''] };
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};

/** @returns the path of a file of the folder that an address names, or null */
function fileAt(folder, url) {
  let name;
  try {
    name = decodeURIComponent(new URL(url, 'http://localhost').pathname);
  } catch {
    return null;
  }
  const file = path.join(folder, name.endsWith('/') ? `${name}index.html` : name);
  if (file !== folder && !file.startsWith(folder + path.sep)) return null;
  return statSync(file, { throwIfNoEntry: false })?.isFile() ? file : null;
}

/**
 * @param folder of the built page @param headers sent with every file
 * @param port the first to try; if it is taken, the next ones are
 * @returns {Promise<{ url: string, close: () => void }>}
 */
export async function serve(folder, headers, port = PORT) {
  const root = path.resolve(folder);
  const server = createServer((request, response) => {
    const file = ['GET', 'HEAD'].includes(request.method) ? fileAt(root, request.url) : null;
    if (file === null) {
      response.writeHead(404, headers).end();
      return;
    }
    const type = TYPES[path.extname(file)] ?? 'application/octet-stream';
    const { size } = statSync(file);
    response.writeHead(200, { ...headers, 'Content-Type': type, 'Content-Length': size, 'Cache-Control': 'no-cache' });
    if (request.method === 'HEAD') response.end();
    else createReadStream(file).pipe(response);
  });
  for (let next = port; ; next++) {
    try {
      await new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(next, '127.0.0.1', resolve);
      });
      return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
    } catch (error) {
      if (error.code !== 'EADDRINUSE' || next >= port + 20) throw error;
    }
  }
}

/** Says where the page is, and opens it. Without a desktop there is nothing to open; the URL is enough. */
export function show(url) {
  console.info(
    `\nKARMA Playground: ${url}\nOpen it in a browser with WebGPU (Chrome, Edge, Safari 26, Firefox). Stop with Ctrl+C.`,
  );
  const linux = process.platform === 'linux';
  if (process.env.CI || (linux && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY)) return;
  const [command, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const opener = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
  opener.on('error', () => undefined);
  opener.unref();
}
