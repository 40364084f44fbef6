import { afterEach, describe, expect, it } from 'vitest';
import { startHub, type HubOptions, type HubServer } from '../../testing/hubServer';
import { json, tinyModel, type Files } from '../../testing/tinyModel';
import type { FileStore } from '../../storage/fileStore';
import { StorageFullError } from '../../storage/fileStore';
import { memoryStore } from '../../storage/memoryStore';
import { sha256Hex } from '../../storage/sha256';
import { loadModel } from '../loadModel';
import { ModelError } from '../modelError';
import { createTokenizer } from '../tokenizer';
import { httpSource, hubSource } from './httpSource';
import { MissingFileError, readAll, type ByteProgress, type ModelSource } from './modelSource';

const ID = 'test/tiny';
const FILES = tinyModel();
const WEIGHTS = FILES.get('model.safetensors')!;

let hub: HubServer;
const hubs: HubServer[] = [];
afterEach(async () => {
  for (const one of hubs.splice(0)) await one.close();
});

async function serve(options: Omit<HubOptions, 'repositories'> & { readonly files?: Files } = {}): Promise<HubServer> {
  hub = await startHub({ ...options, repositories: new Map([[ID, options.files ?? FILES]]) });
  hubs.push(hub);
  return hub;
}

/** Waits no longer than it must after a break. */
async function source(store: FileStore = memoryStore(), revision = 'main', id = ID): Promise<ModelSource> {
  const folder = await hubSource({ id, revision, baseUrl: hub.url }, store);
  return { ...folder, open: (file, options) => folder.open(file, { firstPause: 2, ...options }) };
}

/** Requests for the weights: `GET`, or `GET bytes=100-`. */
function askedForWeights(): string[] {
  return hub.asked
    .filter(({ path }) => path.endsWith('model.safetensors'))
    .map(({ method, range }) => (range === undefined ? method : `${method} ${range}`));
}

/** A memory store with room for this many bytes. */
function smallStore(room: number): FileStore {
  const store = memoryStore();
  return {
    ...store,
    async append(facts, from) {
      const writer = await store.append(facts, from);
      return {
        ...writer,
        write(piece) {
          if (piece.length > room) throw new StorageFullError();
          room -= piece.length;
          writer.write(piece);
        },
      };
    },
  };
}

/** Aborts once this many bytes have arrived. */
async function cancelAfter(from: ModelSource, bytes: number): Promise<void> {
  const controller = new AbortController();
  const onBytes = ({ done }: ByteProgress): void => {
    if (done >= bytes) controller.abort(new Error('enough'));
  };
  await expect(from.open('model.safetensors', { onBytes, signal: controller.signal })).rejects.toThrow('enough');
}

