/**
 * Lets the page start without a network: caches the files of one build, each with its SHA-256, and serves
 * them when the server cannot be reached, is broken or silent, or sends a page instead of a file. A file with
 * another SHA-256 is not cached, and fetched again if found in the cache. Requests to other URLs (hubs,
 * mirrors) are not handled. `tools/offlinePlugin.ts` prepends the list of files to this script.
 */
declare const self: ServiceWorkerGlobalScope;

/**
 * A build's files by their paths below the page ('' is the page itself), each with the SHA-256 that its bytes
 * may have; packed files have two, since some servers send them unpacked. Beside them: the files that are
 * cached once requested, and a version that changes with any file.
 */
declare const BUILD: {
  readonly version: string;
  readonly files: Readonly<Record<string, readonly string[]>>;
  readonly later: Readonly<Record<string, readonly string[]>>;
};

/** Milliseconds within which a server must start to respond if there is a cached copy. */
const SILENCE = 4000;

const { scope } = self.registration;
const MINE = `karma-playground ${scope} `;
const CACHE = MINE + BUILD.version;
const hashes = hashesOf({ ...BUILD.files, ...BUILD.later });
const later = new Set(hashesOf(BUILD.later).keys());

function hashesOf(files: Readonly<Record<string, readonly string[]>>): Map<string, readonly string[]> {
  return new Map(Object.entries(files).map(([path, hash]) => [new URL(path, scope).href, hash]));
}

self.addEventListener('install', (event) => {
  event.waitUntil(fill());
});

self.addEventListener('activate', (event) => {
  event.waitUntil(forgetOlder().then(() => self.clients.claim()));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = addressOf(request);
  if (request.method !== 'GET' || !hashes.has(url)) return;
  if (later.has(url)) event.respondWith(onDemand(event, url));
  else event.respondWith(isFixed(url) ? fixed(request, url) : current(request, url));
});

/** A page asks whether its script belongs to this build. */
self.addEventListener('message', ({ data, ports: [port] }) => {
  const { script } = data as { readonly script: string };
  port?.postMessage(hashes.has(script));
});

/** Names under assets/ change with their content. */
function isFixed(url: string): boolean {
  return url.startsWith(`${scope}assets/`);
}

/** The URL under which a request's response is cached. */
function addressOf({ url }: Request): string {
  const address = url.replace(/[?#].*$/, '');
  return address === `${scope}index.html` ? scope : address;
}

/**
 * The cached file if it is intact; else the server's, which is then cached. A file that neither gave is read
 * from the cache once more: a browser may fail to read what it has.
 */
async function fixed(request: Request, url: string): Promise<Response> {
  const answer = (await kept(url)) ?? (await whole(url).catch(() => undefined)) ?? (await kept(url));
  return answer ?? fetch(request);
}

/**
 * The server's current file; the cached one if the server cannot be reached, reports an error, sends a page
 * instead of a file, or is silent.
 */
async function current(request: Request, url: string): Promise<Response> {
  const asked = fetch(request);
  const first = await Promise.race([asked.catch(() => null), silence()]);
  if (first !== null && isSound(first, url)) return first;
  return (await kept(url)) ?? asked;
}

/** The same, cached for offline visits: recorded runs of lessons are requested one by one. */
async function onDemand(event: FetchEvent, url: string): Promise<Response> {
  const answer = await current(event.request, url);
  if (answer.ok) event.waitUntil(keep(answer.clone(), url));
  return answer;
}

async function keep(answer: Response, url: string): Promise<void> {
  await unlessFailed(async () => {
    if ((await kept(url)) !== undefined) return;
    const read = await intact(answer, url);
    if (read !== undefined) await (await caches.open(CACHE)).put(url, read);
  });
}

/**
 * What `work` results in; nothing if storage is full or fails, or a response breaks off: that costs only
 * offline use.
 */
async function unlessFailed<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DOMException || error instanceof TypeError)) throw error;
    return undefined;
  }
}

function silence(): Promise<null> {
  return new Promise((resolve) => {
    setTimeout(resolve, SILENCE, null);
  });
}

function isSound(answer: Response, url: string): boolean {
  return answer.status < 500 && (url === scope || !isPage(answer) || url.endsWith('.html'));
}

function isPage(answer: Response): boolean {
  return /^text\/html\b/i.test(answer.headers.get('content-type') ?? '');
}

/**
 * The cached copy for a URL if it can be read and is intact. A damaged one stays until the server's file
 * replaces it.
 */
async function kept(url: string): Promise<Response | undefined> {
  return unlessFailed(async () => {
    const answer = await (await caches.open(CACHE)).match(url);
    return answer === undefined ? undefined : intact(answer, url);
  });
}

/** A response with the same bytes, which are in memory, if they are those of the build's file. */
async function intact(answer: Response, url: string): Promise<Response | undefined> {
  const bytes = await answer.arrayBuffer();
  const digest = await crypto.subtle.digest('SHA-256', bytes);
  const hash = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hashes.get(url)?.includes(hash) === true ? new Response(bytes, { headers: answer.headers }) : undefined;
}

/** Fetches a file of the build and caches it. @throws Error when the server lacks it or sends another one */
async function whole(url: string): Promise<Response> {
  // An HTTP cache's copy may be damaged, so the second attempt bypasses caches.
  for (const cache of ['no-cache', 'reload'] as const) {
    const answer = await fetch(url, { cache });
    if (!answer.ok) throw new Error(`${url} could not be fetched (HTTP ${answer.status}).`);
    const read = await intact(answer, url);
    if (read === undefined) continue;
    await (await caches.open(CACHE)).put(url, read.clone());
    return read;
  }
  throw new Error(`${url} is not the file of this build.`);
}

/** Fetches every file of the build, taking over unchanged ones from an older build. */
async function fill(): Promise<void> {
  const cache = await caches.open(CACHE);
  for (const url of hashes.keys()) {
    // Continues an interrupted installation.
    if ((await kept(url)) !== undefined) continue;
    const match = await caches.match(url);
    const older = match === undefined ? undefined : await intact(match, url);
    if (older !== undefined) await cache.put(url, older);
    else if (!later.has(url)) await whole(url);
  }
}

async function forgetOlder(): Promise<void> {
  const older = (await caches.keys()).filter((name) => name.startsWith(MINE) && name !== CACHE);
  await Promise.all(older.map((name) => caches.delete(name)));
}

export {};
