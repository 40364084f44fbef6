/** A GGUF file's metadata as the equivalent config.json of transformers. */
import { t } from '../../words/words';
import { ModelError } from '../modelError';
import { metadataList, metadataNumber, optionalNumber, optionalText, type Gguf, type GgufTensor } from './container';

/** ggml's name for an architecture → transformers' class, by which a family is found. */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  llama: 'LlamaForCausalLM',
  qwen2: 'Qwen2ForCausalLM',
  qwen3: 'Qwen3ForCausalLM',
  gemma3: 'Gemma3ForCausalLM',
  gpt2: 'GPT2LMHeadModel',
  smollm3: 'SmolLM3ForCausalLM',
};

/** @throws ModelError naming the architecture, if no family serves it */
export function ggufArchitecture(gguf: Pick<Gguf, 'metadata'>): string {
  const name = optionalText(gguf, 'general.architecture') ?? 'none';
  if (name in ARCHITECTURES) return name;
  throw new ModelError(
    t('The architecture {name} cannot be read from GGUF; known: {known}.', {
      name,
      known: Object.keys(ARCHITECTURES).join(', '),
    }),
    t('Use a model of one of these architectures.'),
  );
}

/** A file's metadata, and which tensors it has in which shapes. */
export interface Described extends Pick<Gguf, 'metadata'> {
  readonly tensors: ReadonlyMap<string, Pick<GgufTensor, 'shape'>>;
}

/**
 * @throws ModelError when a number that the architecture needs is missing, or the file needs something that
 * the engine lacks
 */
export function ggufConfig(gguf: Described): Record<string, unknown> {
  const name = ggufArchitecture(gguf);
  if (gguf.tensors.has('rope_freqs.weight')) {
    throw new ModelError(
      t('The file has its own frequencies for rotary positions (rope_freqs), which are not read from GGUF.'),
      t('Use the model as a folder with safetensors weights.'),
    );
  }
  const common = {
    architectures: [ARCHITECTURES[name]],
    vocab_size: vocabularyOf(gguf),
    tie_word_embeddings: !gguf.tensors.has('output.weight'),
    bos_token_id: optionalNumber(gguf, 'tokenizer.ggml.bos_token_id'),
    eos_token_id: optionalNumber(gguf, 'tokenizer.ggml.eos_token_id'),
  };
  return { ...common, ...(name === 'gpt2' ? gpt2Config(gguf) : rotaryConfig(gguf, name)) };
}

/** Rows of the embedding: more than there are tokens if it is padded. */
function vocabularyOf({ tensors }: Described): number {
  const [rows] = tensors.get('token_embd.weight')?.shape ?? [];
  if (rows === undefined)
    throw new ModelError(
      t('The file has no tensor {name}.', { name: 'token_embd.weight' }),
      t('Use a file of a complete language model.'),
    );
  return rows;
}

function gpt2Config(gguf: Described): Record<string, unknown> {
  const of = (key: string): number => metadataNumber(gguf, `gpt2.${key}`);
  return {
    model_type: 'gpt2',
    n_embd: of('embedding_length'),
    n_layer: of('block_count'),
    n_head: of('attention.head_count'),
    n_inner: of('feed_forward_length'),
    n_positions: of('context_length'),
    layer_norm_epsilon: single(of('attention.layer_norm_epsilon')),
  };
}

function rotaryConfig(gguf: Described, name: string): Record<string, unknown> {
  const of = (key: string): number => metadataNumber(gguf, `${name}.${key}`);
  const maybe = (key: string): number | null => optionalNumber(gguf, `${name}.${key}`);
  const heads = of('attention.head_count');
  const factor = maybe('rope.scaling.factor');
  const scaling = optionalText(gguf, `${name}.rope.scaling.type`) ?? (factor === null ? 'none' : 'linear');
  if (scaling !== 'none' && scaling !== 'linear') {
    throw new ModelError(
      t('Rotary positions scaled by {scaling} are not read from GGUF.', { scaling }),
      t('Use the model as a folder with safetensors weights.'),
    );
  }
  return {
    model_type: name === 'gemma3' ? 'gemma3_text' : name,
    hidden_size: of('embedding_length'),
    intermediate_size: of('feed_forward_length'),
    num_hidden_layers: of('block_count'),
    num_attention_heads: heads,
    num_key_value_heads: maybe('attention.head_count_kv') ?? heads,
    head_dim: maybe('attention.key_length') ?? of('embedding_length') / heads,
    max_position_embeddings: of('context_length'),
    rms_norm_eps: single(of('attention.layer_norm_rms_epsilon')),
    rope_theta: maybe('rope.freq_base') ?? (name === 'gemma3' ? 1e6 : 1e4),
    ...(scaling === 'linear' && { rope_scaling: { rope_type: 'linear', factor: factor ?? 1 } }),
    ...(name === 'gemma3' && gemmaWindow(gguf)),
    ...(['llama', 'qwen3', 'smollm3'].includes(name) && { attention_bias: gguf.tensors.has('blk.0.attn_q.bias') }),
  };
}

function gemmaWindow(gguf: Described): Record<string, unknown> {
  const size = optionalNumber(gguf, 'gemma3.attention.sliding_window');
  const pattern = metadataList(gguf, 'gemma3.attention.sliding_window_pattern', 'number');
  if (pattern !== null)
    throw new ModelError(t('A sliding window by layer is not read from GGUF.'), t('Use the model as a folder.'));
  return size === null ? {} : { sliding_window: size };
}

/**
 * Epsilons are kept as f32: 1e-5 comes back as 9.999999747378752e-06; the shortest decimal that rounds to it
 * was meant.
 */
function single(value: number): number {
  for (let digits = 1; digits <= 9; digits += 1) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === Math.fround(value)) return short;
  }
  return value;
}
