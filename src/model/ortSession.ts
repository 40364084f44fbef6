/** Decoder graphs in ONNX Runtime Web, in browsers and Node, on WebAssembly or on our own GPUDevice. */
import { t } from '../words/words';
import * as ort from 'onnxruntime-web/webgpu';
import { completion } from '../gpu/completion';
import { BUFFER_USAGE } from '../gpu/tensor';
import type { DecoderConfig, DecoderWeights } from './decoderConfig';
import { ModelError } from './modelError';
import { projectionShape, type LoraAdapter } from './lora';
import { decoderGraph, graphPositions, loraInput, type DecoderGraphOptions } from './onnx/decoderGraph';
import { externalData } from './onnx/externalData';
import type { OrtProvider } from './ortProvider';
import { ortProblem } from './ortRoom';
import { heldWeights, type WeightSource } from './weightSource';

export interface OrtSettings {
  /**
   * URL of ort-wasm-simd-threaded.asyncify.wasm on our own host; leave it out in Node, where the package's
   * own file is read.
   */
  readonly wasmUrl?: string;
  /** That file's bytes, where they cannot be fetched. */
  readonly wasmBytes?: Uint8Array<ArrayBuffer>;
  /** Default 1; more need a cross-origin isolated page. */
  readonly threads?: number;
}

let configured: OrtSettings | null = null;

/** Must run before the first `openDecoder` of the page, the worker or the process. */
export function configureOrt(settings: OrtSettings = {}): void {
  configured = settings;
  setEnvironment(settings);
}

/** Before every session: transformers.js, which is imported at any time, directs ONNX Runtime to its CDN. */
function prepareOrt(): void {
  if (configured === null) throw new Error('Call configureOrt before opening a graph.');
  setEnvironment(configured);
}

function setEnvironment({ wasmUrl, wasmBytes, threads = 1 }: OrtSettings): void {
  const { wasm } = ort.env;
  wasm.numThreads = threads;
  if (wasmBytes !== undefined) wasm.wasmBinary = wasmBytes;
  if (wasmUrl === undefined) delete wasm.wasmPaths;
  else wasm.wasmPaths = { wasm: wasmUrl };
}

export interface DecoderOptions extends DecoderGraphOptions {
  /**
   * Where logits, hidden states and attentions go; the key-value cache stays on the GPU with `webgpu`.
   * Default `cpu`.
   */
  readonly outputsOn?: 'cpu' | 'gpu-buffer';
}

/** Rows of one length; shorter ones are padded on the right and masked. */
export interface DecoderInputs {
  readonly batch: number;
  /** New positions per row. */
  readonly length: number;
  /** Token ids [batch, length], or embeddings [batch, length, hidden], as the graph's `input` says. */
  readonly tokens: { readonly ids: ArrayLike<number> } | { readonly embeddings: Float32Array };
  /** [batch, past + length], 1 = may be attended. Default: all 1. */
  readonly mask?: ArrayLike<number>;
  /** `cache` of the previous call; left out in the first. The caller still owns it. */
  readonly past?: KeyValueCache;
  /** For a graph with `lora`; default: the base model. */
  readonly adapter?: OrtAdapter;
}

/** Keys and values of all positions so far; must be disposed. */
export class KeyValueCache {
  constructor(
    /** Number of positions held. */
    readonly length: number,
    /** By graph name without `present.` or `past_key_values.`. */
    readonly tensors: ReadonlyMap<string, ort.Tensor>,
  ) {}

  dispose(): void {
    for (const tensor of this.tensors.values()) tensor.dispose();
  }
}

/** LoRA matrices as inputs of one decoder, stored where its weights are; must be disposed. */
export class OrtAdapter {
  constructor(
    /** By input name. */
    readonly tensors: Readonly<Record<string, ort.Tensor>>,
  ) {}

  dispose(): void {
    for (const tensor of Object.values(this.tensors)) tensor.dispose();
  }
}

/** The caller owns the tensors and must dispose those on gpu-buffers; not even `release` frees them. */
export interface DecoderOutputs {
  readonly logits?: ort.Tensor;
  readonly hiddenStates?: ort.Tensor;
  /** One per layer; empty unless requested. */
  readonly attentions: readonly ort.Tensor[];
  readonly cache?: KeyValueCache;
}

export class OrtDecoder {
  /** Adapter of rank 1, all zeros: the base model in a graph with `lora`. */
  #none: OrtAdapter | undefined;

  constructor(
    readonly config: DecoderConfig,
    readonly options: DecoderOptions,
    private readonly on: OrtProvider,
    private readonly session: ort.InferenceSession,
  ) {}

  get provider(): OrtProvider['name'] {
    return this.on.name;
  }

  /** Positions that one row may reach, past included. */
  get positions(): number {
    return graphPositions(this.config, this.options);
  }

