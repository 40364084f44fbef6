/**
 * The engine as a library, `karma-playground/engine`: LoRA on a language model with WebGPU, in a browser or
 * in Node. Everything that it offers is a function of this file; docs/library.md has the examples.
 */
import { PEFT_CONFIG, PEFT_WEIGHTS } from '../engine/peft/modules';
import { writeAdapter } from '../engine/peft/write';
import { TextTuner } from '../engine/textTuner';
import { openGpu, type Gpu } from '../gpu/device';
import { forkRandom } from '../log/random';
import { readLog as readFiles, type ReadLog } from '../log/readLog';
import type { LoadedModel } from '../model/loadedModel';
import { loadModel as load } from '../model/loadModel';
import { draw } from '../model/sampling';
import { createTokenizer } from '../model/tokenizer';
import { runSpecSchema } from '../recipe/runSpec';
import { filesOf, modelAt } from './places';
import { Recommender } from './recommender';
import type {
  Device,
  GenerateOptions,
  Log,
  Lora,
  LoraOptions,
  Losses,
  Model,
  NamedFile,
  Place,
  Recommendation,
  RecommenderOptions,
} from './types';

export type * from './types';

/** What stands behind the handles that the functions give out. */
interface Behind {
  readonly model: LoadedModel;
  readonly tuner: TextTuner | Recommender;
  /** Takes a step on the next batch. */
  readonly step: () => Promise<Losses>;
}
const gpus = new WeakMap<object, Gpu>();
const models = new WeakMap<object, LoadedModel>();
const logs = new WeakMap<object, ReadLog>();
const trained = new WeakMap<object, Behind>();

function behind<Of>(known: WeakMap<object, Of>, handle: object, what: string): Of {
  const found = known.get(handle);
  if (found === undefined) throw new TypeError(`This is no ${what}: pass what the library’s own functions gave.`);
  return found;
}

/**
 * Opens the GPU: the browser's, or in Node Dawn's, for which the package `webgpu` must be installed. A
 * software adapter will do.
 * @throws GpuUnavailableError when there is no WebGPU, no adapter or no device
 */
export async function openDevice(): Promise<Device> {
  const browser = typeof navigator === 'object' && 'gpu' in navigator;
  const gpu = browser ? await openGpu(navigator.gpu, 'browser') : await (await import('../gpu/node')).openNodeGpu();
  const { description, device: name, fallback } = gpu.adapter;
  const handle: Device = {
    name: description || name,
    software: fallback,
    close: () => {
      gpu.device.destroy();
    },
  };
  gpus.set(handle, gpu);
  return handle;
}

/**
 * Opens a model: a folder with config.json, tokenizer.json and safetensors, or a GGUF file. Its weights are
 * read when they are needed.
 * @param place an address, in Node also a path, `hub:owner/name`, or the files themselves
 * @throws ModelError when a file is missing, damaged or of a kind that the engine does not know
 */
export async function loadModel(place: Place | readonly File[]): Promise<Model> {
  const { source, id } = await modelAt(place);
  const model = await load(source, id, () => undefined, createTokenizer);
  const { architecture, layers, hidden, vocabulary } = model.config;
  const handle: Model = {
    ...{ id, architecture, layers, hidden, vocabulary },
    encode: (text) => model.tokenizer.encode(text),
    decode: (ids) => model.tokenizer.decode(ids),
  };
  models.set(handle, model);
  return handle;
}

/**
 * Reads a log in any format that the page knows (docs/formats.md).
 * @throws LogError naming the first lines that are wrong
 */
export async function readLog(places: Place | File | readonly (Place | File)[]): Promise<Log> {
  const read = await readFiles(await filesOf(places));
  const { log, split } = read;
  const [users, items] = [log.users.length, log.items.length];
  const handle: Log = { name: log.name, users, items, events: log.events.length, targets: split.test.length };
  logs.set(handle, read);
  return handle;
}

/**
 * Attaches LoRA to a model to train it on plain text: every step reads `batchSize` windows of `length`
 * tokens, each after the start token, drawn by (seed, step), and lowers the next-token loss, or your own.
 * @throws RangeError when the texts are shorter than a window, or a setting does not fit the model; what the
 * GPU throws
 */
export async function createLora(device: Device, model: Model, options: LoraOptions): Promise<Lora> {
  const gpu = behind(gpus, device, 'device');
  const loaded = behind(models, model, 'model');
  const { texts, length = 64, batchSize = 8, precision = 'f32', loss = null, seed = 0 } = options;
  const spec = runSpecSchema.parse({
    ...{ version: 2, seed },
    lora: { ...loraOf(options), trainInputs: false },
    training: { ...trainingOf(options), batchSize },
    arms: [{ id: 'lora', label: 'LoRA' }],
    // Heads that no text reads: the smallest.
    objective: { embeddingSize: 4, headStart: 'random', interestSkip: 'none', itemInput: 'hidden' },
  });
  const tokens = await tokensOf(texts, loaded);
  if (tokens.length < length) throw new RangeError(`The texts have ${tokens.length} tokens: fewer than a window’s ${length}.`);
  const tuner = await TextTuner.create(gpu, loaded, { spec, precision, rows: batchSize * length, loss });
  const step = (): Promise<Losses> => {
    const random = forkRandom(seed, 'text windows', tuner.arm.step);
    const starts = Array.from({ length: batchSize }, () => random.integer(tokens.length - length + 1));
    return tuner.step(starts.map((start) => tokens.slice(start, start + length)));
  };
  return handleOf({ model: loaded, tuner, step });
}

