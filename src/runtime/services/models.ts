/** The user's own models and adapters, and what the browser stores of them. */
import type { CatalogueShape } from '../../engine/parameters';
import { startingFrom } from '../../experiment/train/startAdapter';
import type { DecoderConfig } from '../../model/decoderConfig';
import type { LoadedModel } from '../../model/loadedModel';
import { modelSummary } from '../../model/loadModel';
import { ModelError } from '../../model/modelError';
import { ABSENT } from '../../model/source/download';
import { runSpecSchema, type RunSpec } from '../../recipe/runSpec';
import type { StartRecord } from '../../record/runRecord';
import { StorageBusyError, type StoredFile } from '../../storage/fileStore';
import { isCalledOff, type Asking } from '../rpc/messages';
import { ModelShelf } from '../modelShelf';
import type { PageFiles } from '../pageFiles';
import type { StartAdapters } from '../startAdapters';
import type { Emit, KeptFiles, KeptGroup, ModelChoice, ModelQuestions } from '../protocol';
import type { Loading } from './loading';
import { t } from '../../words/words';

export interface AdapterProposal {
  readonly start: StartRecord;
  /** The recipe's LoRA settings if its arms start from it. */
  readonly lora: RunSpec['lora'];
}

type Parameter<Name extends keyof ModelQuestions> = Parameters<ModelQuestions[Name]>[0];

export class ModelService implements ModelQuestions {
  #shelf: Promise<ModelShelf> | null = null;
  #agreed: ReadonlySet<string> = new Set();

  constructor(
    private readonly files: PageFiles,
    private readonly starts: StartAdapters,
    private readonly loading: Loading,
    private readonly emit: Emit,
    /** The shape of the recipe's log, and of its features under a model; null if it is not open. */
    private readonly catalogue: (config: DecoderConfig, spec: RunSpec) => Promise<CatalogueShape | null>,
  ) {}

  /** All available models. */
  shelf(): Promise<ModelShelf> {
    this.#shelf ??= this.files.store.then(
      (store) => new ModelShelf(this.files.baseUrl, store, this.loading.progress, () => this.#agreed),
    );
    return this.#shelf;
  }

  agree(origins: readonly string[]): void {
    this.#agreed = new Set(origins);
  }

  /** Loads a model and tells the page what it is. @throws ModelError, and an AbortError when cancelled */
  async load(spec: ModelChoice): Promise<LoadedModel> {
    try {
      const loaded = await (await this.shelf()).load(spec);
      this.emit({ type: 'model', model: modelSummary(loaded) });
      return loaded;
    } catch (error) {
      this.emit({ type: 'model-absent', cancelled: isCalledOff(error) });
      throw error;
    }
  }

  async fetch(model: ModelChoice, { signal }: Asking): Promise<void> {
    const shelf = await this.shelf();
    signal.addEventListener('abort', () => {
      shelf.cancel();
    });
    await this.loading.during(() => this.load(model));
  }

  async open({ files, name }: Parameter<'open'>): Promise<string> {
    return (await this.shelf()).drop(files, name);
  }

  /** @throws ModelError, RangeError when the adapter does not fit */
  async openAdapter({ folder, files, spec: given }: Parameter<'openAdapter'>): Promise<AdapterProposal | null> {
    const adapter = this.starts.take(folder, files);
    if (given === null) return null;
    const spec = runSpecSchema.parse(given);
    const config = await (await this.shelf()).config(spec.model);
    if (config === null)
      throw new ModelError(
        t('The model {id} is not here yet.', { id: spec.model.id }),
        t('Download it, then open the adapter again.'),
      );
    const { lora } = startingFrom(adapter, spec, config, await this.catalogue(config, spec));
    const { name, hash, heads } = adapter;
    return { start: { name, hash, heads }, lora };
  }

  async list(): Promise<KeptFiles> {
    return this.#kept(null);
  }

  async remove(group: string): Promise<KeptFiles> {
    const store = await this.files.store;
    // Weights are read from their files whenever needed.
    (await this.shelf()).forget();
    let problem: string | null = null;
    for (const { key } of (await store.list()).filter((file) => file.group === group)) {
      try {
        await store.delete(key);
      } catch (error) {
        if (!(error instanceof StorageBusyError)) throw error;
        problem = t('{problem} Cancel the download, or close that tab, then delete again.', { problem: error.message });
      }
    }
    return this.#kept(problem);
  }

  async #kept(problem: string | null): Promise<KeptFiles> {
    const files = await (await this.files.store).list();
    return { groups: groupsOf(files.filter(({ version }) => version !== ABSENT)), lasting: await this.files.lasting, problem };
  }
}

/** In the order of the files. */
export function groupsOf(files: readonly StoredFile[]): KeptGroup[] {
  const groups = new Map<string, KeptGroup>();
  for (const { group, bytes, hash } of files) {
    const before = groups.get(group) ?? { group, files: 0, bytes: 0, whole: true };
    groups.set(group, { group, files: before.files + 1, bytes: before.bytes + bytes, whole: before.whole && hash !== null });
  }
  return [...groups.values()].map((group) => {
    const names = files.filter((file) => file.group === group.group).map(({ key }) => key.slice(key.lastIndexOf('/') + 1));
    return { ...group, whole: group.whole && (!names.includes('config.json') || hasWeights(names)) };
  });
}

/** Whether files of these names include all weights of a model: a shard's name says how many there are. */
function hasWeights(names: readonly string[]): boolean {
  const shards = names.filter((name) => /-of-\d+\.safetensors$/.test(name));
  const count = Number(/-of-(\d+)\./.exec(shards[0] ?? '')?.[1] ?? NaN);
  return shards.length === count || names.includes('model.safetensors');
}
