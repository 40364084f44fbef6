/**
 * Models that the page offers by name, each with the part of its config.json that gives its shape, so that
 * what fits is known before a download.
 */
import { EMBEDDED_MODEL } from '../recipe/runSpec';
import type { DecoderConfig } from './decoderConfig';
import { parameterCount } from './decoderTensors';
import { elementBytes } from './safetensors';
import { readConfig } from './readConfig';

interface Listed {
  readonly id: string;
  readonly title: string;
  readonly licence: string;
  /** Its files are served only to users who have accepted its conditions on the hub. */
  readonly gated?: true;
  /** How its weights are stored. */
  readonly dtype: 'F32' | 'BF16';
  /** Bytes of model.safetensors, if it holds more than the weights; null if unknown. */
  readonly weightBytes?: number | null;
  /** `npm run verify:llm` passed on it; its table is in docs/models.md. */
  readonly verified?: {
    /** ISO 8601. */
    readonly date: string;
    readonly adapter: string;
    /** Which files were verified: `safetensors`, `GGUF Q4_1`. */
    readonly form: string;
  };
  readonly config: Readonly<Record<string, unknown>>;
}

export interface CuratedModel extends Omit<Listed, 'config' | 'weightBytes'> {
  readonly config: DecoderConfig;
  readonly parameters: number;
  /** Bytes of the weights, by far the largest file; null if unknown. */
  readonly bytes: number | null;
}

const llama = {
  architectures: ['LlamaForCausalLM'],
  hidden_act: 'silu',
  rms_norm_eps: 1e-5,
  tie_word_embeddings: true,
};
const smol135 = {
  ...llama,
  vocab_size: 49_152,
  hidden_size: 576,
  intermediate_size: 1536,
  num_hidden_layers: 30,
  num_attention_heads: 9,
  num_key_value_heads: 3,
  max_position_embeddings: 8192,
  rope_theta: 100_000,
  bos_token_id: 0,
  eos_token_id: 0,
};

