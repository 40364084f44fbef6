/**
 * Causal grouped-query attention over packed rows: forward, backward, and the maps for display. The kernels
 * hold the vectors of one head in a struct of named members, which stay in registers; very large heads are
 * arrays. On software adapters four lanes share their loads (`attentionQuads.ts`).
 */
import type { Kernel, Prelude } from '../../gpu/kernel';
import type { Tensor } from '../../gpu/tensor';
import type { DecoderConfig } from '../../model/decoderConfig';
import type { BackwardScratch, BlockActivations } from './activations';
import { vectorPrelude, vectorWidth, type Context } from '../context';
import { LARGEST_QUAD_HEAD, quadAttentionSource, quadThreads, quadVariant, type QuadAttention } from './attentionQuads';
import { HIDDEN, WINDOW } from './attentionSource';

/** Storage arrays that a kernel reads and writes one head at a time. */
const HEAD_ARRAYS = {
  attention_forward: { loaded: ['qkv'], stored: ['o'] },
  attention_backward_q: { loaded: ['qkv', 'o', 'd_o'], stored: ['dqkv'] },
  attention_backward_kv: { loaded: ['qkv', 'd_o'], stored: ['dqkv'] },
  attention_map: { loaded: ['qkv'], stored: [] },
  attention_newest: { loaded: ['qkv', 'kept'], stored: ['o'] },
  entropy_q: { loaded: ['qkv', 'dqkv'], stored: ['dqkv'] },
  entropy_kv: { loaded: ['qkv', 'dqkv'], stored: ['dqkv'] },
  sink_row_mass: { loaded: ['qkv'], stored: [] },
  sink_received: { loaded: ['qkv'], stored: [] },
  sink_statistics: { loaded: ['qkv'], stored: [] },
  attention_edited: { loaded: ['qkv'], stored: ['o'] },
  importance_edited: { loaded: ['qkv'], stored: [] },
  map_edited: { loaded: ['qkv'], stored: [] },
} as const;
type AttentionKernel = keyof typeof HEAD_ARRAYS;
/**
 * Prelude of an attention kernel. `V` is a vector of `W` floats, `HD` of them make a head. `Head` holds the
 * vectors of one head; `dot_head`, `scaled` (a·s) and `add_scaled` (a + s·b) compute with it;
 * `load_<array>(at)` and `store_<array>(at, head)` move the `at`-th vector of an array. `first_key` and
 * `past_query` apply a window: which keys a row sees, and which rows see a key. `hidden_keys` and `hides`
 * apply the key that a row must not see.
 * @throws RangeError when the head size is odd
 */
export function attentionPrelude(name: AttentionKernel, headSize: number): Prelude {
  const vectors = headSize / vectorWidth(headSize);
  const { code, ...prelude } = vectorPrelude(headSize, { HD: vectors });
  const head = headSize <= LARGEST_NAMED ? namedHead(vectors) : arrayHead();
  const { loaded, stored } = HEAD_ARRAYS[name];
  return {
    ...prelude,
    code: [
      code,
      WINDOW,
      HIDDEN,
      `struct Head { ${head.members} }`,
      `fn dot_head(a: Head, b: Head) -> f32 { ${head.sum((c) => `dot(a.${c}, b.${c})`)} }`,
      `fn scaled(a: Head, s: f32) -> Head { ${head.each((c) => `a.${c} * s`)} }`,
      `fn add_scaled(a: Head, s: f32, b: Head) -> Head { ${head.each((c) => `a.${c} + s * b.${c}`)} }`,
      ...loaded.map((array) => `fn load_${array}(at: u32) -> Head { ${head.each((_, i) => `${array}[at + ${i}]`)} }`),
      ...stored.map(
        (array) => `fn store_${array}(at: u32, head: Head) { ${head.run((c, i) => `${array}[at + ${i}] = head.${c};`)} }`,
      ),
    ].join('\n'),
  };
}

/**
 * Head sizes whose vectors are named members. With 256 floats they would take a minute to compile, and no GPU
 * has that many registers.
 */
const LARGEST_NAMED = 128;

/** WGSL over the vectors of a head; the callback gets a vector's name in `Head` and its index. */
interface HeadSource {
  readonly members: string;
  /** Body of a function that returns a sum of floats. */
  readonly sum: (term: (member: string) => string) => string;
  /** Body of a function that returns a head. */
  readonly each: (vector: (member: string, index: string) => string) => string;
  /** Statements. */
  readonly run: (statement: (member: string, index: string) => string) => string;
}

