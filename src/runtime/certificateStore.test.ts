import { beforeEach, expect, it } from 'vitest';
import type { LoadedModel } from '../model/loadedModel';
import type { AdapterInfo, Certificate } from '../record/runRecord';
import { keepFile, type FileStore } from '../storage/fileStore';
import { memoryStore } from '../storage/memoryStore';
import { keptCertificates } from './certificateStore';

const ADAPTER = { vendor: 'a', architecture: 'b', device: '', description: '', runtime: 'browser' } as AdapterInfo;
const WITH = { adapter: ADAPTER, program: ['worker-1.js', 'Browser/1'] };
const MODEL = { hash: 'aa', config: { layers: 2 } } as unknown as LoadedModel;
const IDS = [1, 5, 7];
const CERTIFICATE: Certificate = {
  ...{ maxRelative: 2e-6, maxAbsolute: 1e-5, tolerance: 1e-3, passed: true, provider: 'wasm', tokens: 3 },
  ...{ prompt: 'a', continuation: 'b' },
};
const DAY = 24 * 3600 * 1000;

let store: FileStore;
let time: number;
const clock = (): number => time;
beforeEach(() => {
  store = memoryStore();
  time = Date.parse('2026-11-30T12:00:00Z');
});

it('a certificate is read on a later visit, with the time of the comparison', async () => {
  const kept = keptCertificates(store, WITH, clock);
  expect(await kept.read(MODEL, IDS)).toBeNull();
  await kept.write(MODEL, IDS, CERTIFICATE);
  time += DAY;
  expect(await keptCertificates(store, WITH, clock).read(MODEL, IDS)).toEqual({
    ...CERTIFICATE,
    comparedAt: '2026-11-30T12:00:00.000Z',
  });
});

it('a damaged one is made again', async () => {
  const kept = keptCertificates(store, WITH, clock);
  await kept.write(MODEL, IDS, CERTIFICATE);
  const [{ key } = { key: '' }] = await store.list();
  for (const text of ['{"maxRelative": 2e', '{"maxRelative": "small"}']) {
    await keepFile(store, { key, group: 'certificates', version: null }, new TextEncoder().encode(text));
    expect(await kept.read(MODEL, IDS)).toBeNull();
  }
});

it('it holds for nothing else', async () => {
  await keptCertificates(store, WITH, clock).write(MODEL, IDS, CERTIFICATE);
  const kept = keptCertificates(store, WITH, clock);
  expect(await kept.read({ ...MODEL, hash: 'ab' }, IDS)).toBeNull();
  expect(await kept.read({ ...MODEL, config: { ...MODEL.config, layers: 3 } }, IDS)).toBeNull();
  expect(await kept.read(MODEL, [1, 5])).toBeNull();
  for (const other of [
    { ...WITH, adapter: { ...ADAPTER, architecture: 'c' } },
    { ...WITH, program: ['worker-2.js', 'Browser/1'] },
    { ...WITH, program: ['worker-1.js', 'Browser/2'] },
  ])
    expect(await keptCertificates(store, other, clock).read(MODEL, IDS)).toBeNull();
});

it('it holds for a week, and not before it was made; later ones replace those that no longer hold', async () => {
  const kept = keptCertificates(store, WITH, clock);
  await kept.write(MODEL, IDS, CERTIFICATE);
  time += 7 * DAY - 1;
  expect(await kept.read(MODEL, IDS)).not.toBeNull();
  await kept.write({ ...MODEL, hash: 'ab' }, IDS, CERTIFICATE);
  expect(await store.list()).toHaveLength(2);
  time += 1;
  expect(await kept.read(MODEL, IDS)).toBeNull();
  await kept.write({ ...MODEL, hash: 'ac' }, IDS, CERTIFICATE);
  expect(await store.list()).toHaveLength(2);
  time -= 30 * DAY;
  expect(await kept.read({ ...MODEL, hash: 'ac' }, IDS)).toBeNull();
});
