/**
 * A Llama-style decoder as an ONNX graph of standard operators (opset 18), so that ONNX Runtime runs it on any provider.
 * Names of inputs and outputs are those of Hugging Face's exports. Activations are [batch·sequence, width] between attentions:
 * then each projection is one Gemm on the checkpoint's own [out, in] weight, and the tied head needs no second copy.
 */
import type { BlockWeights, DecoderConfig, DecoderWeights } from '../decoderConfig';
import { blockTensors } from '../loadModel';
import { ModelError } from '../modelError';
import { GraphBuilder, type Value } from './graph';

export type DecoderOutput = 'logits' | 'hidden_states' | 'attentions';

export interface DecoderGraphOptions {
  /** `ids`: input_ids int64 [batch, sequence]; `embeddings`: inputs_embeds float32 [batch, sequence, hidden]. */
  readonly input: 'ids' | 'embeddings';
  /**
   * `logits` [batch, sequence, vocabulary]; `hidden_states` [batch, sequence, hidden], after the final norm;
   * `attentions`: one output `attentions.{layer}` [batch, heads, sequence, past + sequence] a layer.
   */
  readonly outputs: readonly DecoderOutput[];
  /** Whether there are past_key_values.{layer}.{key,value} [batch, kvHeads, past, headSize] in and present.… out. */
  readonly cache: boolean;
  /** Longest position that position_ids may hold, plus one. Default: the model's, at most 2,048. */
  readonly positions?: number;
}

/** Added to the scores of keys that a query may not see: far below any score, and finite, so that no row turns into NaN. */
const HIDDEN_KEY = -1e30;
const DEFAULT_POSITIONS = 2048;

/** Positions that a graph built with these options accepts: 0 … n − 1. */
export function graphPositions(config: DecoderConfig, options: DecoderGraphOptions): number {
  return options.positions ?? Math.min(config.maxPositions, DEFAULT_POSITIONS);
}

/**
 * The serialised ONNX model. Further inputs: attention_mask int64 [batch, past + sequence], 1 = may be attended;
 * position_ids int64 [batch, sequence]. Merged LoRA weights: pass them as `weights`.
 * @throws ModelError when it would pass protobuf's limit of 2 GiB.
 */
export function decoderGraph(
  config: DecoderConfig,
  weights: DecoderWeights,
  options: DecoderGraphOptions,
): Uint8Array<ArrayBuffer> {
  const graph = new GraphBuilder('decoder');
  const decoder = new DecoderGraph(graph, config, options);
  const embedding = (): Value => graph.floats('model.embed_tokens.weight', weights.embedding, [config.vocabulary, config.hidden]);

  let x: Value;
  if (options.input === 'ids') {
    const ids = graph.input('input_ids', 'int64', ['batch', 'sequence']);
    decoder.begin(ids);
    x = graph.node('Gather', [embedding(), ids]);
  } else {
    x = graph.input('inputs_embeds', 'float', ['batch', 'sequence', config.hidden]);
    decoder.begin(x);
  }
  x = graph.node('Reshape', [x, graph.integers([-1, config.hidden])]);
  weights.blocks.forEach((block, layer) => {
    x = decoder.block(x, block, layer);
  });
  const hidden = decoder.norm(x, graph.floats('model.norm.weight', weights.finalNorm, [config.hidden]));

  if (options.outputs.includes('hidden_states')) {
    decoder.perToken(hidden, config.hidden, 'hidden_states');
    graph.output('hidden_states', 'float', ['batch', 'sequence', config.hidden]);
  }
  if (options.outputs.includes('logits')) {
    decoder.perToken(decoder.linear(hidden, embedding()), config.vocabulary, 'logits');
    graph.output('logits', 'float', ['batch', 'sequence', config.vocabulary]);
  }
  const model = graph.build();
  if (model.length >= 2 ** 31) {
    throw new ModelError('The model is too large for an ONNX graph in memory (2 GiB).', 'Take a smaller model.');
  }
  return model;
}