const LISTED: readonly Listed[] = [
  {
    id: EMBEDDED_MODEL,
    title: 'wordnet-1m, part of this page',
    licence: 'WordNet licence',
    dtype: 'F32',
    config: {
      ...llama,
      vocab_size: 4096,
      hidden_size: 128,
      intermediate_size: 352,
      num_hidden_layers: 4,
      num_attention_heads: 4,
      num_key_value_heads: 2,
      head_dim: 32,
      max_position_embeddings: 256,
      rope_theta: 10_000,
      bos_token_id: 4088,
      eos_token_id: 4089,
      pad_token_id: 4090,
    },
  },
  { id: 'HuggingFaceTB/SmolLM2-135M', title: 'SmolLM2 135M', licence: 'Apache 2.0', dtype: 'BF16', config: smol135 },
  {
    id: 'HuggingFaceTB/SmolLM2-135M-Instruct',
    title: 'SmolLM2 135M Instruct',
    licence: 'Apache 2.0',
    dtype: 'BF16',
    verified: { date: '2026-11-28', adapter: 'llvmpipe (Mesa 25.0)', form: 'GGUF Q4_1' },
    config: { ...smol135, bos_token_id: 1, eos_token_id: 2 },
  },
  {
    id: 'HuggingFaceTB/SmolLM2-360M',
    title: 'SmolLM2 360M',
    licence: 'Apache 2.0',
    dtype: 'BF16',
    config: {
      ...smol135,
      hidden_size: 960,
      intermediate_size: 2560,
      num_hidden_layers: 32,
      num_attention_heads: 15,
      num_key_value_heads: 5,
    },
  },
  {
    id: 'openai-community/gpt2',
    title: 'GPT-2',
    licence: 'MIT',
    dtype: 'F32',
    // Includes its attention masks.
    weightBytes: 548e6,
    config: {
      architectures: ['GPT2LMHeadModel'],
      vocab_size: 50_257,
      n_embd: 768,
      n_layer: 12,
      n_head: 12,
      n_positions: 1024,
      bos_token_id: 50_256,
      eos_token_id: 50_256,
    },
  },
  {
    id: 'google/gemma-3-270m',
    title: 'Gemma 3 270M',
    licence: 'Gemma terms',
    gated: true,
    dtype: 'BF16',
    config: {
      architectures: ['Gemma3ForCausalLM'],
      vocab_size: 262_144,
      hidden_size: 640,
      intermediate_size: 2048,
      num_hidden_layers: 18,
      num_attention_heads: 4,
      num_key_value_heads: 1,
      head_dim: 256,
      max_position_embeddings: 32_768,
      sliding_window: 512,
      bos_token_id: 2,
      eos_token_id: 1,
    },
  },
  {
    id: 'Qwen/Qwen2.5-0.5B',
    title: 'Qwen2.5 0.5B',
    licence: 'Apache 2.0',
    dtype: 'BF16',
    config: {
      architectures: ['Qwen2ForCausalLM'],
      vocab_size: 151_936,
      hidden_size: 896,
      intermediate_size: 4864,
      num_hidden_layers: 24,
      num_attention_heads: 14,
      num_key_value_heads: 2,
      max_position_embeddings: 32_768,
      rms_norm_eps: 1e-6,
      rope_theta: 1e6,
      tie_word_embeddings: true,
      use_sliding_window: false,
      bos_token_id: 151_643,
      eos_token_id: 151_643,
    },
  },
  {
    id: 'Qwen/Qwen3-0.6B',
    title: 'Qwen3 0.6B',
    licence: 'Apache 2.0',
    dtype: 'BF16',
    weightBytes: null,
    config: {
      architectures: ['Qwen3ForCausalLM'],
      vocab_size: 151_936,
      hidden_size: 1024,
      intermediate_size: 3072,
      num_hidden_layers: 28,
      num_attention_heads: 16,
      num_key_value_heads: 8,
      head_dim: 128,
      max_position_embeddings: 40_960,
      rms_norm_eps: 1e-6,
      rope_theta: 1e6,
      tie_word_embeddings: true,
      bos_token_id: 151_643,
      eos_token_id: 151_645,
    },
  },
  {
    id: 'TinyLlama/TinyLlama-1.1B-Chat-v1.0',
    title: 'TinyLlama 1.1B Chat',
    licence: 'Apache 2.0',
    dtype: 'BF16',
    config: {
      ...llama,
      vocab_size: 32_000,
      hidden_size: 2048,
      intermediate_size: 5632,
      num_hidden_layers: 22,
      num_attention_heads: 32,
      num_key_value_heads: 4,
      max_position_embeddings: 2048,
      rope_theta: 10_000,
      tie_word_embeddings: false,
      bos_token_id: 1,
      eos_token_id: 2,
    },
  },
  {
    id: 'meta-llama/Llama-3.2-1B',
    title: 'Llama 3.2 1B',
    licence: 'Llama 3.2 Community Licence',
    gated: true,
    dtype: 'BF16',
    config: {
      ...llama,
      vocab_size: 128_256,
      hidden_size: 2048,
      intermediate_size: 8192,
      num_hidden_layers: 16,
      num_attention_heads: 32,
      num_key_value_heads: 8,
      head_dim: 64,
      max_position_embeddings: 131_072,
      rope_theta: 500_000,
      rope_scaling: {
        rope_type: 'llama3',
        factor: 32,
        high_freq_factor: 4,
        low_freq_factor: 1,
        original_max_position_embeddings: 8192,
      },
      bos_token_id: 128_000,
      eos_token_id: 128_001,
    },
  },
];

/** From the smallest to the largest. */
export const CURATED_MODELS: readonly CuratedModel[] = LISTED.map(({ config: json, weightBytes, ...listed }) => {
  const config = readConfig(json);
  const parameters = parameterCount(config);
  const bytes = weightBytes === undefined ? parameters * elementBytes(listed.dtype) : weightBytes;
  return { ...listed, config, parameters, bytes };
});
