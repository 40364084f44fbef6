/**
 * Lets the page start without a network: keeps the files of one build, and gives them when the server cannot be reached. Answers of other
 * addresses (hubs, mirrors) pass by untouched. `tools/offlinePlugin.ts` puts the list of files in front of this script.
 */
declare const self: ServiceWorkerGlobalScope;

/** A build's files by their paths below the page ('' is the page itself), and what changes with any of them. */
declare const BUILD: { readonly version: string; readonly files: readonly string[] };

const { scope } = self.registration;
const MINE = `karma-playground ${scope} `;
const CACHE = MINE + BUILD.version;
const urls = new Set(BUILD.files.map((path) => new URL(path, scope).href));

self.addEventListener('install', (event) => {
  event.waitUntil(fill());
});

self.addEventListener('activate', (event) => {
  event.waitUntil(forgetOlder().then(() => self.clients.claim()));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = addressOf(request);
  if (request.method !== 'GET' || !urls.has(url)) return;
  event.respondWith(isFixed(url) ? kept(url).then((answer) => answer ?? fetch(request)) : current(request, url));
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

/** What the server has now; what is kept where it cannot be reached. */
async function current(request: Request, url: string): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const answer = await kept(url);
    if (answer === undefined) throw error;
    return answer;
  }
}

async function kept(url: string): Promise<Response | undefined> {
  return (await caches.open(CACHE)).match(url);
}

/** Brings every file of the build here; those of an older build that are the same are taken over. */
async function fill(): Promise<void> {
  const cache = await caches.open(CACHE);
  for (const url of urls) {
    // An installation that broke off goes on.
    if ((await cache.match(url)) !== undefined) continue;
    const older = isFixed(url) ? await caches.match(url) : undefined;
    const answer = older ?? (await fetch(url, { cache: 'no-cache' }));
    if (!answer.ok) throw new Error(`${url} could not be fetched (HTTP ${answer.status}).`);
    // A page may not be opened with an answer that was redirected.
    await cache.put(url, answer.redirected ? new Response(answer.body, { headers: answer.headers }) : answer);
  }
}

async function forgetOlder(): Promise<void> {
  const older = (await caches.keys()).filter((name) => name.startsWith(MINE) && name !== CACHE);
  await Promise.all(older.map((name) => caches.delete(name)));
}

export {};