class DecoderGraph {
  #batch = '';
  #sequence = '';
  #cos = '';
  #sin = '';
  /** 0 or HIDDEN_KEY, [batch, 1, sequence, past + sequence]. */
  #bias = '';

  constructor(
    readonly graph: GraphBuilder,
    readonly config: DecoderConfig,
    readonly options: DecoderGraphOptions,
  ) {}

  /** Everything that all blocks share. `input` is the first input, [batch, sequence, …]. */
  begin(input: Value): void {
    const { graph } = this;
    const mask = graph.input('attention_mask', 'int64', ['batch', 'total']);
    const positions = graph.input('position_ids', 'int64', ['batch', 'sequence']);
    this.#batch = this.#size(input, 0);
    this.#sequence = this.#size(input, 1);
    // Tables rather than Cos and Sin nodes: WGSL promises only 2⁻¹¹ there, and only between −π and π.
    const { cos, sin } = rotations(this.config, graphPositions(this.config, this.options));
    const shape = [cos.length / (this.config.headSize / 2), this.config.headSize / 2];
    const axis = graph.integers([1]);
    this.#cos = graph.node('Unsqueeze', [graph.node('Gather', [graph.floats('rope.cos', cos, shape), positions]), axis]);
    this.#sin = graph.node('Unsqueeze', [graph.node('Gather', [graph.floats('rope.sin', sin, shape), positions]), axis]);
    this.#bias = this.#attentionBias(mask);
  }

  /** One pre-norm block; x is [batch·sequence, hidden]. */
  block(x: Value, weights: BlockWeights, layer: number): Value {
    const { graph } = this;
    const tensors = blockTensors(this.config, layer);
    const weight = (role: keyof BlockWeights): Value => graph.floats(tensors[role][0], weights[role], tensors[role][1]);
    const attended = this.#attention(this.norm(x, weight('inputNorm')), weight, layer);
    const residual = graph.node('Add', [x, this.linear(attended, weight('o'))]);
    const normed = this.norm(residual, weight('postNorm'));
    const gate = this.linear(normed, weight('gate'));
    const silu = graph.node('Mul', [gate, graph.node('Sigmoid', [gate])]);
    const inner = graph.node('Mul', [silu, this.linear(normed, weight('up'))]);
    return graph.node('Add', [residual, this.linear(inner, weight('down'))]);
  }

  /** RMSNorm in the form that ONNX Runtime recognises and fuses. */
  norm(x: Value, gain: Value): Value {
    const { graph } = this;
    const square = graph.node('Pow', [x, graph.scalar(2)]);
    const mean = graph.node('ReduceMean', [square, graph.integers([-1])], { keepdims: { int: 1 } });
    const root = graph.node('Sqrt', [graph.node('Add', [mean, graph.scalar(this.config.normEpsilon)])]);
    return graph.node('Mul', [gain, graph.node('Div', [x, root])]);
  }

  /** x·Wᵀ with W [out, in] as in the checkpoint. */
  linear(x: Value, weight: Value): Value {
    return this.graph.node('Gemm', [x, weight], { transB: { int: 1 } });
  }

  /** [batch·sequence, width] → [batch, sequence, width]. */
  perToken(x: Value, width: number, as: string): Value {
    const shape = this.#concat([this.#batch, this.#sequence, this.graph.integers([width])], 0);
    return this.graph.node('Reshape', [x, shape], {}, as);
  }

