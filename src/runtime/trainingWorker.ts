/** The training worker: owns the device, the model, the log and the run; speaks the protocol and nothing else. */
import { SAMPLE_LOG } from '../log/sample';
import { catalogueFeatures, type FeatureStore } from '../experiment/catalogueFeatures';
import { checkModel, ortProvider } from '../experiment/checkModel';
import { prepareTiles } from '../engine/gemm/gemmTuning';
import { embeddingStatistics } from '../engine/decoder/embeddingStatistics';
import { initialParameters, layOutParameters } from '../engine/parameters';
import { writeAdapter, type AdapterFile } from '../engine/peft/write';
import type { TrainedArm } from '../engine/trainedArm';
import type { TrainedProbe } from '../experiment/decodability';
import { featureWidth } from '../experiment/featureTables';
import { forecastMemory, logSizes } from '../experiment/forecastMemory';
import { prepareData } from '../experiment/preparedData';
import { runExperiment } from '../experiment/runExperiment';
import type { Training } from '../experiment/stages/context';
import { TemplatePreviews } from '../experiment/templatePreview';
import { GpuUnavailableError, openGpu, type Gpu } from '../gpu/device';
import { deviceRoom } from '../gpu/deviceRoom';
import type { DecoderConfig } from '../model/decoderConfig';
import type { LoadedModel } from '../model/loadedModel';
import { keepBook, readBook, readKeptBook } from '../model/featureStore';
import { modelSummary } from '../model/loadModel';
import { ModelError } from '../model/modelError';
import { ORT_WASM_URL } from '../model/ortAssets';
import { ortProblem } from '../model/ortRoom';
import { configureOrt } from '../model/ortSession';
import type { MemoryForecast } from '../record/memoryPlan';
import type { StageProgress } from '../record/runEvents';
import type { Certification } from '../record/runRecord';
import { runSpecSchema, withPrecision, type RunSpec } from '../recipe/runSpec';
import type { PreviewQuestion, TemplatePreview } from '../record/templatePreview';
import type { FileStore } from '../storage/fileStore';
import { memoryStore } from '../storage/memoryStore';
import { opfsStore } from '../storage/opfsStore';
import { DeviceLostError, describeFailure, TrainingRefusedError } from './failures';
import { CancelledError } from './cancelled';
import { experimentParts } from './experimentParts';
import { exportArchive } from './exportArchive';
import { Inspection, type Subject } from './inspection';
import { ModelDesk } from './modelDesk';
import type { ModelChoice } from './modelProtocol';
import { Models } from './models';
import { OpenLogs } from './openLogs';
import type { Command, Phase, WorkerEvent } from './protocol';
import { RunGate } from './runGate';
import { TextGeneration, type TextInputs } from './textGeneration';
import { StartAdapters } from './startAdapters';
import { keptTuning } from './tuningStore';

const FEATURES_FILE = 'features-wordnet-1m.safetensors';

let baseUrl = '';
let gpu: Promise<Gpu> | null = null;
/** Files that stay between visits: models, features, tile ratings. */
const lasting: Promise<FileStore | null> = opfsStore('karma');
const storage: Promise<FileStore> = lasting.then((store) => store ?? memoryStore());
let models: Promise<Models> | null = null;
let desk: Promise<ModelDesk> | null = null;
let certified: { readonly model: LoadedModel; readonly certification: Certification } | null = null;
/** Logs by the id that `spec.data.id` uses. */
const logs = new OpenLogs(fetchBytes, emit, emitProgress);
const starts = new StartAdapters();
let gate: RunGate | null = null;
/** The last run that began to train; `arms`: what it has learned, when it has ended. */
let lastRun: {
  readonly spec: RunSpec;
  readonly model: LoadedModel;
  readonly training: Training;
  arms: readonly TrainedArm[] | null;
  readonly probes: Map<string | null, TrainedProbe>;
} | null = null;
let profiling = false;
const texts = new TextGeneration(emit, sentence);
const inspection = new Inspection(emit, sentence);

function emit(event: WorkerEvent): void {
  postMessage(event);
}

function emitProgress(progress: StageProgress): void {
  emit({ type: 'progress', progress });
}

function emitPhase(phase: Phase): void {
  emit({ type: 'phase', phase });
}

