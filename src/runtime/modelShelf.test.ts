import { afterEach, beforeEach, expect, it } from 'vitest';
import { memoryStore } from '../storage/memoryStore';
import { startHub, type HubServer } from '../testing/hubServer';
import { tinyModel } from '../testing/tinyModel';
import { ModelShelf } from './modelShelf';

let hub: HubServer;
beforeEach(async () => {
  hub = await startHub({ repositories: new Map([['test/tiny', tinyModel()]]) });
});
afterEach(async () => {
  await hub.close();
});

it('contacts no hub except the default one before it is approved, nor after approval is revoked', async () => {
  let agreed = new Set<string>();
  const shelf = new ModelShelf(
    'http://page.invalid/',
    memoryStore(),
    () => undefined,
    () => agreed,
  );
  const model = { id: 'test/tiny', revision: 'main', baseUrl: `${hub.url}/` };
  const refused = expect.objectContaining({ name: 'ModelError', message: expect.stringContaining(hub.url) as string }) as Error;
  await expect(shelf.load(model)).rejects.toEqual(refused);
  await expect(shelf.source(model)).rejects.toEqual(refused);
  agreed = new Set(['http://127.0.0.1:1', 'https://127.0.0.1']);
  await expect(shelf.load(model)).rejects.toEqual(refused);
  expect(hub.asked).toEqual([]);

  agreed = new Set([hub.url]);
  expect((await shelf.load(model)).id).toBe('test/tiny');
  const asked = hub.asked.length;
  expect(asked).toBeGreaterThan(0);

  agreed = new Set();
  shelf.forget();
  await expect(shelf.load(model)).rejects.toEqual(refused);
  expect(hub.asked).toHaveLength(asked);
});
