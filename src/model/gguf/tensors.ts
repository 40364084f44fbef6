/**
 * A GGUF file's tensors under the names and in the layout of transformers, read a range at a time. llama.cpp
 * keeps the rotary rows of `llama` models in pairs (2i, 2i + 1) of a head, transformers in halves (i, i +
 * d/2); it adds 1 to the gains of Gemma's norms; and it transposes GPT-2's matrices.
 */
import { t } from '../../words/words';
import { hashOfShards } from '../checkpoint';
import { ModelError } from '../modelError';
import { checkTensorShape, elementCount } from '../safetensors';
import type { ModelFile, WeightFiles } from '../source/modelSource';
import type { StoredBlocks } from '../weightSource';
import { metadataNumber, optionalNumber, type Gguf, type GgufTensor } from './container';
import { BLOCK_BYTES, type QuantisedType } from './quantise';

/** transformers' name for a part of a block → ggml's. */
const BLOCK: Readonly<Record<string, string>> = {
  'self_attn.q_proj': 'attn_q',
  'self_attn.k_proj': 'attn_k',
  'self_attn.v_proj': 'attn_v',
  'self_attn.o_proj': 'attn_output',
  'self_attn.q_norm': 'attn_q_norm',
  'self_attn.k_norm': 'attn_k_norm',
  input_layernorm: 'attn_norm',
  'mlp.gate_proj': 'ffn_gate',
  'mlp.up_proj': 'ffn_up',
  'mlp.down_proj': 'ffn_down',
};
/** The norm named after attention is the MLP's input norm, unless the MLP has one of its own (Gemma 3). */
const PLAIN_NORMS = { post_attention_layernorm: 'ffn_norm' };
const GEMMA_NORMS = {
  post_attention_layernorm: 'post_attention_norm',
  pre_feedforward_layernorm: 'ffn_norm',
  post_feedforward_layernorm: 'post_ffw_norm',
};
const GPT2: Readonly<Record<string, string>> = {
  ln_1: 'attn_norm',
  'attn.c_attn': 'attn_qkv',
  'attn.c_proj': 'attn_output',
  ln_2: 'ffn_norm',
  'mlp.c_fc': 'ffn_up',
  'mlp.c_proj': 'ffn_down',
};
const OUTER: Readonly<Record<string, string>> = {
  'embed_tokens.weight': 'token_embd.weight',
  'norm.weight': 'output_norm.weight',
  'lm_head.weight': 'output.weight',
  'wte.weight': 'token_embd.weight',
  'wpe.weight': 'position_embd.weight',
  'ln_f.weight': 'output_norm.weight',
  'ln_f.bias': 'output_norm.bias',
};

/** ggml's name for a tensor of transformers, or null if it has none. */
export function ggufName(tensor: string, architecture: string): string | null {
  const name = tensor.replace(/^(?:model|transformer)\./, '');
  if (name in OUTER) return OUTER[name]!;
  const [, layer, part = '', kind] = /^(?:layers|h)\.(\d+)\.(.+)\.(weight|bias)$/.exec(name) ?? [];
  if (layer === undefined) return null;
  const parts: Readonly<Record<string, string>> =
    architecture === 'gpt2' ? GPT2 : { ...BLOCK, ...(architecture === 'gemma3' ? GEMMA_NORMS : PLAIN_NORMS) };
  return parts[part] === undefined ? null : `blk.${layer}.${parts[part]}.${kind!}`;
}

/** How a tensor's stored elements become those of transformers. */
interface Layout {
  /** Whether the two dimensions are swapped. */
  readonly turned: boolean;
  /** The range of stored elements from which elements `begin` ≤ i < `end` are computed. */
  covering(tensor: GgufTensor, begin: number, end: number): readonly [from: number, to: number];
  /** @param stored elements from index `from` on */
  arrange(stored: Float32Array, from: number, tensor: GgufTensor, begin: number, end: number): Float32Array;
  /**
   * The same for rows of blocks.
   * @param stored bytes of whole rows, if the layout moves any, else as they are asked for
   */
  arrangeRows(stored: Uint8Array, tensor: GgufTensor): Uint8Array;
}

