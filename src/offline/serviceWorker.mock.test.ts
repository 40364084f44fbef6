import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const SCOPE = 'https://host.test/karma/';
const SCRIPT = `${SCOPE}assets/index-1.js`;
const MODEL = `${SCOPE}models/config.json`;
/** Cached once requested. */
const LATER = `${SCOPE}recorded/tuned.run.json.gz`;
const FILES: Readonly<Record<string, string>> = { [SCOPE]: '<!doctype html>', [SCRIPT]: 'run()', [MODEL]: '{"layers":2}' };
const KIND: Readonly<Record<string, string>> = { [SCOPE]: 'text/html', [SCRIPT]: 'text/javascript', [MODEL]: 'application/json' };

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Cache Storage as far as it is used. */
class Caches {
  /** How many of the next reads fail. */
  failures = 0;
  readonly stores = new Map<string, Map<string, Response>>();

  open(name: string) {
    const store = this.stores.get(name) ?? new Map<string, Response>();
    this.stores.set(name, store);
    return Promise.resolve({
      match: (url: string) =>
        this.failures-- > 0 ? Promise.reject(new DOMException('', 'UnknownError')) : Promise.resolve(store.get(url)?.clone()),
      put: (url: string, answer: Response) => Promise.resolve(void store.set(url, answer)),
      delete: (url: string) => Promise.resolve(store.delete(url)),
    });
  }
  match(url: string): Promise<Response | undefined> {
    const found = [...this.stores.values()].map((store) => store.get(url)).find((answer) => answer !== undefined);
    return Promise.resolve(found?.clone());
  }
  keys(): Promise<string[]> {
    return Promise.resolve([...this.stores.keys()]);
  }
  delete(name: string): Promise<boolean> {
    return Promise.resolve(this.stores.delete(name));
  }
}

type Listener = (event: object) => void;
let listeners: Map<string, Listener>;
let kept: Caches;
/** How the server responds. */
let server: (url: string) => Response | Promise<Response>;
let asked: string[];

const well = (url: string): Response => new Response(FILES[url], { headers: { 'content-type': KIND[url] ?? '' } });

async function start(): Promise<void> {
  vi.resetModules();
  listeners = new Map();
  vi.stubGlobal('self', {
    registration: { scope: SCOPE },
    clients: { claim: () => Promise.resolve() },
    addEventListener: (type: string, listener: Listener) => listeners.set(type, listener),
  });
  const files = Object.fromEntries(Object.entries(FILES).map(([url, text]) => [url.slice(SCOPE.length), [sha256(text)]]));
  vi.stubGlobal('BUILD', { version: 'two', files, later: { [LATER.slice(SCOPE.length)]: [sha256('run')] } });
  await import('./serviceWorker');
}

async function installed(): Promise<void> {
  let done: Promise<unknown> = Promise.resolve();
  listeners.get('install')!({ waitUntil: (work: Promise<unknown>) => (done = work) });
  await done;
}

/** Work that continues after responses. */
let behind: Promise<unknown>[] = [];

/** The page's response; null if the service worker does not handle the request. */
function get(url: string): Promise<Response> | null {
  let answer: Promise<Response> | null = null;
  listeners.get('fetch')!({
    request: new Request(url),
    respondWith: (given: Promise<Response>) => (answer = given),
    waitUntil: (work: Promise<unknown>) => behind.push(work),
  });
  return answer;
}
const textOf = async (url: string): Promise<string> => (await get(url)!).text();

beforeEach(async () => {
  kept = new Caches();
  asked = [];
  server = well;
  vi.stubGlobal('caches', kept);
  vi.stubGlobal('fetch', (input: string | Request) => {
    const url = typeof input === 'string' ? input : input.url;
    asked.push(url);
    return new Promise((resolve) => {
      resolve(server(url));
    });
  });
  await start();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('installing', () => {
  it('caches every file, and fetches a damaged one again', async () => {
    let damaged = 1;
    server = (url) => (url === SCRIPT && damaged-- > 0 ? new Response('run(') : well(url));
    await installed();
    expect(asked.filter((url) => url === SCRIPT)).toHaveLength(2);
    server = () => Promise.reject(new TypeError('no network'));
    for (const [url, text] of Object.entries(FILES)) expect(await textOf(url)).toBe(text);
  });

  it.each([
    ['stays damaged', () => new Response('run(')],
    ['is a page', () => new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } })],
    ['is refused', () => new Response('', { status: 503 })],
  ])('fails if a file %s', async (_, answer) => {
    server = (url) => (url === SCRIPT ? answer() : well(url));
    await expect(installed()).rejects.toThrow(SCRIPT);
  });

  it('takes over unchanged files from an older build, but not damaged ones', async () => {
    const older = await kept.open(`karma-playground ${SCOPE} one`);
    await older.put(SCRIPT, new Response('run('));
    await older.put(MODEL, well(MODEL));
    await installed();
    expect(asked.sort()).toEqual([SCOPE, SCRIPT].sort());
    expect(await textOf(SCRIPT)).toBe('run()');
  });
});