function namedHead(vectors: number): HeadSource {
  const all = (text: (member: string, index: string) => string, between: string): string =>
    Array.from({ length: vectors }, (_, index) => text(`c${index}`, `${index}u`)).join(between);
  return {
    members: all((c) => `${c}: V`, ', '),
    sum: (term) => `return ${all(term, ' + ')};`,
    each: (vector) => `return Head(${all(vector, ', ')});`,
    run: (statement) => all(statement, ' '),
  };
}

function arrayHead(): HeadSource {
  const loop = (body: string): string => `for (var i = 0u; i < HD; i++) { ${body} }`;
  return {
    members: 'c: array<V, HD>',
    sum: (term) => `var sum = 0.0; ${loop(`sum += ${term('c[i]')};`)} return sum;`,
    each: (vector) => `var result: Head; ${loop(`result.c[i] = ${vector('c[i]', 'i')};`)} return result;`,
    run: (statement) => loop(statement('c[i]', 'i')),
  };
}

/**
 * Uniforms that all attention kernels share: numbers of heads, factor of q·k, and the layer's window (0:
 * none).
 */
export function attentionShape(
  { heads, kvHeads, attentionScale, attention }: DecoderConfig,
  layer: number,
): { readonly heads: number; readonly kv_heads: number; readonly scale: number; readonly window: number } {
  return { heads, kv_heads: kvHeads, scale: attentionScale, window: attention[layer]!.window ?? 0 };
}

/** Rows of a pass in one of its layers. */
export interface LayerRows {
  /** Description of the rows: `Activations.info`. */
  readonly info: Tensor;
  readonly rows: number;
  readonly layer: number;
}

/** Sequences of one length, and the layer whose attention is drawn. */
export interface MapShape {
  readonly sequences: number;
  readonly length: number;
  readonly layer: number;
}

type AttentionActivations = Pick<BlockActivations, 'qkv' | 'attention' | 'logSumExp'>;

export class Attention {
  constructor(
    private readonly context: Context,
    private readonly config: DecoderConfig,
  ) {}

  /** block.qkv (after RoPE) → block.attention, block.logSumExp. */
  forward(at: LayerRows, { qkv, attention, logSumExp }: AttentionActivations): void {
    this.overRows('attention_forward', at, { qkv, o: attention, lse: logSumExp });
  }

  /**
   * Gradient of block.attention (in scratch.attention) → gradient of block.qkv (in scratch.qkv); fills
   * scratch.delta.
   */
  backward(at: LayerRows, block: AttentionActivations, scratch: Pick<BackwardScratch, 'attention' | 'delta' | 'qkv'>): void {
    const read = { qkv: block.qkv, lse: block.logSumExp, d_o: scratch.attention };
    const written = { delta: scratch.delta, dqkv: scratch.qkv };
    this.overRows('attention_backward_q', at, { ...read, ...written, o: block.attention });
    this.overRows('attention_backward_kv', at, { ...read, ...written });
  }

  /** A block's weights as plane `layer` of `map` [sequences, layers, heads, length, length]. */
  map({ qkv, logSumExp }: BlockActivations, { sequences, length, layer }: MapShape, map: Tensor): void {
    const { layers, heads } = this.config;
    this.context.recorder.dispatch({
      kernel: this.kernel('attention_map'),
      storage: { qkv, lse: logSumExp, map },
      params: { sequences, length, layer, layers, ...attentionShape(this.config, layer) },
      threads: sequences * heads * length * length,
    });
  }

  private overRows(name: QuadAttention, { info, rows, layer }: LayerRows, operands: Readonly<Record<string, Tensor>>): void {
    const heads = name === 'attention_backward_kv' ? this.config.kvHeads : this.config.heads;
    const { gpu, kernels, recorder } = this.context;
    const call = {
      storage: { rows_info: info, ...operands },
      params: { rows, ...attentionShape(this.config, layer) },
    };
    const { headSize, heads: queryHeads, kvHeads } = this.config;
    if (gpu.adapter.fallback && gpu.subgroupSize !== null && headSize % 4 === 0 && headSize <= LARGEST_QUAD_HEAD) {
      const shape = { headSize, group: queryHeads / kvHeads };
      const kernel = kernels.source(name, quadVariant(name, shape), () => quadAttentionSource(name, shape));
      recorder.dispatch({ ...call, kernel, threads: quadThreads(name, shape, rows, heads) });
      return;
    }
    recorder.dispatch({ ...call, kernel: this.kernel(name), threads: rows * heads });
  }

  private kernel(name: AttentionKernel): Kernel {
    return this.context.kernels.file(name, attentionPrelude(name, this.config.headSize));
  }
}