describe.each([
  ['with the hub’s API', true],
  ['from a plain file server', false],
])('a download %s', (_, api) => {
  it('arrives whole, reports its bytes and then comes from the store, even without a server', async () => {
    await serve({ api });
    const store = memoryStore();
    const seen: ByteProgress[] = [];
    const file = await (await source(store)).open('model.safetensors', { onBytes: (progress) => seen.push(progress) });
    expect(await readAll(file)).toEqual(WEIGHTS);
    expect(await file.hash()).toBe(sha256Hex(WEIGHTS));
    expect(seen[0]).toEqual({ done: 0, total: WEIGHTS.length, origin: 'network', kept: true });
    expect(seen.at(-1)).toEqual({ done: WEIGHTS.length, total: WEIGHTS.length, origin: 'network', kept: true });

    const again = await (await source(store)).open('model.safetensors', { onBytes: (progress) => seen.push(progress) });
    expect(seen.at(-1)?.origin).toBe('cache');
    expect(await again.hash()).toBe(sha256Hex(WEIGHTS));
    expect(askedForWeights()).toEqual(api ? ['GET'] : ['GET', 'HEAD']);
    await hub.close();
    expect(await readAll(await (await source(store)).open('model.safetensors'))).toEqual(WEIGHTS);
  });

  it('resumes where it was cancelled', async () => {
    await serve({ api });
    hub.behave = () => ({ kind: 'slow', pieceBytes: 20_000, pauseMs: 20 });
    const store = memoryStore();
    await cancelAfter(await source(store), 20_000);
    const [begun] = (await store.list()).filter(({ key }) => key.endsWith('model.safetensors'));
    expect(begun).toMatchObject({ hash: null, total: WEIGHTS.length });
    hub.behave = () => ({ kind: 'well' });
    expect(await readAll(await (await source(store)).open('model.safetensors'))).toEqual(WEIGHTS);
    expect(askedForWeights()).toEqual(['GET', `GET bytes=${begun!.bytes}-`]);
  });

  it('resumes by itself after a broken connection', async () => {
    await serve({ api });
    let breaks = 2;
    hub.behave = () => (breaks-- > 0 ? { kind: 'break', afterBytes: 15_000 } : { kind: 'well' });
    expect(await readAll(await (await source()).open('model.safetensors'))).toEqual(WEIGHTS);
    expect(askedForWeights()).toEqual(['GET', 'GET bytes=15000-', 'GET bytes=30000-']);
  });

  it('resumes after a connection that broke between the server’s answer and the first byte', async () => {
    await serve({ api });
    let breaks = 2;
    hub.behave = () => (breaks-- > 0 ? { kind: 'break', afterBytes: 0 } : { kind: 'well' });
    expect(await readAll(await (await source()).open('model.safetensors'))).toEqual(WEIGHTS);
    expect(askedForWeights()).toEqual(['GET', 'GET', 'GET']);
  });

  it('starts over if the server now has another version, or does not support ranges', async () => {
    await serve({ api: false });
    const store = memoryStore();
    hub.behave = () => ({ kind: 'slow', pieceBytes: 20_000, pauseMs: 20 });
    await cancelAfter(await source(store), 20_000);
    hub.behave = () => ({ kind: 'no ranges' });
    expect(await readAll(await (await source(store)).open('model.safetensors'))).toEqual(WEIGHTS);

    const other = tinyModel({ seed: 2 });
    const files = new Map(FILES);
    await serve({ api: false, files });
    const second = memoryStore();
    hub.behave = () => ({ kind: 'slow', pieceBytes: 20_000, pauseMs: 20 });
    await cancelAfter(await source(second), 20_000);
    files.set('model.safetensors', other.get('model.safetensors')!);
    hub.behave = () => ({ kind: 'well' });
    expect(await readAll(await (await source(second)).open('model.safetensors'))).toEqual(other.get('model.safetensors'));
    expect(askedForWeights().at(-1)).toBe('GET');
  });
});

describe('a model on a plain file server', () => {
  it('opens offline even if it lacks optional files', async () => {
    await serve({ api: false, files: tinyModel({ shards: 2 }) });
    const store = memoryStore();
    const load = async () => loadModel(await source(store), ID, () => undefined, createTokenizer);
    const before = await load();
    await hub.close();
    const after = await load();
    expect([after.hash, after.config]).toEqual([before.hash, before.config]);
  });

  it('is asked again for a file that it lacked', async () => {
    const files = new Map(FILES);
    await serve({ api: false, files });
    const store = memoryStore();
    const open = async () => (await source(store)).open('generation_config.json');
    await expect(open()).rejects.toThrow(MissingFileError);
    await expect(open()).rejects.toThrow(MissingFileError);
    files.set('generation_config.json', json({ eos_token_id: 1 }));
    expect(await readAll(await open())).toEqual(json({ eos_token_id: 1 }));
    await hub.close();
    expect(await readAll(await open())).toEqual(json({ eos_token_id: 1 }));
  });
});

