import { expect, it } from 'vitest';
import { memoryStore } from '../storage/memoryStore';
import type { AdapterInfo } from '../record/runRecord';
import { keptHeads } from './headStore';

const ADAPTER = { vendor: 'a', architecture: 'b', device: '', description: '', runtime: 'browser' } as AdapterInfo;

it('keeps the newest fits, each for its adapter', async () => {
  const store = memoryStore();
  let time = 0;
  const heads = keptHeads(store, ADAPTER, () => (time += 1));
  for (let fit = 0; fit < 40; fit++) await heads.write(`fit ${fit}`, Uint8Array.of(fit));
  expect(await store.list()).toHaveLength(32);
  expect(await heads.read('fit 7')).toBeNull();
  expect(await heads.read('fit 8')).toEqual({ bytes: Uint8Array.of(8), from: 'stored' });
  expect(await heads.read('fit 39')).toEqual({ bytes: Uint8Array.of(39), from: 'stored' });
  expect(await keptHeads(store, { ...ADAPTER, vendor: 'c' }).read('fit 39')).toBeNull();
});