  #attention(x: Value, weight: (role: 'q' | 'k' | 'v') => Value, layer: number): Value {
    const { graph, config, options } = this;
    const { heads, kvHeads, headSize } = config;
    const reshape = (value: Value, shape: readonly number[]) => graph.node('Reshape', [value, graph.integers(shape)]);
    let query = this.#rotate(this.#splitHeads(this.linear(x, weight('q')), heads));
    let key = this.#rotate(this.#splitHeads(this.linear(x, weight('k')), kvHeads));
    let value = this.#splitHeads(this.linear(x, weight('v')), kvHeads);
    if (options.cache) {
      key = this.#extendCache(key, layer, 'key');
      value = this.#extendCache(value, layer, 'value');
    }
    // The query heads of one key-value head are neighbours, so they stack as further rows: no repetition of keys and values.
    query = reshape(graph.node('Mul', [query, graph.scalar(1 / Math.sqrt(headSize))]), [0, kvHeads, -1, headSize]);
    const keyColumns = graph.node('Transpose', [key], { perm: { ints: [0, 1, 3, 2] } });
    const scores = reshape(graph.node('MatMul', [query, keyColumns]), [0, heads, -1, 0]);
    const name = `attentions.${layer}`;
    const shown = options.outputs.includes('attentions');
    const attention = graph.node(
      'Softmax',
      [graph.node('Add', [scores, this.#bias])],
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

  /** RoPE, rotate-half convention. */
  #rotate(x: Value): Value {
    const { graph } = this;
    const [first, second] = graph.halves(x);
    const times = (a: Value, b: Value) => graph.node('Mul', [a, b]);
    const low = graph.node('Sub', [times(first, this.#cos), times(second, this.#sin)]);
    const high = graph.node('Add', [times(second, this.#cos), times(first, this.#sin)]);
    return this.#concat([low, high], -1);
  }

  #extendCache(fresh: Value, layer: number, kind: 'key' | 'value'): Value {
    const { kvHeads, headSize } = this.config;
    const past = this.graph.input(`past_key_values.${layer}.${kind}`, 'float', ['batch', kvHeads, 'past', headSize]);
    const present = this.#concat([past, fresh], 2, `present.${layer}.${kind}`);
    this.graph.output(present, 'float', ['batch', kvHeads, 'total', headSize]);
    return present;
  }

  /** Query i (of the last `sequence` slots) sees key slot j when j is not later and attention_mask[j] is 1. */
  #attentionBias(mask: Value): Value {
    const { graph } = this;
    const [axis0, axis1] = [graph.integers([0]), graph.integers([1])];
    const total = graph.node('Squeeze', [this.#size(mask, 1), axis0]);
    const sequence = graph.node('Squeeze', [this.#sequence, axis0]);
    const keys = graph.node('Range', [graph.integer(0), total, graph.integer(1)]);
    const queries = graph.node('Range', [graph.node('Sub', [total, sequence]), total, graph.integer(1)]);
    const causal = graph.node('LessOrEqual', [keys, graph.node('Unsqueeze', [queries, axis1])]);
    const present = graph.node('Equal', [graph.node('Unsqueeze', [mask, graph.integers([1, 2])]), graph.integer(1)]);
    const seen = graph.node('And', [causal, present]);
    return graph.node('Where', [seen, graph.scalar(0), graph.scalar(HIDDEN_KEY)]);
  }

  #size(value: Value, axis: number): Value {
    return this.graph.node('Shape', [value], { start: { int: axis }, end: { int: axis + 1 } });
  }

  #concat(values: readonly Value[], axis: number, as?: string): Value {
    return this.graph.node('Concat', values, { axis: { int: axis } }, as);
  }
}

/** cos and sin of position·theta^(−2i/headSize), each [positions, headSize/2], rounded once from float64. */
function rotations(config: DecoderConfig, positions: number): { cos: Float32Array; sin: Float32Array } {
  const half = config.headSize / 2;
  const cos = new Float32Array(positions * half);
  const sin = new Float32Array(positions * half);
  for (let i = 0; i < half; i += 1) {
    const frequency = config.ropeTheta ** (-i / half);
    for (let position = 0; position < positions; position += 1) {
      cos[position * half + i] = Math.cos(position * frequency);
      sin[position * half + i] = Math.sin(position * frequency);
    }
  }
  return { cos, sin };
}