/**
 * Attaches LoRA and two towers to a model to recommend items of a log: L_act + gen·L_gen + rec·L_rec, and
 * your own loss on h (docs/method.md). `recipe` sets any other field of docs/recipe.md.
 * @throws ZodError naming a wrong field; RangeError for a log that is too small; DoesNotFitError; what the
 * GPU throws
 */
export async function createRecommender(device: Device, model: Model, log: Log, options: RecommenderOptions = {}): Promise<Lora> {
  const gpu = behind(gpus, device, 'device');
  const loaded = behind(models, model, 'model');
  const read = behind(logs, log, 'log');
  const { gen = 0, rec = 0, own = null, recipe = {} } = options;
  const { lora = {}, training = {}, ...rest } = recipe as Record<string, object>;
  const asked = {
    ...{ version: 2, ...rest, ...given(options, ['seed']) },
    lora: { ...lora, ...loraOf(options) },
    training: { ...training, ...trainingOf(options) },
    arms: [{ id: 'arm', label: 'Arm', lambdaGen: gen, lambdaRec: rec }],
  };
  const tuner = await Recommender.create(gpu, loaded, read, asked, own && { loss: own.loss, weight: own.weight ?? 1 });
  return handleOf({ model: loaded, tuner, step: () => tuner.step() });
}

/**
 * One update on the next batch. Losses are means before the update, in nats; what is not trained is null or
 * absent.
 * @throws RangeError when your own loss is no finite number; GpuFaultError
 */
export function trainStep(lora: Lora): Promise<Losses> {
  return behind(trained, lora, 'LoRA').step();
}

/**
 * Mean NLL in nats per token of each text after the start token, cut to what a pass holds; of the model as it
 * is now.
 */
export async function textLoss(lora: Lora, texts: readonly string[]): Promise<number[]> {
  const { tuner, model } = behind(trained, lora, 'LoRA');
  const continued = texts.map((text) => ({
    prompt: [],
    continuation: model.tokenizer.encode(text).slice(0, tuner.continuations.longest),
  }));
  return tuner.continuations.nll(tuner.arm, continued);
}

/**
 * Continues a prompt with the model as it is now, greedily unless `temperature` is above 0. Only the end is
 * read of a prompt that is too long.
 * @returns the new text alone
 */
export async function generate(lora: Lora, prompt: string, options: GenerateOptions = {}): Promise<string> {
  const { tuner, model } = behind(trained, lora, 'LoRA');
  const { temperature = 0, topK = 0, topP = 1, seed = 0 } = options;
  const most = Math.min(options.maxTokens ?? 32, tuner.continuations.longest - 1);
  const ids = model.tokenizer.encode(prompt).slice(-(tuner.continuations.longest - most));
  const random = forkRandom(seed, 'generated text');
  const sampling = { temperature, topK, topP, random: () => random.uniform() };
  const choose = temperature > 0 ? (logits: Float32Array): number => draw(logits, sampling) : undefined;
  const [written] = await tuner.continuations.write(tuner.arm, [ids], most, choose);
  const before = model.tokenizer.decode(ids);
  return model.tokenizer.decode([...ids, ...written!.map(({ token }) => token)]).slice(before.length);
}

/**
 * Ranks the test targets among all items: `hr@10`, `mrr`, … by the IDs of docs/metrics.md.
 * @throws TypeError for a LoRA without a log
 */
export function evaluate(recommender: Lora): Promise<Readonly<Record<string, number>>> {
  return recommenderOf(recommender).evaluate();
}

/**
 * The k best items after a history of item IDs, none of which is in it.
 * @throws RangeError for an item that is not in the log
 */
export function recommend(recommender: Lora, history: readonly string[], k = 10): Promise<readonly Recommendation[]> {
  return recommenderOf(recommender).recommend(history, k);
}

/**
 * The LoRA as files in PEFT's layout, and for a recommender its heads beside it.
 * @throws RangeError when no projection is adapted
 */
export async function exportPeft(lora: Lora): Promise<readonly NamedFile[]> {
  const { tuner, model } = behind(trained, lora, 'LoRA');
  const arm = await tuner.trained();
  const { config, id, hash, version } = model;
  const base = { config, id, revision: version ?? null, hash };
  const files = writeAdapter(arm, base, tuner.spec.lora);
  return tuner instanceof Recommender ? files : files.filter(({ name }) => name === PEFT_CONFIG || name === PEFT_WEIGHTS);
}

function handleOf(of: Behind): Lora {
  const lora: Lora = {
    get step() {
      return of.tuner.arm.step;
    },
    destroy: () => {
      of.tuner.destroy();
    },
  };
  trained.set(lora, of);
  return lora;
}

/** The fields of a recipe that options name. */
function given(options: object, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([name, value]) => names.includes(name) && value !== undefined));
}

function loraOf(options: object): Record<string, unknown> {
  return given(options, ['rank', 'alpha', 'targets']);
}

function trainingOf(options: object): Record<string, unknown> {
  return given(options, ['learningRate', 'warmupSteps', 'steps', 'batchSize']);
}

/** Tokens of texts, one after another; texts of a list end with the end token. */
async function tokensOf(texts: LoraOptions['texts'], { tokenizer, config }: LoadedModel): Promise<number[]> {
  if (Array.isArray(texts)) return texts.flatMap((text: string) => [...tokenizer.encode(text), config.eosId]);
  const files = await filesOf(texts);
  return (await Promise.all(files.map((file) => file.text()))).flatMap((text) => tokenizer.encode(text));
}

function recommenderOf(lora: Lora): Recommender {
  const { tuner } = behind(trained, lora, 'LoRA');
  if (!(tuner instanceof Recommender)) throw new TypeError('This LoRA has no log: createRecommender makes one that has.');
  return tuner;
}
