import { expect, it } from 'vitest';
import { memoryStore } from '../storage/memoryStore';
import { keptHeads } from './headStore';

it('keeps the newest fits', async () => {
  const store = memoryStore();
  let time = 0;
  const heads = keptHeads(store, () => (time += 1));
  for (let fit = 0; fit < 40; fit++) await heads.write(`fit ${fit}`, Uint8Array.of(fit));
  expect(await store.list()).toHaveLength(32);
  expect(await heads.read('fit 7')).toBeNull();
  expect(await heads.read('fit 8')).toEqual(Uint8Array.of(8));
  expect(await heads.read('fit 39')).toEqual(Uint8Array.of(39));
});