const AS_STORED: Layout = {
  turned: false,
  covering: (_, begin, end) => [begin, end],
  arrange: (stored) => stored,
  arrangeRows: (stored) => stored,
};

/** Gains that llama.cpp stores as 1 + transformers' values. */
const LESS_ONE: Layout = { ...AS_STORED, arrange: (stored) => stored.map((value) => value - 1) };

/** [inputs, outputs], stored as [outputs, inputs]. The matrix is read as a whole. */
const TURNED: Layout = {
  turned: true,
  covering: ({ shape }) => [0, elementCount(shape)],
  arrange: (stored, _, { shape }, begin, end) => {
    const [outputs = 1, inputs = 1] = shape;
    return Float32Array.from({ length: end - begin }, (__, i) => {
      const at = begin + i;
      return stored[(at % outputs) * inputs + Math.floor(at / outputs)]!;
    });
  },
  // Blocks are asked for as [outputs, inputs].
  arrangeRows: (stored) => stored,
};

/**
 * A matrix, or a bias, whose rows belong to `heads` heads: pairs are rearranged into halves, whole heads at a
 * time.
 */
function rotaryRows(heads: number): Layout {
  const sizes = ({ shape }: GgufTensor): { columns: number; perHead: number; size: number } => {
    const columns = shape.length === 1 ? 1 : shape[1]!;
    const perHead = shape[0]! / heads;
    return { columns, perHead, size: perHead * columns };
  };
  return {
    turned: false,
    covering: (tensor, begin, end) => {
      const { size } = sizes(tensor);
      return [Math.floor(begin / size) * size, Math.ceil(end / size) * size];
    },
    arrange: (stored, from, tensor, begin, end) => {
      const { columns, perHead } = sizes(tensor);
      const values = new Float32Array(stored.length);
      moveRows(stored, values, columns, (row) => pairedRow(row, perHead));
      return values.subarray(begin - from, end - from);
    },
    arrangeRows: (stored, tensor) => {
      const { columns, perHead } = sizes(tensor);
      const bytes = new Uint8Array(stored.length);
      moveRows(stored, bytes, (columns / tensor.type.weights) * tensor.type.bytes, (row) => pairedRow(row, perHead));
      return bytes;
    },
  };
}

/**
 * Where llama.cpp keeps a rotary row of transformers: row c and row c + d/2 of a head of d rows are a pair
 * there.
 */
export function pairedRow(row: number, perHead: number): number {
  const place = row % perHead;
  return row - place + 2 * (place % (perHead / 2)) + Math.floor(place / (perHead / 2));
}

/** The inverse: which row of transformers llama.cpp keeps there. */
export function halvedRow(row: number, perHead: number): number {
  const place = row % perHead;
  return row - place + (place % 2) * (perHead / 2) + Math.floor(place / 2);
}

/** Copies rows of `length` entries: row r of `to` is row `origin(r)` of `from`. */
export function moveRows<T extends Float32Array | Uint8Array>(
  from: T,
  to: T,
  length: number,
  origin: (row: number) => number,
): void {
  for (let row = 0; row < to.length / length; row += 1) {
    const at = origin(row) * length;
    to.set(from.subarray(at, at + length), row * length);
  }
}

/** Architectures whose rotary rows llama.cpp stores as pairs. */
export const PAIRED: ReadonlySet<string> = new Set(['llama', 'smollm3']);

function layoutOf(gguf: Gguf, architecture: string, tensor: string): Layout {
  if (architecture === 'gpt2' && /\.c_(?:attn|proj|fc)\.weight$/.test(tensor)) return TURNED;
  if (architecture === 'gemma3' && tensor.endsWith('norm.weight')) return LESS_ONE;
  const rotary = PAIRED.has(architecture) ? /\.([qk])_proj\.(?:weight|bias)$/.exec(tensor)?.[1] : undefined;
  if (rotary === undefined) return AS_STORED;
  const heads = metadataNumber(gguf, `${architecture}.attention.head_count`);
  const kvHeads = optionalNumber(gguf, `${architecture}.attention.head_count_kv`) ?? heads;
  return rotaryRows(rotary === 'q' ? heads : kvHeads);
}

/**
 * Bytes of the whole blocks that hold elements `from` ≤ i < `to`, and the index of the first element in them.
 */