/** The device, opened once; a lost one is forgotten, so that the next command opens another. */
function device(): Promise<Gpu> {
  gpu ??= openGpu(navigator.gpu as GPU | undefined, 'browser').then(
    async (opened) => {
      await prepareTiles(opened, keptTuning(await storage));
      void opened.device.lost.then(({ message, reason }) => {
        gpu = null;
        if (reason !== 'destroyed') gate?.fail(new DeviceLostError(message));
      });
      return opened;
    },
    (error: unknown) => {
      gpu = null;
      throw error;
    },
  );
  return gpu;
}

async function fetchBytes(path: string): Promise<ArrayBuffer> {
  const response = await fetch(new URL(path, baseUrl));
  if (!response.ok)
    throw new ModelError(`${path} could not be fetched (HTTP ${response.status}).`, 'Check that the app was deployed whole.');
  return response.arrayBuffer();
}

/** Features of the sample are shipped; computed ones are kept in the browser. */
function featureStore(logId: string, modelId: string): FeatureStore {
  return {
    async load(model, width) {
      const kept = await readKeptBook(await storage, model, width);
      const shipped =
        logId === SAMPLE_LOG.id
          ? readBook(new Uint8Array(await fetchBytes(`${SAMPLE_LOG.folder}/${FEATURES_FILE}`)), model, width)
          : null;
      return [shipped, kept].filter((book) => book !== null);
    },
    save: async (book) => keepBook(await storage, modelId, book),
  };
}

function modelsHere(): Promise<Models> {
  models ??= storage.then((store) => new Models(baseUrl, store, emitProgress));
  return models;
}

function modelDesk(): Promise<ModelDesk> {
  desk ??= (async () =>
    new ModelDesk({
      models: await modelsHere(),
      store: await storage,
      starts,
      catalogue: async (config, spec) => {
        const read = await logs.peek(spec.data.id);
        return read && { items: read.log.items.length, features: featureWidth(spec, config, read.log) };
      },
      lasting: (await lasting) !== null,
      emit,
      load: loadedModel,
      forecast: forecastFor,
    }))();
  return desk;
}

/** @throws ModelError, CancelledError */
async function loadedModel(spec: ModelChoice): Promise<LoadedModel> {
  const loaded = await (await modelsHere()).load(spec);
  emit({ type: 'model', model: modelSummary(loaded) });
  return loaded;
}

/** The certificate of a model, or why there is none, found out once. @throws TrainingRefusedError */
async function certify(opened: Gpu, model: LoadedModel): Promise<Certification> {
  if (certified?.model === model) return certified.certification;
  emitProgress({ stage: 'certificate', note: 'Comparing our logits with ONNX Runtime’s', done: 0, total: 0 });
  const certification = await checkModel(opened, model);
  emit({ type: 'certificate', certification });
  const { certificate } = certification;
  if (certificate?.passed === false) throw new TrainingRefusedError(certificate);
  certified = { model, certification };
  return certification;
}

async function run(spec: RunSpec, paused: boolean): Promise<void> {
  const mine = new RunGate(paused, emitPhase);
  gate?.stop();
  gate = mine;
  emitPhase('preparing');
  lastRun = null;
  emit({ type: 'trained', arms: [] });
  await texts.release();
  await inspection.release();
  prepared = null;
  const opened = await device();
  emit({ type: 'device', adapter: opened.adapter });
  const model = await loadedModel(spec.model);
  const certification = await certify(opened, model);
  const inputs = {
    gpu: opened,
    spec,
    model,
    certification,
    data: await logs.open(spec.data.id),
    store: featureStore(spec.data.id, spec.model.id),
    profiled: () => profiling,
    start: starts.of(spec),
    onTraining: (training: Training) => {
      lastRun = { spec, model, training, arms: null, probes: new Map() };
    },
    onTrained: (arms: readonly TrainedArm[]) => {
      if (lastRun !== null) lastRun.arms = arms;
      emit({ type: 'trained', arms: arms.map((arm) => arm.spec.id) });
    },
    onProbed: (arm: string | null, probe: TrainedProbe) => {
      lastRun?.probes.set(arm, probe);
    },
    signal: mine.signal,
  };
  const record = await Promise.race([runExperiment(inputs, emit, () => mine.pass()), mine.failure]).catch((error: unknown) => {
    // The engine is gone, and with it what its arms had learned.
    if (lastRun?.arms === null) lastRun = null;
    throw error;
  });
  emitPhase(record.complete ? 'finished' : 'stopped');
}

/** @throws Error when there is no such arm; the page offers none that the worker does not have. */
function adapterOf(id: string): AdapterFile[] {
  const arm = lastRun?.arms?.find((one) => one.spec.id === id);
  if (lastRun === null || arm === undefined) throw new Error(`no arm ${id} has been trained here`);
  const { model, spec } = lastRun;
  const base = { config: model.config, id: model.id, hash: model.hash, revision: spec.model.revision };
  return writeAdapter(arm, base, spec.lora);
}

