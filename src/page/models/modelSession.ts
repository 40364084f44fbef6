/** What a person does about models, as commands to the training worker and questions to the browser. */
import type { AdapterFiles } from '../../experiment/startAdapter';
import type { RunSpec } from '../../recipe/runSpec';
import type { ModelChoice } from '../../runtime/modelProtocol';
import type { Command, WorkerEvent } from '../../runtime/protocol';
import { setOpening } from '../opening/openingState';
import { setField } from '../state/recipe';
import { useAdapterOffer } from './AdapterOffer';
import { foldModels, useModels } from './modelsState';

export interface ModelSession {
  /** Brings a model here without running it, and asks the browser to keep it. */
  readonly fetch: (model: ModelChoice) => void;
  readonly cancel: () => void;
  /** Takes dropped files as a model, which becomes the recipe's. */
  readonly open: (files: readonly File[], name: string) => void;
  /** Asks whether an adapter fits a recipe, to offer it as what the arms start from. */
  readonly openAdapter: (folder: string, files: AdapterFiles, spec: RunSpec) => void;
  /** What a recipe takes of each of the curated models. */
  readonly survey: (spec: RunSpec) => void;
  readonly list: () => void;
  readonly remove: (group: string) => void;
  /** Takes what the worker says. */
  readonly follow: (events: readonly WorkerEvent[]) => void;
  /** Tells a fresh worker of the models and adapters that were dropped. */
  readonly resend: (worker: Worker) => void;
}

export function startModels(send: (command: Command) => void): ModelSession {
  const adapters: Extract<Command, { type: 'open-adapter' }>[] = [];
  let dropped: { readonly files: readonly File[]; readonly name: string } | null = null;
  return {
    fetch: (model) => {
      useModels.setState({ fetch: 'fetching', transfer: null, failure: null });
      void askToKeep();
      send({ type: 'fetch-model', model });
    },
    cancel: () => {
      send({ type: 'cancel-model' });
    },
    open: (files, name) => {
      dropped = { files, name };
      send({ type: 'open-model', ...dropped });
    },
    openAdapter: (folder, files, spec) => {
      adapters.push({ type: 'open-adapter', folder, files, spec: null });
      send({ type: 'open-adapter', folder, files, spec });
    },
    survey: (spec) => {
      send({ type: 'survey-models', spec });
    },
    list: () => {
      send({ type: 'list-kept' });
    },
    remove: (group) => {
      send({ type: 'delete-kept', group });
    },
    follow: (events) => {
      useModels.setState(events.reduce(foldModels, useModels.getState()));
      for (const event of events) {
        if (event.type === 'model-opened') setField('model.id', event.id);
        if (event.type === 'kept') void measureRoom();
        if (event.type === 'adapter-opened') useAdapterOffer.setState({ offer: { start: event.start, lora: event.lora } });
        if (event.type === 'adapter-refused') setOpening({ problem: event.message });
      }
    },
    resend: (worker) => {
      if (dropped !== null) worker.postMessage({ type: 'open-model', ...dropped } satisfies Command);
      for (const adapter of adapters) worker.postMessage(adapter);
    },
  };
}

/** Pages without https have no storage manager, whatever the type says. */
function storageManager(): StorageManager | undefined {
  return (navigator as { storage?: StorageManager }).storage;
}

/** Some browsers ask the person, some decide by themselves. */
async function askToKeep(): Promise<void> {
  const manager = storageManager();
  if (typeof manager?.persist !== 'function') return;
  useModels.setState({ persisted: (await manager.persisted()) || (await manager.persist()) });
}

async function measureRoom(): Promise<void> {
  const manager = storageManager();
  if (typeof manager?.estimate !== 'function') return;
  const { usage = 0, quota = 0 } = await manager.estimate();
  const { persisted } = useModels.getState();
  useModels.setState({ room: { usage, quota }, persisted: (await manager.persisted()) || persisted });
}
