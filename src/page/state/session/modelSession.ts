/** The user's actions on models: questions to the training worker and to the browser. */
import type { AdapterFiles } from '../../../experiment/train/startAdapter';
import type { RunSpec } from '../../../recipe/runSpec';
import { sentenceOf, type Failure } from '../../../runtime/failure';
import type { KeptFiles, ModelChoice } from '../../../runtime/protocol';
import { Latest } from '../../../runtime/rpc/latest';
import { setOpening } from '../opening/openingState';
import { useExperiment } from '../run/experiment';
import { chooseModel } from '../recipe/recipe';
import { unansweredFor, type Services } from '../run/trainingLink';
import { useAdapterOffer, useModels } from './modelsState';

export interface ModelSession {
  /** Downloads a model without running it, and asks the browser to keep it. */
  readonly fetch: (model: ModelChoice) => void;
  readonly cancel: () => void;
  /** Takes dropped files as a model, which becomes the recipe's. */
  readonly open: (files: readonly File[], name: string) => void;
  /** Asks whether an adapter fits a recipe, to offer it as the arms' start. */
  readonly openAdapter: (folder: string, files: AdapterFiles, spec: RunSpec) => void;
  /** The memory that a recipe needs with each curated model. */
  readonly survey: (spec: RunSpec) => void;
  /** Lists what the browser stores. */
  readonly list: () => void;
  /** Lists it again if it was listed before. */
  readonly relist: () => void;
  readonly remove: (group: string) => void;
  /** Tells a new worker about dropped models and adapters. */
  readonly resend: (services: Services) => void;
}

interface OpenAdapter {
  readonly folder: string;
  readonly files: AdapterFiles;
}

/** @param report receives failures that are not shown elsewhere */
export function startModels(services: () => Services, report: (failure: Failure) => void): ModelSession {
  const adapters: OpenAdapter[] = [];
  const fetching = new Latest();
  const surveying = new Latest();
  let dropped: { readonly files: readonly File[]; readonly name: string } | null = null;

  async function answered(question: Promise<unknown>, failed = report): Promise<void> {
    try {
      await question;
    } catch (error) {
      const failure = unansweredFor(error);
      if (failure !== null) failed(failure);
    }
  }

  async function fetch(model: ModelChoice): Promise<void> {
    useExperiment.setState({ fetch: 'fetching', transfer: null });
    useModels.setState({ failure: null });
    void askToKeep();
    const question = fetching.ask((signal) => services().models.fetch(model, { signal }));
    await answered(question, (failure) => {
      useModels.setState({ failure });
    });
    await show(services().models.list());
  }

  async function show(kept: Promise<KeptFiles>): Promise<void> {
    useModels.setState({ kept: await kept });
    await measureRoom();
  }

  async function open(files: readonly File[], name: string): Promise<void> {
    dropped = { files, name };
    chooseModel(await services().models.open(dropped));
  }

  async function openAdapter(folder: string, files: AdapterFiles, spec: RunSpec): Promise<void> {
    adapters.push({ folder, files });
    const offer = await services().models.openAdapter({ folder, files, spec });
    if (offer !== null) useAdapterOffer.setState({ offer });
  }

  async function survey(spec: RunSpec): Promise<void> {
    const forecasts = await surveying.ask((signal) => services().memory.survey(spec, { signal }));
    if (forecasts !== null) useModels.setState({ forecasts });
  }

  return {
    fetch: (model) => void answered(fetch(model)),
    cancel: () => {
      fetching.cancel();
    },
    open: (files, name) => void answered(open(files, name)),
    openAdapter: (folder, files, spec) =>
      void answered(openAdapter(folder, files, spec), (failure) => {
        setOpening({ problem: sentenceOf(failure) });
      }),
    survey: (spec) => void answered(survey(spec)),
    list: () => void answered(show(services().models.list())),
    relist: () => {
      if (useModels.getState().kept !== null) void answered(show(services().models.list()));
    },
    remove: (group) => void answered(show(services().models.remove(group))),
    resend: ({ models }) => {
      if (dropped !== null) void answered(models.open(dropped));
      for (const adapter of adapters) void answered(models.openAdapter({ ...adapter, spec: null }));
    },
  };
}

/** Pages without HTTPS have no storage manager, despite the type. */
function storageManager(): StorageManager | undefined {
  return (navigator as { storage?: StorageManager }).storage;
}

/** Some browsers ask the user, others decide themselves. */
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
