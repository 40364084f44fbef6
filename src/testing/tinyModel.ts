/**
 * A random model, Llama's unless the config says otherwise, small enough to be created by every test, in the
 * files of a Hugging Face repository. Weights are normal with deviation 0.05, norms 1; the tokenizer knows
 * the 256 bytes and three special tokens. Equal seeds give equal bytes.
 */
import { forkRandom } from '../log/random';
import { decoderTensors } from '../model/decoderTensors';
import { readConfig } from '../model/readConfig';
import { writeSafetensors, type FloatTensor } from '../model/safetensors';
import { blobFile, MissingFileError, type ModelSource } from '../model/source/modelSource';

export type Files = Map<string, Uint8Array<ArrayBuffer>>;

const SPECIAL = ['<|bos|>', '<|eos|>', '<|pad|>', '<|unused|>'] as const;

export const TINY_CONFIG = {
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  hidden_size: 32,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  intermediate_size: 64,
  vocab_size: 256 + SPECIAL.length,
  max_position_embeddings: 512,
  rms_norm_eps: 1e-5,
  rope_theta: 10_000,
  hidden_act: 'silu',
  tie_word_embeddings: true,
  bos_token_id: 256,
  eos_token_id: 257,
  pad_token_id: 258,
} as const;

export interface TinyOptions {
  readonly seed?: number;
  /** If more than one, shards with an index. */
  readonly shards?: number;
  readonly config?: Readonly<Record<string, unknown>>;
  /** Number of tokens besides the bytes, which occur in no text. */
  readonly tokens?: number;
}

export function tinyModel({ seed = 1, shards = 1, config = {}, tokens = 0 }: TinyOptions = {}): Files {
  const whole = { ...TINY_CONFIG, vocab_size: TINY_CONFIG.vocab_size + tokens, ...config };
  const random = forkRandom(seed, 'tiny model');
  const tensors: [string, FloatTensor][] = decoderTensors(readConfig(whole)).map(([name, shape]) => {
    const count = shape.reduce((product, size) => product * size, 1);
    const data = Float32Array.from({ length: count }, () => (shape.length === 1 ? 1 : 0.05 * random.normal()));
    return [name, { shape, data }];
  });
  const files: Files = new Map([
    ['config.json', json(whole)],
    ['tokenizer.json', json(byteTokenizer(tokens))],
    ['tokenizer_config.json', json({ tokenizer_class: 'PreTrainedTokenizerFast', bos_token: SPECIAL[0], eos_token: SPECIAL[1] })],
  ]);
  if (shards === 1) return files.set('model.safetensors', writeSafetensors(Object.fromEntries(tensors)));
  const weightMap: Record<string, string> = {};
  for (let shard = 0; shard < shards; shard += 1) {
    const name = `model-${String(shard + 1).padStart(5, '0')}-of-${String(shards).padStart(5, '0')}.safetensors`;
    const mine = tensors.filter((_, i) => i % shards === shard);
    for (const [tensor] of mine) weightMap[tensor] = name;
    files.set(name, writeSafetensors(Object.fromEntries(mine)));
  }
  return files.set('model.safetensors.index.json', json({ metadata: {}, weight_map: weightMap }));
}

/** Its files as if dropped or chosen as a folder. */
export function filesOf(model: Files): File[] {
  return [...model].map(([name, bytes]) => new File([bytes], name));
}

export function json(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(value));
}

/** A folder in memory. @param files their JSON by name */
export function memorySource(files: Readonly<Record<string, unknown>>): Pick<ModelSource, 'open'> {
  return {
    open: (name) =>
      Object.hasOwn(files, name)
        ? Promise.resolve(blobFile(name, new Blob([json(files[name])])))
        : Promise.reject(new MissingFileError(name, 'None.')),
  };
}

/**
 * Byte-level BPE without merges: one token per byte, by GPT-2's table of characters for bytes.
 * @param unused number of additional tokens
 */
function byteTokenizer(unused: number): unknown {
  const printable = (byte: number): boolean => (byte >= 33 && byte <= 126) || (byte >= 161 && byte !== 173 && byte <= 255);
  let others = 0;
  const characters = Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : 256 + others++));
  return {
    version: '1.0',
    added_tokens: SPECIAL.map((content, i) => ({
      id: 256 + i,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
    post_processor: null,
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      unk_token: null,
      vocab: Object.fromEntries([
        ...characters.map((character, byte) => [character, byte] as const),
        ...Array.from({ length: unused }, (_, at) => [`${'unused'.repeat(15)}${at}`, 256 + SPECIAL.length + at] as const),
      ]),
      merges: [],
    },
  };
}
