/**
 * A decoder of any family as an ONNX graph of standard operators (opset 18), so that ONNX Runtime runs it on
 * any provider. Names of inputs and outputs are those of Hugging Face's exports. Activations are
 * [batch·sequence, width] between attentions: each projection is then one Gemm on its [out, in] weight, and a
 * tied head needs no second copy.
 */
import { blockShapes } from '../decoderTensors';
import type { BlockRole, DecoderConfig, DecoderWeights, LayerAttention, LinearRole } from '../decoderConfig';
import { projectionShape, type LoraPlace } from '../lora';
import { rotations, usablePositions } from '../rope';
import type { OuterRole, Weight, WeightSource } from '../weightSource';
import { GraphBuilder, type Pieces, type Value } from './graph';

export type DecoderOutput = 'logits' | 'hidden_states' | 'attentions';

export interface DecoderGraphOptions {
  /**
   * `ids`: input_ids int64 [batch, sequence]; `embeddings`: inputs_embeds float32 [batch, sequence, hidden].
   */
  readonly input: 'ids' | 'embeddings';
  /**
   * `logits` [batch, sequence, vocabulary]; `hidden_states` [batch, sequence, hidden], after the final norm;
   * `attentions`: one output `attentions.{layer}` [batch, heads, sequence, past + sequence] per layer.
   */
  readonly outputs: readonly DecoderOutput[];
  /**
   * Whether there are past_key_values.{layer}.{key,value} [batch, kvHeads, past, headSize] in and present.…
   * out.
   */
  readonly cache: boolean;
  /** Longest position that position_ids may hold, plus one. Default: the model's, at most 2,048. */
  readonly positions?: number;
  /**
   * Only each row's last position in `logits` and `hidden_states`, [batch, 1, …], which is enough for the
   * next token.
   */
  readonly lastOnly?: boolean;
  /**
   * Projections that get LoRA matrices as inputs: inputs lora.{layer}.{role}.A float32 [rank, in] and .B
   * [out, rank]. One session then serves all adapters of a model, with a single copy of its weights.
   */
  readonly lora?: { readonly scale: number; readonly places: readonly LoraPlace[] };
}

/** Name of an adapter's input. */
export function loraInput({ layer, role }: LoraPlace, matrix: 'A' | 'B'): string {
  return `lora.${layer}.${role}.${matrix}`;
}

/**
 * Added to the scores of keys that a query may not see: far below any score, but finite, so that no row
 * becomes NaN.
 */
const HIDDEN_KEY = -1e30;

/** Positions that a graph built with these options accepts: 0 … n − 1. */
export function graphPositions(config: DecoderConfig, options: DecoderGraphOptions): number {
  return options.positions ?? usablePositions(config);
}

/** Protobuf's limit: a message is smaller. */
const MODEL_BYTES = 2 ** 31;
/** Space for everything except the weights. */
const GRAPH_BYTES = 2 ** 24;

/** Bytes of weights that fit into one graph. */
const LARGEST_GRAPH = MODEL_BYTES - GRAPH_BYTES;

/**
 * The serialised ONNX model, and the weights that it expects in files of those names. Further inputs:
 * attention_mask int64 [batch, past + sequence], 1 = may be attended; position_ids int64 [batch, sequence].
 * No weight is read.
 */
export function decoderGraph(
  config: DecoderConfig,
  weights: WeightSource,
  options: DecoderGraphOptions,
): { readonly model: Uint8Array<ArrayBuffer>; readonly weights: ReadonlyMap<string, Weight> } {
  const built = buildGraph(config, weights, options).build();
  return { model: built.model.finish(), weights: built.weights };
}

/**
 * The same as files that hold their weights and share memory with them (pass merged LoRA weights as
 * `weights`): `{name}`, and `{name}_data`, `{name}_data_1`, … if the weights do not fit into one message of
 * less than 2 GiB.
 * @param most maximum bytes of weights per file
 */
export function decoderFiles(
  config: DecoderConfig,
  weights: DecoderWeights,
  options: DecoderGraphOptions,
  name: string,
  most = LARGEST_GRAPH,
): ReadonlyMap<string, Pieces> {
  const held: GraphWeights = { outer: (role) => weights[role], block: (layer, role) => weights.blocks[layer]?.[role] };
  const graph = buildGraph(config, held, options);
  const { model, data } = graph.build(graph.bytes < most ? undefined : { name: `${name}_data`, fileBytes: most });
  return new Map([[name, model.parts], ...data]);
}

/** Weights to be read later, or in memory. */
interface GraphWeights {
  outer(role: OuterRole): Float32Array | Weight | undefined;
  block(layer: number, role: BlockRole): Float32Array | Weight | undefined;
}