describe('a download that fails', () => {
  it('leaves nothing in the store', async () => {
    await serve({ api: false });
    const store = memoryStore();
    hub.behave = () => ({ kind: 'refuse', status: 503 });
    await expect((await source(store)).open('config.json')).rejects.toThrow(/overloaded/);
    expect(await store.list()).toEqual([]);
  });

  it('gives up after several breaks without a byte between them', async () => {
    await serve();
    let first = true;
    hub.behave = () => {
      const afterBytes = first ? 5000 : 0;
      first = false;
      return { kind: 'break', afterBytes };
    };
    const opening = (await source()).open('model.safetensors');
    await expect(opening).rejects.toThrow(`broke off after 5000 of ${WEIGHTS.length} bytes`);
  });

  it('is refused and forgotten when its SHA-256 is not the listed one', async () => {
    await serve();
    const store = memoryStore();
    hub.behave = () => ({ kind: 'corrupt' });
    await expect((await source(store)).open('model.safetensors')).rejects.toThrow(/damaged: its SHA-256/);
    expect((await store.list()).filter(({ key }) => key.endsWith('model.safetensors'))).toEqual([]);
  });

  it.each([
    [{ kind: 'refuse', status: 403 } as const, /gated or private/],
    [{ kind: 'refuse', status: 401, code: 'GatedRepo' } as const, /the model is gated/],
    [{ kind: 'refuse', status: 404 } as const, /does not exist/],
    [{ kind: 'refuse', status: 429 } as const, /limiting requests/],
    [{ kind: 'refuse', status: 503 } as const, /overloaded or failing/],
  ])('explains %j', async (behaviour, message) => {
    await serve();
    hub.behave = () => behaviour;
    const opening = (await source()).open('config.json');
    await expect(opening).rejects.toThrow(ModelError);
    await expect(opening).rejects.toThrow(message);
  });

  it('explains that the hub lacks a model, a revision or a file', async () => {
    await serve();
    await expect(source(memoryStore(), 'main', 'test/other')).rejects.toThrow(/no public model/);
    await expect(source(memoryStore(), 'v2')).rejects.toThrow(/no such revision/);
    await expect((await source()).open('pytorch_model.bin')).rejects.toThrow(MissingFileError);
  });

  it('treats an index page in place of the file as a missing file', async () => {
    await serve();
    hub.behave = () => ({ kind: 'page' });
    await expect((await source()).open('config.json')).rejects.toThrow(MissingFileError);
  });

  it('explains a server that cannot be reached', async () => {
    await expect(httpSource('http://127.0.0.1:1', memoryStore()).open('config.json')).rejects.toThrow(/could not be reached/);
  });
});

describe('a store without room', () => {
  it('holds a file that does not fit in memory, says so, and keeps nothing of it', async () => {
    await serve();
    hub.behave = () => ({ kind: 'slow', pieceBytes: 10_000, pauseMs: 5 });
    const store = smallStore(30_000);
    const kept: boolean[] = [];
    const file = await (await source(store)).open('model.safetensors', { onBytes: (progress) => kept.push(progress.kept) });
    expect(await readAll(file)).toEqual(WEIGHTS);
    expect(new Set(kept)).toEqual(new Set([true, false]));
    expect(kept.at(-1)).toBe(false);
    expect((await store.list()).map(({ key }) => key)).toEqual([expect.stringContaining('/api/')]);
    await (await source(store)).open('config.json');
    expect((await store.list()).every(({ hash }) => hash !== null)).toBe(true);
  });

  it('does the same if there is room for the bytes, but not for marking them complete', async () => {
    await serve({ api: false });
    const store = memoryStore();
    const full: FileStore = {
      ...store,
      append: async (facts, from) => ({
        ...(await store.append(facts, from)),
        finish: () => Promise.reject(new StorageFullError()),
      }),
    };
    const kept: boolean[] = [];
    const file = await (await source(full)).open('model.safetensors', { onBytes: (progress) => kept.push(progress.kept) });
    expect(await readAll(file)).toEqual(WEIGHTS);
    expect(kept.at(-1)).toBe(false);
    expect(await store.list()).toEqual([]);
  });
});
