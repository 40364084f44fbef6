/** The built page on a server that can be made to fail as servers do. */
import { readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import path from 'node:path';

const DIST = 'dist';
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/**
 * `well`: as built; `broken`: HTTP 503; `pages`: another page in place of every file except the page itself;
 * `silent`: no response.
 */
export type Manner = 'well' | 'broken' | 'pages' | 'silent';

export interface FickleServer {
  readonly url: string;
  /** Sets the behaviour from now on; requests waiting for a response are aborted. */
  behave: (manner: Manner) => void;
  /** Changes a file, by its path below the page. */
  change: (file: string, bytes: Buffer) => Buffer;
  /** The file of the build at a path. */
  fileOf: (file: string) => string;
  readonly close: () => Promise<void>;
}

export async function startFickleServer(port: number): Promise<FickleServer> {
  const server = createServer((request, response) => {
    void answer(new URL(request.url!, 'http://host').pathname.slice(1), response);
  });
  let manner: Manner = 'well';
  const unanswered = new Set<ServerResponse>();
  const fickle: FickleServer = {
    url: `http://127.0.0.1:${port}/`,
    behave: (next) => {
      manner = next;
      for (const response of unanswered) response.destroy();
      unanswered.clear();
    },
    change: (_, bytes) => bytes,
    fileOf: (file) => file,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };

  async function answer(asked: string, response: ServerResponse): Promise<void> {
    if (manner === 'silent') {
      unanswered.add(response);
      return;
    }
    if (manner === 'broken') {
      response.writeHead(503).end('Service unavailable');
      return;
    }
    if (manner === 'pages' && asked !== '') {
      response.writeHead(200, { 'content-type': TYPES['.html'] }).end('<!doctype html><p>Sign in to the network</p>');
      return;
    }
    const file = asked === '' ? 'index.html' : asked;
    try {
      const bytes = fickle.change(file, await readFile(path.join(DIST, fickle.fileOf(file))));
      response.writeHead(200, { 'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream' }).end(bytes);
    } catch {
      response.writeHead(404).end('Not found');
    }
  }

  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return fickle;
}
