import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ModelError } from './modelError';
import { httpSource } from './source';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
  vi.unstubAllGlobals();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((ready) => server.once('listening', ready));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/model`;
}

/** As much of the Cache API as the source uses. */
function stubCaches(): void {
  const stored = new Map<string, Response>();
  const cache = {
    match: (url: string) => Promise.resolve(stored.get(url)?.clone()),
    put: (url: string, response: Response) => Promise.resolve(void stored.set(url, response)),
  };
  vi.stubGlobal('caches', { open: () => Promise.resolve(cache) });
}

describe('httpSource', () => {
  it('reads a file and reports its bytes', async () => {
    const url = await serve((request, response) => {
      expect(request.url).toBe('/model/config.json');
      response.setHeader('content-length', 6);
      response.write('abc');
      setTimeout(() => response.end('def'), 20);
    });
    const seen: string[] = [];
    const bytes = await httpSource(url).read('config.json', (...progress) => seen.push(progress.join(' ')));
    expect(new TextDecoder().decode(bytes)).toBe('abcdef');
    expect(seen[0]).toBe('0 6 network');
    expect(seen.at(-1)).toBe('6 6 network');
  });

  it.each([
    [404, /not there/],
    [403, /permission/],
    [503, /busy or broken/],
  ])('explains HTTP %i', async (status, message) => {
    const url = await serve((_, response) => response.writeHead(status).end());
    const reading = httpSource(url).read('model.safetensors');
    await expect(reading).rejects.toThrow(ModelError);
    await expect(reading).rejects.toThrow(message);
  });

  it('takes an index page in place of the file for a 404', async () => {
    const url = await serve((_, response) => response.setHeader('content-type', 'text/html').end('<html>'));
    await expect(httpSource(url).read('config.json')).rejects.toThrow(/not there/);
  });

  it('explains servers that cannot be reached or hang up', async () => {
    await expect(httpSource('http://127.0.0.1:1').read('config.json')).rejects.toThrow(/could not be downloaded/);
    const url = await serve((_, response) => {
      response.setHeader('content-length', 10).write('abc');
      setTimeout(() => response.destroy(), 20);
    });
    await expect(httpSource(url).read('config.json')).rejects.toThrow(ModelError);
  });

  it('stops when aborted, with the reason of the signal', async () => {
    const url = await serve((_, response) => response.write('abc'));
    const controller = new AbortController();
    const reading = httpSource(url).read(
      'x',
      () => {
        controller.abort(new Error('enough'));
      },
      controller.signal,
    );
    await expect(reading).rejects.toThrow('enough');
  });

  it('reads from the cache while the server says that nothing changed, or is away', async () => {
    stubCaches();
    let version = 1;
    const asked: string[] = [];
    const url = await serve((request, response) => {
      asked.push(request.method ?? '');
      response.setHeader('etag', `"${version}"`).end(`version ${version}`);
    });
    const source = httpSource(url);
    const read = async () => {
      const origins = new Set<string>();
      const bytes = await source.read('config.json', (_done, _total, origin) => origins.add(origin));
      return [new TextDecoder().decode(bytes), ...origins].join(', ');
    };
    expect(await read()).toBe('version 1, network');
    expect(await read()).toBe('version 1, cache');
    version = 2;
    expect(await read()).toBe('version 2, network');
    expect(asked).toEqual(['GET', 'HEAD', 'HEAD', 'GET']);
    for (const close of closers.splice(0)) close();
    expect(await read()).toBe('version 2, cache');
  });
});
