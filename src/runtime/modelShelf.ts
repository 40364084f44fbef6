/**
 * The available models: loads them from hub, page or dropped files, one at a time, and keeps the last one.
 */
import { CURATED_MODELS } from '../model/curatedModels';
import type { DecoderConfig } from '../model/decoderConfig';
import type { LoadedModel } from '../model/loadedModel';
import { loadConfig, loadModel, loadReader } from '../model/loadModel';
import { ModelError } from '../model/modelError';
import { originOf } from '../model/modelOrigin';
import { droppedSource } from '../model/source/droppedSource';
import { httpSource, hubSource } from '../model/source/httpSource';
import type { ModelSource } from '../model/source/modelSource';
import { createTokenizer } from '../model/tokenizer';
import type { StageProgress } from '../record/runEvents';
import { DROPPED_PREFIX, hubOrigin, USUAL_HUB } from '../recipe/runSpec';
import type { FileStore } from '../storage/fileStore';
import type { ModelChoice } from './protocol';
import { calledOff } from './rpc/messages';
import { t } from '../words/words';

export type TextReader = Pick<LoadedModel, 'config' | 'tokenizer'>;

interface Loading {
  readonly key: string;
  readonly controller: AbortController;
  readonly model: Promise<LoadedModel>;
}

export class ModelShelf {
  #current: Loading | null = null;
  readonly #dropped = new Map<string, readonly File[]>();
  /** Files being read, by the key of their model. */
  readonly #reading = new Map<string, Promise<unknown>>();
  /** Of the last model whose tokenizer was requested before it was loaded. */
  #reader: { readonly key: string; readonly reader: Promise<TextReader> } | null = null;

  constructor(
    /** The page's folder, absolute. */
    private readonly pageUrl: string,
    private readonly store: FileStore,
    private readonly onProgress: (progress: StageProgress) => void,
    /** Origins of hubs that may be contacted besides the default one. */
    private readonly agreed: () => ReadonlySet<string>,
  ) {}

  /** Registers dropped files as a model; returns its ID. */
  drop(files: readonly File[], name: string): string {
    const id = DROPPED_PREFIX + name;
    this.#dropped.set(id, files);
    // Other files under the same name are a different model.
    if (this.#current?.key === id) this.#current = null;
    if (this.#reader?.key === id) this.#reader = null;
    return id;
  }

  /**
   * The model, shared by all who request it while it loads. Loading another one is cancelled.
   * @throws ModelError, an AbortError when cancelled
   */
  load(spec: ModelChoice): Promise<LoadedModel> {
    const key = keyOf(spec);
    if (this.#current?.key === key) return this.#current.model;
    this.cancel();
    const controller = new AbortController();
    const model = this.#inTurn(key, () => this.#load(spec, controller.signal));
    const loading: Loading = { key, controller, model };
    this.#current = loading;
    model.catch(() => {
      if (this.#current === loading) this.#current = null;
    });
    return model;
  }

  /**
   * The shape of a model that is loaded, comes with the page or is listed; null for one that would require
   * contacting a hub.
   * @throws ModelError, an AbortError when cancelled
   */
  async config(spec: ModelChoice): Promise<DecoderConfig | null> {
    if (this.#current?.key === keyOf(spec)) return (await this.#current.model).config;
    if (originOf(spec) === 'hub') {
      return CURATED_MODELS.find(({ id }) => id === spec.id && spec.revision === 'main')?.config ?? null;
    }
    return this.#inTurn(keyOf(spec), async () => loadConfig(await this.source(spec)));
  }

  /**
   * The part of a model that encodes texts, without its weights; null for one that would require contacting a
   * hub.
   * @throws ModelError, an AbortError when cancelled
   */
  async reader(spec: ModelChoice): Promise<TextReader | null> {
    const key = keyOf(spec);
    if (this.#current?.key === key) return this.#current.model;
    if (this.#reader?.key === key) return this.#reader.reader;
    if (originOf(spec) === 'hub') return null;
    const reader = this.#inTurn(key, async () => loadReader(await this.source(spec), createTokenizer));
    this.#reader = { key, reader };
    reader.catch(() => {
      if (this.#reader?.reader === reader) this.#reader = null;
    });
    return reader;
  }

  /** The folder of a model. @throws ModelError when it is not open here. */
  source(spec: ModelChoice): Promise<ModelSource> {
    return this.#source(spec, new AbortController().signal);
  }

  /** Cancels loading; what has arrived is kept. */
  cancel(): void {
    this.#current?.controller.abort(calledOff());
  }

  /** The next request reads the model again. */
  forget(): void {
    this.cancel();
    this.#current = null;
  }

  /** Two readers of one file would conflict in the browser's store. */
  #inTurn<T>(key: string, read: () => Promise<T>): Promise<T> {
    const before = this.#reading.get(key) ?? Promise.resolve();
    const mine = before.then(read);
    this.#reading.set(
      key,
      mine.catch(() => undefined),
    );
    return mine;
  }

  async #load(spec: ModelChoice, signal: AbortSignal): Promise<LoadedModel> {
    const source = await this.#source(spec, signal);
    return loadModel(source, spec.id, this.onProgress, createTokenizer, signal);
  }

  async #source(spec: ModelChoice, signal: AbortSignal): Promise<ModelSource> {
    switch (originOf(spec)) {
      case 'embedded':
        return httpSource(new URL(`models/${spec.id}/`, this.pageUrl).href, this.store, spec.id);
      case 'dropped': {
        const files = this.#dropped.get(spec.id);
        if (files !== undefined) return droppedSource(files);
        const name = spec.id.slice(DROPPED_PREFIX.length);
        throw new ModelError(
          t('The model “{name}” is not open in this tab.', { name }),
          t('Drop its folder on the page again, or choose another model.'),
        );
      }
      case 'hub': {
        const origin = hubOrigin(spec.baseUrl);
        // For every request: a recipe alone does not make the page contact anyone.
        if (origin !== USUAL_HUB && !this.agreed().has(origin)) {
          throw new ModelError(
            t('{id} would be requested from {origin}, which has not been approved on this device.', { id: spec.id, origin }),
            t('Open the recipe, answer the question about its hub, then try again.'),
          );
        }
        return hubSource(spec, this.store, signal);
      }
    }
  }
}

function keyOf({ id, revision, baseUrl }: ModelChoice): string {
  return id.startsWith(DROPPED_PREFIX) ? id : [baseUrl, id, revision].join(' ');
}
