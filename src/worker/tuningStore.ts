/** Tile ratings in the browser's cache: the next visit need not time them again. */
import type { TuningStore } from '../engine/gemmTuning';
import { openCache } from '../model/browserCache';

const TUNING_CACHE = 'karma-tuning-1';

export const browserTuning: TuningStore = {
  async read(key) {
    const response = await (await openCache(TUNING_CACHE))?.match(cacheUrl(key));
    return response === undefined ? null : response.text();
  },
  async write(key, ratings) {
    try {
      await (await openCache(TUNING_CACHE))?.put(cacheUrl(key), new Response(ratings));
    } catch (error) {
      console.warn('Tile ratings could not be cached.', error);
    }
  },
};

/** The Cache API wants a URL; nothing is ever fetched from it. */
function cacheUrl(key: string): string {
  return new URL(`karma-tuning/${key}`, globalThis.location.href).href;
}