async function exportExperiment({ id, arms, log }: Extract<Command, { type: 'export-experiment' }>): Promise<void> {
  const adapters = arms.map((arm) => ({ arm, files: adapterOf(arm) }));
  const read = log === null ? null : ((await logs.peek(log)) ?? undefined);
  emit({ type: 'experiment-parts', id, ...(await experimentParts(adapters, read)) });
}

/** A failure in one line. */
function sentence(error: unknown): string {
  const { message, advice } = describeFailure(error);
  // What cannot be asked for says what to do itself.
  return error instanceof RangeError ? message : `${message} ${advice}`;
}

/** The device, or null where there is no WebGPU: ONNX Runtime's WebAssembly does without. */
async function deviceIfAny(): Promise<Gpu | null> {
  try {
    return await device();
  } catch (error) {
    if (error instanceof GpuUnavailableError) return null;
    throw error;
  }
}

/** Who can speak now: the arms of the last run, else the recipe's base model alone. */
async function speakers(spec: RunSpec): Promise<TextInputs> {
  const opened = await deviceIfAny();
  const provider = ortProvider(opened);
  if (lastRun !== null) {
    const { training, model, arms } = lastRun;
    const read = arms ?? (await training.read());
    return { model, provider, spec: lastRun.spec, arms: read, history: () => Promise.resolve(training) };
  }
  const model = await loadedModel(spec.model);
  const history = async (): Promise<Omit<Training, 'read'>> => (await baseModel(opened, spec)).training;
  return { model, provider, spec, arms: [], history };
}

/** What `baseModel` prepared last. */
let prepared: { readonly key: string; readonly model: LoadedModel; readonly training: Promise<Omit<Training, 'read'>> } | null =
  null;

/** Who can be inspected now: the arms of the last run, else the recipe's base model alone. */
async function subjects(spec: RunSpec): Promise<Subject> {
  if (lastRun !== null) {
    const run = lastRun;
    const { training, model, probes } = run;
    // Asked when it is needed: the run may have ended since, and its engine with it.
    const inspected = async () => ({ arms: run.arms ?? (await training.read()), probes });
    return { model, training, gpu: device, inspected };
  }
  const opened = await device();
  const inspected = () => Promise.resolve({ arms: [], probes: new Map() });
  return { ...(await baseModel(opened, spec)), gpu: device, inspected };
}

/** The recipe's base model and log, prepared once for the inspector and for texts. */
async function baseModel(opened: Gpu | null, spec: RunSpec): Promise<Pick<Subject, 'model' | 'training'>> {
  const model = await loadedModel(spec.model);
  const { hash } = (await logs.open(spec.data.id)).log;
  const key = JSON.stringify([spec, hash]);
  if (prepared?.key === key && prepared.model === model) return { model, training: await prepared.training };
  const training = untrained(opened, model, spec);
  const mine = { key, model, training };
  prepared = mine;
  training.catch(() => {
    if (prepared === mine) prepared = null;
  });
  return { model, training: await training };
}

/** What the histories of a recipe's base model are made of. */
async function untrained(opened: Gpu | null, model: LoadedModel, spec: RunSpec): Promise<Omit<Training, 'read'>> {
  const { log, split } = await logs.open(spec.data.id);
  const store = featureStore(spec.data.id, spec.model.id);
  const features = await catalogueFeatures(opened, model, log, spec, store, { onProgress: emitProgress });
  const layout = layOutParameters(model.config, spec, { items: log.items.length, features: features.width });
  return {
    spec: spec.model.precision === 'auto' ? withPrecision(spec, 'f32') : spec,
    data: await prepareData(log, split, model, spec),
    features,
    initial: {
      layout,
      flat: initialParameters(layout, model.config, await embeddingStatistics(model.weights, model.config), spec),
    },
  };
}

async function exportOnnx(speaker: string, spec: RunSpec): Promise<void> {
  try {
    const inputs = await speakers(spec);
    const source = await (await modelsHere()).source(inputs.spec.model);
    emit({ type: 'exported', speaker, ...(await exportArchive(inputs, source, speaker)) });
  } catch (error) {
    emit({ type: 'export-failed', speaker, message: sentence(error) });
  }
}

/** Questions about memory so far: only the last one is answered. */
let forecasts = 0;