  /**
   * @throws RangeError when the row passes `positions` or the inputs do not fill their shapes.
   * @throws ModelError when ONNX Runtime fails.
   */
  async run(inputs: DecoderInputs): Promise<DecoderOutputs> {
    const past = inputs.past?.length ?? 0;
    if (past + inputs.length > this.positions) {
      throw new RangeError(`${past + inputs.length} positions, but the graph has ${this.positions}.`);
    }
    const feeds = this.#feeds(inputs, past);
    const outputs = new Map(Object.entries(await inTurn(() => answered(this.on, this.session.run(feeds)))));
    const cached = [...outputs].filter(([name]) => name.startsWith('present.'));
    const cache = new Map(cached.map(([name, tensor]) => [name.slice('present.'.length), tensor]));
    const logits = outputs.get('logits');
    const hiddenStates = outputs.get('hidden_states');
    return {
      ...(logits && { logits }),
      ...(hiddenStates && { hiddenStates }),
      attentions: Array.from({ length: this.config.layers }, (_, layer) => outputs.get(`attentions.${layer}`)).filter(
        (tensor) => tensor !== undefined,
      ),
      ...(this.options.cache && { cache: new KeyValueCache(past + inputs.length, cache) }),
    };
  }

  /**
   * Stores an adapter where the graph's weights are.
   * @throws RangeError unless it adapts exactly the projections that the graph was built for, with its scale.
   */
  adapter({ scale, pairs }: LoraAdapter): OrtAdapter {
    const { lora } = this.options;
    const tensors: Record<string, ort.Tensor> = {};
    for (const pair of pairs) {
      const [rows, columns] = projectionShape(this.config, pair.role);
      tensors[loraInput(pair, 'A')] = this.#resident(pair.a, [pair.a.length / columns, columns]);
      tensors[loraInput(pair, 'B')] = this.#resident(pair.b, [rows, pair.b.length / rows]);
    }
    const adapter = new OrtAdapter(tensors);
    if (lora?.scale === scale && lora.places.length === pairs.length && this.#loraInputs().every((name) => name in tensors)) {
      return adapter;
    }
    adapter.dispose();
    throw new RangeError('The adapter does not have the shape that the graph was built for.');
  }

  /** Frees the session. The GPUDevice, adapters and undisposed outputs live on. */
  async release(): Promise<void> {
    this.#none?.dispose();
    await inTurn(() => this.session.release());
  }

  #loraInputs(): string[] {
    return (this.options.lora?.places ?? []).flatMap((place) => [loraInput(place, 'A'), loraInput(place, 'B')]);
  }

  #zeroAdapter(): OrtAdapter {
    const { lora } = this.options;
    if (lora === undefined) return new OrtAdapter({});
    const pairs = lora.places.map((place) => {
      const [rows, columns] = projectionShape(this.config, place.role);
      return { ...place, a: new Float32Array(columns), b: new Float32Array(rows) };
    });
    return this.adapter({ scale: lora.scale, pairs });
  }

  /** A float32 tensor that stays where the session computes. */
  #resident(data: Float32Array, dims: readonly number[]): ort.Tensor {
    if (this.on.name === 'wasm') return new ort.Tensor('float32', data, dims);
    const { device } = this.on;
    const { storage, copySource, copyDestination } = BUFFER_USAGE;
    const buffer = device.createBuffer({ size: data.byteLength, usage: storage | copySource | copyDestination, label: 'LoRA' });
    device.queue.writeBuffer(buffer, 0, data as BufferSource);
    return ort.Tensor.fromGpuBuffer(buffer, {
      dataType: 'float32',
      dims,
      dispose: () => {
        buffer.destroy();
      },
    });
  }

  #feeds({ batch, length, tokens, mask, past, adapter }: DecoderInputs, pastLength: number): Record<string, ort.Tensor> {
    const total = pastLength + length;
    const positions = Array.from({ length: batch * length }, (_, i) => pastLength + (i % length));
    const feeds: Record<string, ort.Tensor> = {
      ...(adapter ?? (this.#none ??= this.#zeroAdapter())).tensors,
      attention_mask: int64(mask ?? new Uint8Array(batch * total).fill(1), [batch, total]),
      position_ids: int64(positions, [batch, length]),
    };
    if ('ids' in tokens) feeds.input_ids = int64(tokens.ids, [batch, length]);
    else feeds.inputs_embeds = new ort.Tensor('float32', tokens.embeddings, [batch, length, this.config.hidden]);
    if (this.options.cache) {
      const empty = [batch, this.config.kvHeads, 0, this.config.headSize];
      for (let layer = 0; layer < this.config.layers; layer += 1) {
        for (const name of [`${layer}.key`, `${layer}.value`]) {
          feeds[`past_key_values.${name}`] = past?.tensors.get(name) ?? new ort.Tensor('float32', new Float32Array(0), empty);
        }
      }
    }
    return feeds;
  }
}

/**
 * Builds the graph and a session for it, into which the weights pass one by one.
 * @throws ModelError when the model is too large here (`ortProblem`), or ONNX Runtime cannot be started or
 * refuses the graph.
 */
