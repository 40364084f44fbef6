/**
 * A GGUF file's tensors under the names and in the layout of transformers, read a range at a time. llama.cpp keeps the rotary rows of
 * `llama` models in pairs (2i, 2i + 1) of a head, transformers in halves (i, i + d/2); it adds 1 to the gains of Gemma's norms; and it transposes
 * GPT-2's matrices.
 */
import { hashOfShards, type WeightFiles } from '../checkpoint';
import { ModelError } from '../modelError';
import { elementCount } from '../safetensors';
import type { ModelFile } from '../source/modelSource';
import { metadataNumber, optionalNumber, type Gguf, type GgufTensor } from './container';

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
}

const AS_STORED: Layout = {
  turned: false,
  covering: (_, begin, end) => [begin, end],
  arrange: (stored) => stored,
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
};

/** A matrix, or a bias, whose rows belong to `heads` heads: pairs are rearranged into halves, whole heads at a time. */
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
      for (let row = 0; row < stored.length / columns; row += 1) {
        const [head, place] = [Math.floor(row / perHead), row % perHead];
        const source = head * perHead + 2 * (place % (perHead / 2)) + Math.floor(place / (perHead / 2));
        values.set(stored.subarray(source * columns, (source + 1) * columns), row * columns);
      }
      return values.subarray(begin - from, end - from);
    },
  };
}

function layoutOf(gguf: Gguf, architecture: string, tensor: string): Layout {
  if (architecture === 'gpt2' && /\.c_(?:attn|proj|fc)\.weight$/.test(tensor)) return TURNED;
  if (architecture === 'gemma3' && tensor.endsWith('norm.weight')) return LESS_ONE;
  const rotary = architecture === 'llama' ? /\.([qk])_proj\.(?:weight|bias)$/.exec(tensor)?.[1] : undefined;
  if (rotary === undefined) return AS_STORED;
  const heads = metadataNumber(gguf, 'llama.attention.head_count');
  const kvHeads = optionalNumber(gguf, 'llama.attention.head_count_kv') ?? heads;
  return rotaryRows(rotary === 'q' ? heads : kvHeads);
}

/** Bytes of the whole blocks that hold elements `from` ≤ i < `to`, and the index of the first element in them. */
function blockRange({ type, begin }: GgufTensor, from: number, to: number): readonly [begin: number, end: number, first: number] {
  const first = Math.floor(from / type.weights);
  const last = Math.ceil(to / type.weights);
  return [begin + first * type.bytes, begin + last * type.bytes, first * type.weights];
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

  /** Elements `begin` ≤ i < `end` as float32, row-major. @throws ModelError as `check`, and when the file is gone */
  async read(tensor: string, shape: readonly number[], begin: number, end: number): Promise<Float32Array> {
    const { place, layout } = this.#find(tensor, shape);
    const [from, to] = layout.covering(place, begin, end);
    const [firstByte, lastByte, first] = blockRange(place, from, to);
    const stored = place.type.widen(await place.file.read(firstByte, lastByte)).subarray(from - first, to - first);
    return layout.arrange(stored, from, place, begin, end);
  }

  #find(tensor: string, shape: readonly number[]): { readonly place: GgufTensor; readonly layout: Layout } {
    const name = ggufName(tensor, this.architecture);
    const place = name === null ? undefined : this.gguf.tensors.get(name);
    if (place === undefined) {
      throw new ModelError(`The file has no tensor ${name ?? `for “${tensor}”`}.`, 'Use a file of the complete model.');
    }
    const layout = layoutOf(this.gguf, this.architecture, tensor);
    const expected = layout.turned ? [...shape].reverse() : shape;
    if (expected.length !== place.shape.length || expected.some((size, axis) => size !== place.shape[axis])) {
      throw new ModelError(
        `Tensor “${place.name}” has shape [${place.shape.join(', ')}], but [${expected.join(', ')}] was expected.`,
        'The file’s metadata do not belong to its tensors: download it again.',
      );
    }
    return { place, layout };
  }
}