function buildGraph(config: DecoderConfig, weights: GraphWeights, options: DecoderGraphOptions): GraphBuilder {
  const graph = new GraphBuilder('decoder');
  const decoder = new DecoderGraph(graph, config, options);
  const { vocabulary, hidden: width } = config;
  const outer = (role: OuterRole, shape: readonly number[]): Value | undefined => {
    const data = weights.outer(role);
    return data && graph.floats(role, data, shape);
  };
  const embedding = (): Value => outer('embedding', [vocabulary, width])!;

  let x: Value;
  if (options.input === 'ids') {
    const ids = graph.input('input_ids', 'int64', ['batch', 'sequence']);
    decoder.begin(ids);
    x = graph.node('Gather', [embedding(), ids]);
    if (config.embeddingScale !== 1) x = graph.node('Mul', [x, graph.scalar(config.embeddingScale)]);
  } else {
    x = graph.input('inputs_embeds', 'float', ['batch', 'sequence', width]);
    decoder.begin(x);
  }
  const positions = outer('positions', [config.maxPositions, width]);
  if (positions !== undefined) x = decoder.addPositions(x, positions);
  x = graph.node('Reshape', [x, graph.integers([-1, width])]);
  for (let layer = 0; layer < config.layers; layer += 1) x = decoder.block(x, (role) => weights.block(layer, role), layer);
  if (options.lastOnly === true) x = decoder.lastTokens(x);
  const shown = options.lastOnly === true ? 1 : 'sequence';
  const hidden = decoder.norm(x, outer('finalNorm', [width])!, outer('finalNormBias', [width]));

  if (options.outputs.includes('hidden_states')) {
    decoder.perToken(hidden, width, 'hidden_states');
    graph.output('hidden_states', 'float', ['batch', shown, width]);
  }
  if (options.outputs.includes('logits')) {
    const head = outer('head', [vocabulary, width]) ?? embedding();
    decoder.perToken(decoder.linear(hidden, head), vocabulary, 'logits');
    graph.output('logits', 'float', ['batch', shown, vocabulary]);
  }
  return graph;
}

/** A block's initialisers by role; undefined for roles that blocks of the config do not have. */
type Initialisers = (role: BlockRole) => Value | undefined;

class DecoderGraph {
  #batch = '';
  #sequence = '';
  #mask = '';
  #positionIds = '';
  /** cos and sin of every rope at the input's positions, [batch, 1, sequence, headSize/2]. */
  #turns: readonly { readonly cos: Value; readonly sin: Value }[] = [];
  /** By window: 0 or HIDDEN_KEY, [batch, 1, sequence, past + sequence]. */
  readonly #bias = new Map<number | null, Value>();

  constructor(
    readonly graph: GraphBuilder,
    readonly config: DecoderConfig,
    readonly options: DecoderGraphOptions,
  ) {}