function blockRange({ type, begin }: GgufTensor, from: number, to: number): readonly [begin: number, end: number, first: number] {
  const first = Math.floor(from / type.weights);
  const last = Math.ceil(to / type.weights);
  return [begin + first * type.bytes, begin + last * type.bytes, first * type.weights];
}

function isQuantised(name: string): name is QuantisedType {
  return name in BLOCK_BYTES;
}

/** The weights of a GGUF model, one file or its shards. */
export class GgufWeights implements WeightFiles {
  readonly bytes: number;
  /** Synchronous `read`; undefined unless all files can be read synchronously. */
  readonly readNow?: NonNullable<WeightFiles['readNow']>;

  constructor(
    private readonly gguf: Gguf,
    private readonly architecture: string,
    private readonly files: readonly ModelFile[],
  ) {
    this.bytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
    if (files.some((file) => file.readNow === undefined)) return;
    this.readNow = (tensor, shape, begin, end) => {
      const { place, layout } = this.#find(tensor, shape);
      const [from, to] = layout.covering(place, begin, end);
      const [firstByte, lastByte, first] = blockRange(place, from, to);
      const stored = place.type.widen(place.file.readNow!(firstByte, lastByte)).subarray(from - first, to - first);
      return layout.arrange(stored, from, place, begin, end);
    };
  }

  hash(): Promise<string> {
    return this.files.length === 1 ? this.files[0]!.hash() : hashOfShards(this.files);
  }

  has(tensor: string): boolean {
    const name = ggufName(tensor, this.architecture);
    return name !== null && this.gguf.tensors.has(name);
  }

  /** @throws ModelError unless there is a tensor of that name and shape */
  check(tensor: string, shape: readonly number[]): void {
    this.#find(tensor, shape);
  }

  /**
   * Elements `begin` ≤ i < `end` as float32, row-major.
   * @throws ModelError as `check`, and when the file is gone
   */
  async read(tensor: string, shape: readonly number[], begin: number, end: number): Promise<Float32Array> {
    const { place, layout } = this.#find(tensor, shape);
    const [from, to] = layout.covering(place, begin, end);
    const [firstByte, lastByte, first] = blockRange(place, from, to);
    const stored = place.type.widen(await place.file.read(firstByte, lastByte)).subarray(from - first, to - first);
    return layout.arrange(stored, from, place, begin, end);
  }

  /** ggml's name of a tensor's type; undefined if there is no such tensor. */
  typeOf(tensor: string): string | undefined {
    const name = ggufName(tensor, this.architecture);
    return name === null ? undefined : this.gguf.tensors.get(name)?.type.name;
  }

  /** @throws ModelError as `check` */
  blocks(tensor: string, shape: readonly number[]): StoredBlocks | undefined {
    const { place, layout } = this.#find(tensor, shape);
    const { name } = place.type;
    if (!isQuantised(name)) return undefined;
    return {
      type: name,
      read: async (begin, end) => {
        const [from, to] = layout === TURNED ? [begin, end] : layout.covering(place, begin, end);
        const [firstByte, lastByte] = blockRange(place, from, to);
        const stored = layout.arrangeRows(await place.file.read(firstByte, lastByte), place);
        const at = ((begin - from) / place.type.weights) * place.type.bytes;
        return stored.subarray(at, at + ((end - begin) / place.type.weights) * place.type.bytes);
      },
    };
  }

  #find(tensor: string, shape: readonly number[]): { readonly place: GgufTensor; readonly layout: Layout } {
    const name = ggufName(tensor, this.architecture);
    const place = name === null ? undefined : this.gguf.tensors.get(name);
    if (place === undefined) {
      throw new ModelError(
        name === null ? t('The file has no tensor for “{tensor}”.', { tensor }) : t('The file has no tensor {name}.', { name }),
        t('Use a file of the complete model.'),
      );
    }
    const layout = layoutOf(this.gguf, this.architecture, tensor);
    const expected = layout.turned ? [...shape].reverse() : shape;
    const advice = (): string => t('The file’s metadata do not belong to its tensors: download it again.');
    checkTensorShape(place.file.name, place.name, place.shape, expected, advice);
    return { place, layout };
  }
}
