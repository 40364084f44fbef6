/** Which features are computed for a catalogue, and which are kept when it changes or the run is stopped. */
import { beforeAll, describe, expect, it } from 'vitest';
import { diskSource } from '../../cli/diskSource';
import { leaveLastOut } from '../../log/split';
import { logOf } from '../../testing/smallLogs';
import type { Gpu } from '../../gpu/device';
import { sharedGpu } from '../../testing/sharedGpu';
import type { LoadedModel } from '../../model/loadedModel';
import type { FeatureBook } from '../../model/featureStore';
import { loadModel } from '../../model/loadModel';
import { configureOrt } from '../../model/ortSession';
import { createTokenizer } from '../../model/tokenizer';
import { runSpecSchema } from '../../recipe/runSpec';
import { catalogueFeatures } from './catalogueFeatures';
import type { FeatureStore } from './storedMeans';

let gpu: Gpu;
let model: LoadedModel;
beforeAll(async () => {
  gpu = await sharedGpu();
  configureOrt();
  model = await loadModel(diskSource('public/models/wordnet-1m'), 'wordnet-1m', () => undefined, createTokenizer);
});

const spec = runSpecSchema.parse({ version: 1 });

function keeping(): FeatureStore & { book: FeatureBook | null } {
  const store: FeatureStore & { book: FeatureBook | null } = {
    book: null,
    load: () => Promise.resolve(store.book === null ? [] : [store.book]),
    save: (book) => {
      store.book = book;
      return Promise.resolve();
    },
  };
  return store;
}

/** Features of a catalogue, and the number of texts computed for them. */
async function computed(
  store: FeatureStore,
  items: number,
  signal?: AbortSignal,
): Promise<{ hidden: Float32Array; texts: number }> {
  let texts = 0;
  const onProgress = ({ note, total }: { note: string; total: number }): void => {
    if (note.startsWith('Computing')) texts = total;
  };
  const log = logOf([[0]], items);
  const { hidden } = await catalogueFeatures(gpu, model, { log, split: leaveLastOut(log) }, spec, store, { onProgress, signal });
  return { hidden, texts };
}

describe('catalogueFeatures', () => {
  it('computes only texts that no earlier catalogue had, each once', async () => {
    const store = keeping();
    expect((await computed(store, 10)).texts).toBe(10);
    const again = await computed(store, 10);
    expect(again.texts).toBe(0);
    expect((await computed(store, 13)).texts).toBe(3);
    expect((await computed(store, 10)).hidden).toEqual(again.hidden);
    expect(store.book?.hashes).toHaveLength(13);
  });

  it('can be cancelled', async () => {
    const store = keeping();
    await computed(store, 5);
    const controller = new AbortController();
    controller.abort(new Error('stopped'));
    await expect(computed(store, 9, controller.signal)).rejects.toThrow('stopped');
    expect(store.book?.hashes).toHaveLength(5);
  });
});
