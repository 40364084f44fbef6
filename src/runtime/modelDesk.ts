/** The training worker's answers about models. */
import { CURATED_MODELS } from '../model/curatedModels';
import type { DecoderConfig } from '../model/decoderConfig';
import type { CatalogueShape } from '../engine/parameters';
import { startingFrom } from '../experiment/startAdapter';
import { ModelError } from '../model/modelError';
import { ABSENT } from '../model/source/download';
import type { MemoryForecast } from '../record/memoryPlan';
import { runSpecSchema, type RunSpec } from '../recipe/runSpec';
import { StorageBusyError, type FileStore, type StoredFile } from '../storage/fileStore';
import { CancelledError } from './cancelled';
import { describeFailure } from './failures';
import type { Models } from './models';
import type { StartAdapters } from './startAdapters';
import type { KeptGroup, ModelChoice, ModelCommand, ModelEvent } from './modelProtocol';

export interface DeskTools {
  readonly models: Models;
  readonly store: FileStore;
  readonly starts: StartAdapters;
  /** The shape of the recipe's log, and of its features under a model; null where it is not open. */
  readonly catalogue: (config: DecoderConfig, spec: RunSpec) => Promise<CatalogueShape | null>;
  /** Whether the store stays between visits. */
  readonly lasting: boolean;
  readonly emit: (event: ModelEvent) => void;
  /** Brings a model here and tells the page what it is. */
  readonly load: (model: ModelChoice) => Promise<unknown>;
  /** What a recipe takes of a model of that shape on this device and the open log; null where that is not known. */
  readonly forecast: (config: DecoderConfig, spec: RunSpec) => Promise<MemoryForecast | null>;
}

export class ModelDesk {
  #surveys = 0;

  constructor(private readonly tools: DeskTools) {}

  async obey(command: ModelCommand): Promise<void> {
    const { models, emit } = this.tools;
    switch (command.type) {
      case 'fetch-model':
        return this.#fetch(command.model);
      case 'cancel-model':
        models.cancel();
        return;
      case 'open-model':
        emit({ type: 'model-opened', id: models.drop(command.files, command.name) });
        return;
      case 'open-adapter':
        return this.#openAdapter(command);
      case 'survey-models':
        return this.#survey(runSpecSchema.parse(command.spec));
      case 'list-kept':
        return this.#list();
      case 'delete-kept':
        return this.#delete(command.group);
    }
  }

  async #fetch(model: ModelChoice): Promise<void> {
    const { load, emit } = this.tools;
    try {
      await load(model);
      emit({ type: 'fetched', id: model.id });
    } catch (error) {
      if (error instanceof CancelledError) emit({ type: 'fetch-cancelled' });
      else emit({ type: 'fetch-failed', failure: describeFailure(error) });
    }
    await this.#list();
  }

  async #openAdapter({ folder, files, spec: given }: Extract<ModelCommand, { type: 'open-adapter' }>): Promise<void> {
    const { models, starts, catalogue, emit } = this.tools;
    const adapter = starts.take(folder, files);
    if (given === null) return;
    try {
      const spec = runSpecSchema.parse(given);
      const config = await models.config(spec.model);
      if (config === null)
        throw new ModelError(`The model ${spec.model.id} is not here yet.`, 'Fetch it, then open the adapter again.');
      const { lora } = startingFrom(adapter, spec, config, await catalogue(config, spec));
      const { name, hash, heads } = adapter;
      emit({ type: 'adapter-opened', start: { name, hash, heads }, lora });
    } catch (error) {
      if (!(error instanceof ModelError || error instanceof RangeError)) throw error;
      emit({
        type: 'adapter-refused',
        message: error instanceof ModelError ? `${error.message} ${error.advice}` : error.message,
      });
    }
  }

  async #survey(spec: RunSpec): Promise<void> {
    const mine = ++this.#surveys;
    const forecasts: Record<string, MemoryForecast> = {};
    for (const { id, config } of CURATED_MODELS) {
      const forecast = await this.tools.forecast(config, spec);
      if (mine !== this.#surveys) return;
      if (forecast !== null) forecasts[id] = forecast;
    }
    this.tools.emit({ type: 'survey', forecasts });
  }

  async #list(problem: string | null = null): Promise<void> {
    const { store, lasting, emit } = this.tools;
    emit({ type: 'kept', groups: groupsOf((await store.list()).filter(({ version }) => version !== ABSENT)), lasting, problem });
  }

  async #delete(group: string): Promise<void> {
    const { store, models } = this.tools;
    // Weights are read from their files whenever they are needed.
    models.forget();
    let problem: string | null = null;
    for (const { key } of (await store.list()).filter((file) => file.group === group)) {
      try {
        await store.delete(key);
      } catch (error) {
        if (!(error instanceof StorageBusyError)) throw error;
        problem = `${error.message} Cancel the download, or close that tab, then delete again.`;
      }
    }
    await this.#list(problem);
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

/** Whether all weights of a model are among files of these names: a shard's name says how many there are. */
function hasWeights(names: readonly string[]): boolean {
  const shards = names.filter((name) => /-of-\d+\.safetensors$/.test(name));
  const count = Number(/-of-(\d+)\./.exec(shards[0] ?? '')?.[1] ?? NaN);
  return shards.length === count || names.includes('model.safetensors');
}
