/**
 * Lets the page start without a network: keeps the files of one build, each by its SHA-256, and gives them when the server cannot be reached,
 * is broken, silent, or gives a page instead of a file. What does not have its SHA-256 is not kept, and fetched again where it is found.
 * Answers of other addresses (hubs, mirrors) pass by untouched. `tools/offlinePlugin.ts` puts the list of files in front of this script.
 */
declare const self: ServiceWorkerGlobalScope;

/**
 * A build's files by their paths below the page ('' is the page itself), with the SHA-256 that their bytes may have (of packed files two: some servers
 * have them unpacked on the way), those that are kept once they were asked for, and what changes with any of them.
 */
declare const BUILD: {
  readonly version: string;
  readonly files: Readonly<Record<string, readonly string[]>>;
  readonly later: Readonly<Record<string, readonly string[]>>;
};

/** Milliseconds that a server may take to begin its answer where a copy is kept. */
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

/** A page asks whether its script is of this build. */
self.addEventListener('message', ({ data, ports: [port] }) => {
  const { script } = data as { readonly script: string };
  port?.postMessage(hashes.has(script));
});

/** Names under assets/ change with their content. */
function isFixed(url: string): boolean {
  return url.startsWith(`${scope}assets/`);
}

/** The address that a request's answer is kept under. */
function addressOf({ url }: Request): string {
  const address = url.replace(/[?#].*$/, '');
  return address === `${scope}index.html` ? scope : address;
}

/** What is kept, as it must be; else what the server has, which is kept from then on. */
async function fixed(request: Request, url: string): Promise<Response> {
  const answer = (await kept(url)) ?? (await whole(url).catch(() => undefined));
  return answer ?? fetch(request);
}

/** What the server has now; what is kept where it cannot be reached, says that it is broken, gives a page instead of a file, or is silent. */
async function current(request: Request, url: string): Promise<Response> {
  const asked = fetch(request);
  const first = await Promise.race([asked.catch(() => null), silence()]);
  if (first !== null && isSound(first, url)) return first;
  return (await kept(url)) ?? asked;
}

/** The same, kept for a visit without the server: recorded runs of lessons are asked for one by one. */
async function onDemand(event: FetchEvent, url: string): Promise<Response> {
  const answer = await current(event.request, url);
  if (answer.ok) event.waitUntil(keep(answer.clone(), url));
  return answer;
}

async function keep(answer: Response, url: string): Promise<void> {
  try {
    const cache = await caches.open(CACHE);
    if ((await cache.match(url)) === undefined && (await isWhole(answer, url))) await cache.put(url, answer);
  } catch (error) {
    // Full storage, or an answer that breaks off, costs only the visit without the server.
    if (!(error instanceof DOMException || error instanceof TypeError)) throw error;
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

/** What is kept under an address; a copy that is not what it must be goes. */
async function kept(url: string): Promise<Response | undefined> {
  const cache = await caches.open(CACHE);
  const answer = await cache.match(url);
  if (answer === undefined || (await isWhole(answer, url))) return answer;
  await cache.delete(url);
  return undefined;
}

async function isWhole(answer: Response, url: string): Promise<boolean> {
  const digest = await crypto.subtle.digest('SHA-256', await answer.clone().arrayBuffer());
  const hash = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hashes.get(url)?.includes(hash) ?? false;
}

/** Brings a file of the build here and keeps it. @throws Error when the server does not have it as it must be */
async function whole(url: string): Promise<Response> {
  // What a cache on the way has may be damaged: the second time it is passed by.
  for (const cache of ['no-cache', 'reload'] as const) {
    const answer = await fetch(url, { cache });
    if (!answer.ok) throw new Error(`${url} could not be fetched (HTTP ${answer.status}).`);
    if (!(await isWhole(answer, url))) continue;
    // A page may not be opened with an answer that was redirected.
    const plain = answer.redirected ? new Response(answer.body, { headers: answer.headers }) : answer;
    await (await caches.open(CACHE)).put(url, plain.clone());
    return plain;
  }
  throw new Error(`${url} is not the file of this build.`);
}

/** Brings every file of the build here; those of an older build that are the same are taken over. */
async function fill(): Promise<void> {
  const cache = await caches.open(CACHE);
  for (const url of hashes.keys()) {
    // An installation that broke off goes on.
    if ((await kept(url)) !== undefined) continue;
    const older = await caches.match(url);
    if (older !== undefined && (await isWhole(older, url))) await cache.put(url, older);
    else if (!later.has(url)) await whole(url);
  }
}

async function forgetOlder(): Promise<void> {
  const older = (await caches.keys()).filter((name) => name.startsWith(MINE) && name !== CACHE);
  await Promise.all(older.map((name) => caches.delete(name)));
}

export {};