async function forecast(spec: RunSpec): Promise<void> {
  const mine = ++forecasts;
  let answer: MemoryForecast;
  try {
    const config = await (await modelsHere()).config(spec.model);
    answer = (config && (await forecastFor(config, spec))) ?? { plan: null, problem: null };
  } catch (error) {
    if (!(error instanceof ModelError || error instanceof CancelledError || error instanceof RangeError)) throw error;
    answer = { plan: null, problem: error.message };
  }
  if (mine === forecasts) emit({ type: 'memory', ...answer });
}

/** Null where the recipe's log is not open. */
async function forecastFor(config: DecoderConfig, spec: RunSpec): Promise<MemoryForecast | null> {
  const opened = await device();
  const log = await logs.peek(spec.data.id);
  if (log === null) return null;
  const uncertified = ortProblem(config, ortProvider(opened));
  const forecast = forecastMemory(config, spec, logSizes(log, spec, config), deviceRoom(opened.device));
  return { ...forecast, ...(uncertified !== null && { uncertified }) };
}

const previews = new TemplatePreviews();
/** The question about templates that is being answered. */
let previewing = new AbortController();

async function previewTemplates(spec: RunSpec, question: PreviewQuestion): Promise<void> {
  previewing.abort();
  const mine = new AbortController();
  previewing = mine;
  const tell = (preview: TemplatePreview | null, problem: string | null = null): void => {
    if (!mine.signal.aborted) emit({ type: 'template-preview', id: question.id, preview, problem });
  };
  try {
    const reader = await (await modelsHere()).reader(spec.model);
    const read = await logs.peek(spec.data.id);
    if (reader === null) tell(null, 'Fetch the model to see its tokens.');
    else if (read === null) tell(null, 'Open the log of this recipe to see its texts.');
    else await previews.answer(reader, read.log, spec, question, tell, mine.signal);
  } catch (error) {
    if (mine.signal.aborted) return;
    if (!(error instanceof ModelError || error instanceof CancelledError)) throw error;
    tell(null, error.message);
  }
}

/** Runs follow each other: one that is stopped ends its step before the next begins. */
let running: Promise<void> = Promise.resolve();

async function obey(command: Command): Promise<void> {
  switch (command.type) {
    case 'probe-device': {
      baseUrl = command.baseUrl;
      configureOrt({ wasmUrl: ORT_WASM_URL });
      const { adapter } = await device();
      emit({ type: 'device', adapter });
      return;
    }
    case 'take-log':
      return logs.take(command.port);
    case 'forecast-memory':
      return forecast(runSpecSchema.parse(command.spec));
    case 'preview-templates':
      return previewTemplates(runSpecSchema.parse(command.spec), command.question);
    case 'run': {
      gate?.stop();
      const spec = runSpecSchema.parse(command.spec);
      const before = running;
      running = before.catch(() => undefined).then(() => run(spec, command.paused));
      return running;
    }
    case 'pause':
      gate?.pause();
      return;
    case 'resume':
      texts.cancel();
      gate?.resume();
      return;
    case 'step':
      texts.cancel();
      gate?.step();
      return;
    case 'profile':
      profiling = command.on;
      return;
    case 'export-adapter':
      emit({ type: 'adapter', arm: command.arm, files: adapterOf(command.arm) });
      return;
    case 'export-experiment':
      return exportExperiment(command);
    case 'stop':
      gate?.stop();
      // Before the first step it may still be waiting for its model.
      (await models)?.cancel();
      return;
    case 'generate': {
      const spec = runSpecSchema.parse(command.spec);
      return texts.speak(command.request, () => speakers(spec));
    }
    case 'cancel-text':
      texts.cancel();
      return;
    case 'inspect': {
      const spec = runSpecSchema.parse(command.spec);
      return inspection.ask(command.request, () => subjects(spec));
    }
    case 'export-onnx':
      return exportOnnx(command.speaker, runSpecSchema.parse(command.spec));
    case 'fetch-model':
    case 'cancel-model':
    case 'open-model':
    case 'survey-models':
    case 'list-kept':
    case 'delete-kept':
    case 'open-adapter':
      return (await modelDesk()).obey(command);
  }
}

addEventListener('message', ({ data }: MessageEvent<Command>) => {
  obey(data).catch((error: unknown) => {
    if (error instanceof CancelledError) {
      emitPhase('stopped');
      return;
    }
    emit({ type: 'failed', failure: describeFailure(error) });
    if (data.type === 'run') emitPhase('failed');
  });
});
