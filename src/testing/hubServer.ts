/**
 * A local server with the Hugging Face hub's layout, which can be slow, break off, refuse, or be a plain file
 * server.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Files } from './tinyModel';

/** What happens to one response. */
export type Behaviour =
  | { readonly kind: 'well' }
  /** Pieces of this many bytes with pauses between them. */
  | { readonly kind: 'slow'; readonly pieceBytes: number; readonly pauseMs: number }
  /**
   * What a client has not read when the connection breaks is lost, and a busy one reads late: it has `readMs`
   * milliseconds, 300 if they are not given.
   */
  | { readonly kind: 'break'; readonly afterBytes: number; readonly readMs?: number }
  | { readonly kind: 'refuse'; readonly status: number; readonly code?: string }
  | { readonly kind: 'no ranges' }
  /** An index page instead of the file. */
  | { readonly kind: 'page' }
  /** Another body of the same length. */
  | { readonly kind: 'corrupt' };

export interface HubOptions {
  /** Files by repository, such as `org/name`, or `datasets/org/name`. */
  readonly repositories: ReadonlyMap<string, Files>;
  /** Whether the hub's API responds. */
  readonly api?: boolean;
}

export interface HubRequest {
  readonly method: string;
  readonly path: string;
  readonly range: string | undefined;
}

export interface HubServer {
  readonly url: string;
  readonly asked: readonly HubRequest[];
  /** How the next requests for files are answered; may be changed at any time. */
  behave: (file: string) => Behaviour;
  close(): Promise<void>;
}

export const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const WELL: Behaviour = { kind: 'well' };
/** Large enough to be kept outside git, which is where the hub lists a SHA-256. */
const LARGE = 10_000;

export async function startHub({ repositories, api = true }: HubOptions): Promise<HubServer> {
  const asked: HubRequest[] = [];
  const hub: HubServer = {
    url: '',
    asked,
    behave: () => WELL,
    close: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => {
          closed();
        });
      }),
  };
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://hub').pathname);
    asked.push({ method: request.method ?? '', path, range: request.headers.range });
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-expose-headers', 'ETag, X-Error-Code, Content-Range');
    const listed = /^\/api\/(?:models\/|(?=datasets\/))((?:datasets\/)?[^/]+\/[^/]+)\/revision\/([^/]+)$/.exec(path);
    const resolved = /^\/((?:datasets\/)?[^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(path);
    if (listed && api) answerListing(repositories, listed[1]!, listed[2]!, response);
    else if (resolved) answerFile(repositories.get(resolved[1]!)?.get(resolved[3]!), hub.behave(resolved[3]!), request, response);
    else response.writeHead(404).end();
  });
  server.listen(0, '127.0.0.1');
  await new Promise((ready) => server.once('listening', ready));
  return Object.assign(hub, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

function answerListing(repositories: HubOptions['repositories'], id: string, revision: string, response: ServerResponse): void {
  const files = repositories.get(id);
  // As on the hub: without an account one does not learn whether a private model exists.
  if (files === undefined) return void response.writeHead(401, { 'x-error-code': 'RepoNotFound' }).end();
  if (revision !== 'main') return void response.writeHead(404, { 'x-error-code': 'RevisionNotFound' }).end();
  const siblings = [...files].map(([rfilename, bytes]) => ({
    rfilename,
    size: bytes.length,
    ...(bytes.length >= LARGE && { lfs: { sha256: sha256(bytes), size: bytes.length, pointerSize: 130 } }),
  }));
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ id, sha: COMMIT, siblings }));
}

function answerFile(
  bytes: Uint8Array | undefined,
  behaviour: Behaviour,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (behaviour.kind === 'refuse') {
    response.writeHead(behaviour.status, behaviour.code === undefined ? {} : { 'x-error-code': behaviour.code }).end();
    return;
  }
  if (behaviour.kind === 'page') return void response.setHeader('content-type', 'text/html').end('<html></html>');
  if (bytes === undefined) return void response.writeHead(404, { 'x-error-code': 'EntryNotFound' }).end();
  const from = behaviour.kind === 'no ranges' ? 0 : Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const body = (behaviour.kind === 'corrupt' ? bytes.map((byte) => byte ^ 1) : bytes).subarray(from);
  response.setHeader('etag', `"${sha256(bytes)}"`);
  response.setHeader('content-type', 'application/octet-stream');
  response.setHeader('content-length', body.length);
  if (from > 0) response.setHeader('content-range', `bytes ${from}-${bytes.length - 1}/${bytes.length}`);
  response.writeHead(from > 0 ? 206 : 200);
  if (request.method === 'HEAD') response.end();
  else if (behaviour.kind === 'slow') void trickle(body, behaviour, response);
  else if (behaviour.kind === 'break' && body.length > behaviour.afterBytes) {
    response.flushHeaders();
    response.write(body.subarray(0, behaviour.afterBytes));
    setTimeout(() => response.destroy(), behaviour.readMs ?? 300);
  } else response.end(body);
}

async function trickle(
  body: Uint8Array,
  { pieceBytes, pauseMs }: Extract<Behaviour, { kind: 'slow' }>,
  response: ServerResponse,
): Promise<void> {
  for (let at = 0; at < body.length && !response.destroyed; at += pieceBytes) {
    response.write(body.subarray(at, at + pieceBytes));
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  response.end();
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