export async function openDecoder(
  model: { readonly config: DecoderConfig; readonly weights: WeightSource | DecoderWeights },
  options: DecoderOptions,
  provider: OrtProvider,
): Promise<OrtDecoder> {
  prepareOrt();
  const problem = ortProblem(model.config, provider);
  if (problem !== null)
    throw new ModelError(t('ONNX Runtime cannot hold this model here. {problem}', { problem }), t('Choose a smaller model.'));
  const onGpu = provider.name === 'webgpu';
  const source = 'blocks' in model.weights ? heldWeights(model.weights) : model.weights;
  const graph = decoderGraph(model.config, source, options);
  const data = await externalData(graph.weights);
  const session = await inTurn(() =>
    ort.InferenceSession.create(graph.model, {
      // Warnings (shape nodes kept on the CPU) do not concern the user.
      logSeverityLevel: 3,
      executionProviders: [onGpu ? { name: 'webgpu', device: provider.device } : 'wasm'],
      externalData: data.files,
      ...(onGpu && { preferredOutputLocation: locations(model.config, options) }),
    }),
  ).catch((error: unknown) => {
    data.check();
    throw error;
  });
  return new OrtDecoder(model.config, options, provider, session);
}

/** Any graph whose inputs and outputs are float32. */
export interface OrtGraph {
  readonly provider: OrtProvider['name'];
  readonly inputs: readonly string[];
  run(
    feeds: Readonly<Record<string, { readonly data: Float32Array; readonly shape: readonly number[] }>>,
  ): Promise<ReadonlyMap<string, { readonly data: Float32Array; readonly shape: readonly number[] }>>;
  release(): Promise<void>;
}

/** @throws ModelError when ONNX Runtime cannot be started or refuses the graph */
export async function openGraph(model: Uint8Array, provider: OrtProvider): Promise<OrtGraph> {
  prepareOrt();
  const executionProviders = [
    provider.name === 'webgpu' ? ({ name: 'webgpu', device: provider.device } as const) : ('wasm' as const),
  ];
  const session = await inTurn(() => ort.InferenceSession.create(model, { logSeverityLevel: 3, executionProviders }));
  return {
    provider: provider.name,
    inputs: session.inputNames,
    run: async (feeds) => {
      const tensors = Object.entries(feeds).map(
        ([name, { data, shape }]) => [name, new ort.Tensor('float32', data, shape)] as const,
      );
      const outputs = await inTurn(() => answered(provider, session.run(Object.fromEntries(tensors))));
      const read = Object.entries(outputs).map(
        async ([name, tensor]) => [name, { shape: tensor.dims, data: await takeFloats(tensor) }] as const,
      );
      return new Map(await Promise.all(read));
    },
    release: () => inTurn(() => session.release()),
  };
}

/** All elements of a float32 output, wherever it is; the tensor is disposed. */
export async function takeFloats(tensor: ort.Tensor | undefined): Promise<Float32Array> {
  if (tensor === undefined) throw new RangeError('The graph was built without this output.');
  try {
    const data = await tensor.getData();
    if (!(data instanceof Float32Array)) throw new RangeError(`A float32 output was expected, not ${tensor.type}.`);
    return data;
  } finally {
    tensor.dispose();
  }
}

/** Lets `use` read an output that stayed on the GPU; the tensor is disposed when it is done. */
export async function takeBuffer<T>(tensor: ort.Tensor, use: (buffer: GPUBuffer) => Promise<T>): Promise<T> {
  try {
    return await use(tensor.gpuBuffer);
  } finally {
    tensor.dispose();
  }
}

function locations(config: DecoderConfig, options: DecoderOptions): Record<string, ort.Tensor.DataLocation> {
  const layers = Array.from({ length: config.layers }, (_, layer) => layer);
  const shown = options.outputs.flatMap((name) => (name === 'attentions' ? layers.map((layer) => `${name}.${layer}`) : [name]));
  const cached = options.cache ? layers.flatMap((layer) => [`present.${layer}.key`, `present.${layer}.value`]) : [];
  return Object.fromEntries([
    ...shown.map((name) => [name, options.outputsOn ?? 'cpu'] as const),
    ...cached.map((name) => [name, 'gpu-buffer'] as const),
  ]);
}

function int64(values: ArrayLike<number>, shape: readonly number[]): ort.Tensor {
  return new ort.Tensor('int64', BigInt64Array.from(values, BigInt), shape);
}

/** What a session computed, which it may read from our device. */
function answered<T>(on: OrtProvider, call: Promise<T>): Promise<T> {
  return on.name === 'webgpu' ? completion(on.device, call) : call;
}

let turn: Promise<unknown> = Promise.resolve();

/**
 * ONNX Runtime's WebAssembly runs one call at a time: a second one would fail while the first waits for the
 * GPU.
 */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const mine = turn.then(work, work);
  turn = mine.catch(() => undefined);
  try {
    return await mine;
  } catch (cause) {
    throw new ModelError(
      t('ONNX Runtime failed: {reason}', { reason: cause instanceof Error ? cause.message : String(cause) }),
      t('Reload the page; if it happens again, choose a smaller model.'),
      { cause },
    );
  }
}
