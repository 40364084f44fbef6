/**
 * Files of the page's folder, and files that the browser stores between visits: models, features, tile
 * ratings.
 */
import type { FeatureStore } from '../experiment/prepare/storedMeans';
import { SAMPLE_LOG } from '../log/sampleLog';
import { keepBook, readBook, readKeptBook } from '../model/featureStore';
import { ModelError } from '../model/modelError';
import type { FileStore } from '../storage/fileStore';
import { memoryStore } from '../storage/memoryStore';
import { opfsStore } from '../storage/opfsStore';
import { isMissing } from '../storage/missingFile';
import { t } from '../words/words';

export class PageFiles {
  /** The page's folder, absolute. */
  baseUrl = '';
  readonly store: Promise<FileStore>;
  /** Whether the store persists between visits. */
  readonly lasting: Promise<boolean>;

  constructor() {
    const opfs = opfsStore('karma');
    this.lasting = opfs.then((store) => store !== null);
    this.store = opfs.then((store) => store ?? memoryStore());
  }

  /** @throws ModelError when the server has no such file */
  readonly fetchBytes = async (path: string): Promise<ArrayBuffer> => {
    const response = await fetch(new URL(path, this.baseUrl));
    if (!response.ok)
      throw new ModelError(
        t('{path} could not be fetched (HTTP {status}).', { path, status: response.status }),
        t('Check that the app was deployed completely.'),
      );
    return response.arrayBuffer();
  };

  /**
   * An optional file of the site; null if it is missing.
   * @throws ModelError when the server cannot be reached
   */
  async fetchIfAny(path: string): Promise<ArrayBuffer | null> {
    const response = await fetch(new URL(path, this.baseUrl)).catch((cause: unknown) => {
      throw new ModelError(t('{path} could not be fetched.', { path }), t('Check the connection, then try again.'), { cause });
    });
    return isMissing(response) ? null : response.arrayBuffer();
  }

  /** The sample's features are shipped; computed ones are stored in the browser. */
  features(logId: string, modelId: string): FeatureStore {
    return {
      load: async (model, width) => {
        const kept = await readKeptBook(await this.store, model, width);
        const shipped =
          logId === SAMPLE_LOG.id
            ? readBook(new Uint8Array(await this.fetchBytes(`${SAMPLE_LOG.folder}/${SAMPLE_LOG.features}`)), model, width)
            : null;
        return [shipped, kept].filter((book) => book !== null);
      },
      save: async (book) => keepBook(await this.store, modelId, book),
    };
  }
}
