/** Where a model's files come from: a folder on a web server, or (in the CLI) on disk. */
import { openCache } from './browserCache';
import { ModelError } from './modelError';

/** `cache`: nothing was downloaded (a browser cache, or a local disk). */
export type ByteOrigin = 'network' | 'cache';

/** `total` is 0 while unknown. */
export type OnBytes = (done: number, total: number, origin: ByteOrigin) => void;

export interface ModelSource {
  /**
   * The whole file, such as `config.json`, relative to the model's folder.
   * @throws ModelError when it cannot be had; the signal's reason when aborted.
   */
  read(file: string, onBytes?: OnBytes, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
}

/** Name of the Cache API cache that holds downloaded model files. */
export const MODEL_CACHE = 'karma-models-1';

/** In cached responses: what `versionOf` said when the file was downloaded. */
const VERSION_HEADER = 'karma-version';

/**
 * Files under `baseUrl`, kept in the Cache API where the browser has it. A cached file is used again only while the server
 * says (ETag, else date, else length) that it is still the same, or cannot be asked.
 */
export function httpSource(baseUrl: string): ModelSource {
  const base = baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`;
  return {
    async read(file, onBytes, signal) {
      const url = base + file;
      const cache = await openCache(MODEL_CACHE);
      const cached = await cache?.match(url);
      if (cached !== undefined && (await isCurrent(url, cached, signal))) return readCached(cached, onBytes);
      const response = await request(url, signal);
      const bytes = await readStream(response, url, onBytes, signal);
      if (cache !== null) await keep(cache, url, versionOf(response.headers), bytes);
      return bytes;
    },
  };
}

async function isCurrent(url: string, cached: Response, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    const response = await fetch(url, { method: 'HEAD', cache: 'no-cache', ...(signal && { signal }) });
    // A server that refuses HEAD, or says nothing about versions, has not said that the file changed.
    if (!response.ok) return response.status !== 404;
    const current = versionOf(response.headers);
    return current === null || current === cached.headers.get(VERSION_HEADER);
  } catch (error) {
    signal?.throwIfAborted();
    // Offline: what was downloaded earlier is better than nothing.
    if (error instanceof TypeError) return true;
    throw error;
  }
}

/** Changes when the file does, as far as the server lets us know. */
function versionOf(headers: Headers): string | null {
  const length = headers.has('content-encoding') ? null : headers.get('content-length');
  return headers.get('etag') ?? headers.get('last-modified') ?? length;
}

async function readCached(cached: Response, onBytes: OnBytes | undefined): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(await cached.arrayBuffer());
  onBytes?.(bytes.length, bytes.length, 'cache');
  return bytes;
}

async function request(url: string, signal: AbortSignal | undefined): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, signal && { signal });
  } catch (cause) {
    signal?.throwIfAborted();
    throw unreachable(url, cause);
  }
  if (!response.ok) throw refused(url, response.status);
  // Single-page servers answer unknown paths with their index page.
  if (response.headers.get('content-type')?.startsWith('text/html') === true) throw refused(url, 404);
  return response;
}

async function readStream(
  response: Response,
  url: string,
  onBytes: OnBytes | undefined,
  signal: AbortSignal | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  const compressed = response.headers.has('content-encoding');
  const total = compressed ? 0 : Number(response.headers.get('content-length') ?? 0);
  const chunks: Uint8Array[] = [];
  let done = 0;
  onBytes?.(0, total, 'network');
  try {
    const reader = response.body?.getReader();
    for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) {
      chunks.push(next.value);
      done += next.value.length;
      // The length of a body compressed behind our back would be too small.
      onBytes?.(done, done > total ? 0 : total, 'network');
    }
  } catch (cause) {
    signal?.throwIfAborted();
    throw unreachable(url, cause);
  }
  const bytes = new Uint8Array(done);
  let position = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, position);
    position += chunk.length;
  }
  return bytes;
}

async function keep(cache: Cache, url: string, version: string | null, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const headers = { 'content-length': String(bytes.length), ...(version !== null && { [VERSION_HEADER]: version }) };
  try {
    await cache.put(url, new Response(bytes, { headers }));
  } catch (error) {
    // A full disk costs a download next time, not this run.
    console.warn(`Could not cache ${url}.`, error);
  }
}

function unreachable(url: string, cause: unknown): ModelError {
  return new ModelError(`${url} could not be downloaded.`, 'Check the network connection and the address, then try again.', {
    cause,
  });
}

function refused(url: string, status: number): ModelError {
  const failed = `${url} could not be downloaded (HTTP ${status})`;
  if (status === 404) return new ModelError(`${failed}: it is not there.`, 'Check the address of the model.');
  if (status === 401 || status === 403) {
    return new ModelError(
      `${failed}: the server wants a permission.`,
      'Take a model that is public, or download it and serve it yourself.',
    );
  }
  if (status === 429 || status >= 500)
    return new ModelError(`${failed}: the server is busy or broken.`, 'Try again in a few minutes.');
  return new ModelError(`${failed}.`, 'Check the address of the model.');
}