describe('responding', () => {
  it('replaces a damaged copy, and does not use it if the server is gone', async () => {
    await installed();
    const copy = await kept.open(`karma-playground ${SCOPE} two`);
    await copy.put(SCRIPT, new Response('ruin()'));
    expect(await textOf(SCRIPT)).toBe('run()');
    asked = [];
    expect(await textOf(SCRIPT)).toBe('run()');
    expect(asked).toEqual([]);
    await copy.put(SCRIPT, new Response('ruin()'));
    server = () => Promise.reject(new TypeError('no network'));
    await expect(get(SCRIPT)).rejects.toThrow('no network');
  });

  it('reads a copy again if that failed and the server is gone', async () => {
    await installed();
    server = () => Promise.reject(new TypeError('no network'));
    kept.failures = 1;
    expect(await textOf(SCRIPT)).toBe('run()');
    kept.failures = 2;
    await expect(get(SCRIPT)).rejects.toThrow('no network');
    expect(await textOf(SCRIPT)).toBe('run()');
  });

  it('returns the server’s file if copies cannot be read', async () => {
    await installed();
    kept.failures = 1;
    expect(await textOf(SCRIPT)).toBe('run()');
    kept.failures = Infinity;
    expect(await textOf(MODEL)).toBe(FILES[MODEL]);
  });

  it('keeps the kind of a file, and opens a page that was redirected', async () => {
    const moved = new Response(FILES[SCOPE], { headers: { 'content-type': KIND[SCOPE]! } });
    Object.defineProperty(moved, 'redirected', { value: true });
    server = (url) => (url === SCOPE ? moved.clone() : well(url));
    await installed();
    server = () => Promise.reject(new TypeError('no network'));
    const page = await get(SCOPE)!;
    expect(page.redirected).toBe(false);
    expect(page.headers.get('content-type')).toBe(KIND[SCOPE]);
  });

  it.each([
    ['5xx', () => new Response('Bad gateway', { status: 502 })],
    [
      'a page in place of a file',
      () => new Response('<p>Sign in</p>', { headers: { 'content-type': 'text/html; charset=utf-8' } }),
    ],
    ['no network', () => Promise.reject(new TypeError('no network'))],
  ])('returns the copy for %s', async (_, answer) => {
    await installed();
    server = answer;
    expect(await textOf(MODEL)).toBe(FILES[MODEL]);
  });

  it('returns the copy after 4 s of silence, and the server’s file before that', async () => {
    await installed();
    server = () => new Promise((resolve) => setTimeout(resolve, 3900, new Response('{"layers":3}')));
    vi.useFakeTimers();
    const late = textOf(MODEL);
    await vi.advanceTimersByTimeAsync(3900);
    expect(await late).toBe('{"layers":3}');
    server = () => new Promise(() => undefined);
    const never = textOf(MODEL);
    await vi.advanceTimersByTimeAsync(4000);
    vi.useRealTimers();
    expect(await never).toBe(FILES[MODEL]);
  });

  it('leaves other URLs alone', async () => {
    await installed();
    expect(get('https://hub.test/model')).toBeNull();
    expect(get(`${SCOPE}assets/other.js`)).toBeNull();
  });

  it('says whether a script belongs to its build', () => {
    const said: unknown[] = [];
    for (const script of [SCRIPT, `${SCOPE}assets/index-0.js`])
      listeners.get('message')!({ data: { script }, ports: [{ postMessage: (answer: unknown) => said.push(answer) }] });
    expect(said).toEqual([true, false]);
  });
});

describe('files that are requested one by one', () => {
  const run = (text: string) => (url: string) => (url === LATER ? new Response(text) : well(url));
  const gone = (): never => {
    throw new TypeError('no network');
  };
  beforeEach(async () => {
    behind = [];
    await installed();
    asked = [];
  });
  it('are not fetched with the build', () => {
    expect(asked).not.toContain(LATER);
    expect([...kept.stores.values()].flatMap((store) => [...store.keys()])).not.toContain(LATER);
  });
  it('are available offline once requested', async () => {
    server = run('run');
    expect(await textOf(LATER)).toBe('run');
    await Promise.all(behind);
    server = gone;
    expect(await textOf(LATER)).toBe('run');
    await Promise.all(behind);
  });
  it('replace a damaged copy', async () => {
    const copy = await kept.open(`karma-playground ${SCOPE} two`);
    await copy.put(LATER, new Response('ruin'));
    server = run('run');
    await textOf(LATER);
    await Promise.all(behind);
    expect(await (await copy.match(LATER))!.text()).toBe('run');
  });
  it('are not cached if they differ from this build’s file', async () => {
    server = run('another');
    expect(await textOf(LATER)).toBe('another');
    await Promise.all(behind);
    server = gone;
    await expect(textOf(LATER)).rejects.toThrow('no network');
  });
});
