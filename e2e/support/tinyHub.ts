/** A hub with tiny random models of several families. */
import { startHub, type HubServer } from '../../src/testing/hubServer';
import { makeTinyModels } from './tinyModels';

const QWEN3 = {
  architectures: ['Qwen3ForCausalLM'],
  model_type: 'qwen3',
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 16,
  intermediate_size: 512,
  attention_bias: false,
};
const GEMMA3 = {
  architectures: ['Gemma3ForCausalLM'],
  model_type: 'gemma3_text',
  num_hidden_layers: 4,
  head_dim: 16,
  hidden_activation: 'gelu_pytorch_tanh',
  query_pre_attn_scalar: 16,
  sliding_window: 8,
  sliding_window_pattern: 2,
  rope_local_base_freq: 100,
};

/**
 * `tiny/qwen3` in two shards, `tiny/gemma3` in one file, and `tiny/wide`, whose two shards take some
 * megabytes.
 */
export async function startTinyHub(): Promise<HubServer> {
  const [qwen3, gemma3, wide] = await makeTinyModels(
    { seed: 3, shards: 2, config: QWEN3 },
    { seed: 4, config: GEMMA3 },
    { seed: 5, shards: 2, config: { intermediate_size: 8192 } },
  );
  return startHub({
    repositories: new Map([
      ['tiny/qwen3', qwen3!],
      ['tiny/gemma3', gemma3!],
      ['tiny/wide', wide!],
    ]),
  });
}