  /** Everything that all blocks share. `input` is the first input, [batch, sequence, …]. */
  begin(input: Value): void {
    const { graph, config } = this;
    this.#mask = graph.input('attention_mask', 'int64', ['batch', 'total']);
    this.#positionIds = graph.input('position_ids', 'int64', ['batch', 'sequence']);
    this.#batch = this.#size(input, 0);
    this.#sequence = this.#size(input, 1);
    const positions = graphPositions(config, this.options);
    // Tables rather than Cos and Sin nodes: WGSL guarantees only 2⁻¹¹ for these, and only between −π and π.
    const atPositions = (name: string, table: Float32Array): Value => {
      const rows = graph.floats(name, table, [positions, config.headSize / 2]);
      return graph.node('Unsqueeze', [graph.node('Gather', [rows, this.#positionIds]), graph.integers([1])]);
    };
    this.#turns = config.ropes.map((rope, index) => {
      const { cos, sin } = rotations(config.headSize, rope, positions);
      return { cos: atPositions(`rope.${index}.cos`, cos), sin: atPositions(`rope.${index}.sin`, sin) };
    });
    for (const { window } of config.attention) {
      if (!this.#bias.has(window)) this.#bias.set(window, this.#attentionBias(window));
    }
  }

  /**
   * x [batch, sequence, hidden] plus the learned vectors of its positions; `table` [maxPositions, hidden].
   */
  addPositions(x: Value, table: Value): Value {
    return this.graph.node('Add', [x, this.graph.node('Gather', [table, this.#positionIds])]);
  }

  /** One pre-norm block; x is [batch·sequence, hidden]. */
  block(x: Value, weight: (role: BlockRole) => Float32Array | Weight | undefined, layer: number): Value {
    const { graph, config } = this;
    const shapes = blockShapes(config);
    const of: Initialisers = (role) => {
      const data = weight(role);
      return data && graph.floats(`layers.${layer}.${role}`, data, shapes.get(role)!);
    };
    const project = (input: Value, role: LinearRole): Value =>
      this.#adapted(input, this.linear(input, of(role)!, of(`${role}Bias`)), { layer, role });
    const joined = (residual: Value, output: Value, norm: Value | undefined): Value =>
      graph.node('Add', [residual, norm === undefined ? output : this.norm(output, norm)]);
    const attended = this.#attention(this.norm(x, of('inputNorm')!, of('inputNormBias')), project, of, layer);
    const middle = joined(x, project(attended, 'o'), of('attentionNorm'));
    const normed = this.norm(middle, of('postNorm')!, of('postNormBias'));
    const up = project(normed, 'up');
    const inner = config.gated ? graph.node('Mul', [this.#activation(project(normed, 'gate')), up]) : this.#activation(up);
    return joined(middle, project(inner, 'down'), of('mlpNorm'));
  }

  /** The config's norm over the last axis; RMSNorm in the form that ONNX Runtime recognises and fuses. */
  norm(x: Value, gain: Value, bias?: Value): Value {
    const { graph, config } = this;
    if (bias !== undefined) {
      return graph.node('LayerNormalization', [x, gain, bias], { axis: { int: -1 }, epsilon: { float: config.normEpsilon } });
    }
    const square = graph.node('Pow', [x, graph.scalar(2)]);
    const mean = graph.node('ReduceMean', [square, graph.integers([-1])], { keepdims: { int: 1 } });
    const root = graph.node('Sqrt', [graph.node('Add', [mean, graph.scalar(config.normEpsilon)])]);
    return graph.node('Mul', [gain, graph.node('Div', [x, root])]);
  }

  /** x·Wᵀ (+ bias) with W [out, in]. */
  linear(x: Value, weight: Value, bias?: Value): Value {
    return this.graph.node('Gemm', bias === undefined ? [x, weight] : [x, weight, bias], { transB: { int: 1 } });
  }

  /** [batch·sequence, hidden] → [batch, hidden]: the last position of each row. */
  lastTokens(x: Value): Value {
    const { graph, config } = this;
    const rows = graph.node('Reshape', [x, this.#concat([this.#batch, this.#sequence, graph.integers([config.hidden])], 0)]);
    const last = graph.node('Slice', [rows, ...[[-1], [Number.MAX_SAFE_INTEGER], [1]].map((range) => graph.integers(range))]);
    return graph.node('Reshape', [last, graph.integers([-1, config.hidden])]);
  }

  /** y + scale·B·(A·x) if the projection is adapted, else y. */
  #adapted(x: Value, y: Value, place: LoraPlace): Value {
    const { graph, config, options } = this;
    const { lora } = options;
    if (!lora?.places.some(({ layer, role }) => layer === place.layer && role === place.role)) return y;
    const [out, inputs] = projectionShape(config, place.role);
    const a = graph.input(loraInput(place, 'A'), 'float', ['rank', inputs]);
    const b = graph.input(loraInput(place, 'B'), 'float', [out, 'rank']);
    return graph.node('Gemm', [this.linear(x, a), b, y], { transB: { int: 1 }, alpha: { float: lora.scale } });
  }

  #activation(x: Value): Value {
    const { graph } = this;
    const times = (a: Value, b: Value) => graph.node('Mul', [a, b]);
    if (this.config.activation === 'silu') return times(x, graph.node('Sigmoid', [x]));
    // GELU's tanh approximation (Hendrycks & Gimpel, arXiv 1606.08415): x/2 · (1 + tanh(√(2/π)·(x +
    // 0.044715·x³))).
    const cubic = graph.node('Add', [x, times(graph.node('Pow', [x, graph.scalar(3)]), graph.scalar(0.044715))]);
    const tanh = graph.node('Tanh', [times(cubic, graph.scalar(Math.sqrt(2 / Math.PI)))]);
    return times(times(x, graph.scalar(0.5)), graph.node('Add', [tanh, graph.scalar(1)]));
  }

  /** [batch·shown, width] → [batch, shown, width], shown being the sequence, or 1 with `lastOnly`. */
  perToken(x: Value, width: number, as: string): Value {
    const shown = this.options.lastOnly === true ? this.graph.integers([1]) : this.#sequence;
    const shape = this.#concat([this.#batch, shown, this.graph.integers([width])], 0);
    return this.graph.node('Reshape', [x, shape], {}, as);
  }

  #attention(x: Value, project: (x: Value, role: LinearRole) => Value, of: Initialisers, layer: number): Value {
    const { graph, config, options } = this;
    const { heads, kvHeads, headSize } = config;
    const place = config.attention[layer]!;
    const reshape = (value: Value, shape: readonly number[]) => graph.node('Reshape', [value, graph.integers(shape)]);
    const placed = (role: 'q' | 'k', count: number): Value => {
      const split = this.#splitHeads(project(x, role), count);
      const gain = of(`${role}Norm`);
      return this.#rotate(gain === undefined ? split : this.norm(split, gain), place);
    };
    let query = placed('q', heads);
    let key = placed('k', kvHeads);
    let value = this.#splitHeads(project(x, 'v'), kvHeads);
    if (options.cache) {
      key = this.#extendCache(key, layer, 'key');
      value = this.#extendCache(value, layer, 'value');
    }
    // The query heads of one key-value head are neighbours, so they stack as further rows, without repeating
    // keys and values.
    query = reshape(graph.node('Mul', [query, graph.scalar(config.attentionScale)]), [0, kvHeads, -1, headSize]);
    const keyColumns = graph.node('Transpose', [key], { perm: { ints: [0, 1, 3, 2] } });
    const scores = reshape(graph.node('MatMul', [query, keyColumns]), [0, heads, -1, 0]);
    const name = `attentions.${layer}`;
    const shown = options.outputs.includes('attentions');
    const attention = graph.node(
      'Softmax',
      [graph.node('Add', [scores, this.#bias.get(place.window)!])],
      { axis: { int: -1 } },
      shown ? name : undefined,
    );
    if (shown) graph.output(name, 'float', ['batch', heads, 'sequence', 'total']);
    const mixed = reshape(graph.node('MatMul', [reshape(attention, [0, kvHeads, -1, 0]), value]), [0, heads, -1, headSize]);
    const byToken = graph.node('Transpose', [mixed], { perm: { ints: [0, 2, 1, 3] } });
    return reshape(byToken, [-1, heads * headSize]);
  }

  /** [batch·sequence, count·headSize] → [batch, count, sequence, headSize]. */
  #splitHeads(x: Value, count: number): Value {
    const sizes = this.graph.integers([count, this.config.headSize]);
    const split = this.graph.node('Reshape', [x, this.#concat([this.#batch, this.#sequence, sizes], 0)]);
    return this.graph.node('Transpose', [split], { perm: { ints: [0, 2, 1, 3] } });
  }

  /** RoPE, rotate-half convention; with learned positions, x unchanged. */
  #rotate(x: Value, { rope }: LayerAttention): Value {
    if (rope === null) return x;
    const { graph } = this;
    const { cos, sin } = this.#turns[rope]!;
    const [first, second] = graph.halves(x);
    const times = (a: Value, b: Value) => graph.node('Mul', [a, b]);
    const low = graph.node('Sub', [times(first, cos), times(second, sin)]);
    const high = graph.node('Add', [times(second, cos), times(first, sin)]);
    return this.#concat([low, high], -1);
  }

  #extendCache(fresh: Value, layer: number, kind: 'key' | 'value'): Value {
    const { kvHeads, headSize } = this.config;
    const past = this.graph.input(`past_key_values.${layer}.${kind}`, 'float', ['batch', kvHeads, 'past', headSize]);
    const present = this.#concat([past, fresh], 2, `present.${layer}.${kind}`);
    this.graph.output(present, 'float', ['batch', kvHeads, 'total', headSize]);
    return present;
  }

  /**
   * Query slot i (one of the last `sequence`) sees key slot j when i − window < j ≤ i and attention_mask[j]
   * is 1.
   */
  #attentionBias(window: number | null): Value {
    const { graph } = this;
    const mask = this.#mask;
    const [axis0, axis1] = [graph.integers([0]), graph.integers([1])];
    const total = graph.node('Squeeze', [this.#size(mask, 1), axis0]);
    const sequence = graph.node('Squeeze', [this.#sequence, axis0]);
    const keys = graph.node('Range', [graph.integer(0), total, graph.integer(1)]);
    const queries = graph.node('Range', [graph.node('Sub', [total, sequence]), total, graph.integer(1)]);
    const rows = graph.node('Unsqueeze', [queries, axis1]);
    let near = graph.node('LessOrEqual', [keys, rows]);
    if (window !== null) {
      const first = graph.node('Sub', [rows, graph.integer(window)]);
      near = graph.node('And', [near, graph.node('Less', [first, keys])]);
    }
    const present = graph.node('Equal', [graph.node('Unsqueeze', [mask, graph.integers([1, 2])]), graph.integer(1)]);
    const seen = graph.node('And', [near, present]);
    return graph.node('Where', [seen, graph.scalar(0), graph.scalar(HIDDEN_KEY)]);
  }

  #size(value: Value, axis: number): Value {
    return this.graph.node('Shape', [value], { start: { int: axis }, end: { int: axis + 1 } });
  }

  #concat(values: readonly Value[], axis: number, as?: string): Value {
    return this.graph.node('Concat', values, { axis: { int: axis } }, as);
  }
}
