import { describe, expect, it } from 'vitest';
import { ModelError } from './modelError';
import { readConfig } from './readConfig';

const LLAMA = {
  architectures: ['LlamaForCausalLM'],
  hidden_size: 64,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  intermediate_size: 128,
  vocab_size: 100,
  max_position_embeddings: 256,
  rms_norm_eps: 1e-5,
  tie_word_embeddings: true,
  bos_token_id: 1,
  eos_token_id: 2,
};

describe('readConfig', () => {
  it('reads a Llama config and fills in what may be left out', () => {
    expect(readConfig(LLAMA)).toEqual({
      architecture: 'LlamaForCausalLM',
      vocabulary: 100,
      hidden: 64,
      layers: 2,
      heads: 4,
      kvHeads: 2,
      headSize: 16,
      intermediate: 128,
      normEpsilon: 1e-5,
      ropeTheta: 10_000,
      maxPositions: 256,
      tiedHead: true,
      bosId: 1,
      eosId: 2,
      padId: 2,
    });
  });

  it('reads RoPE parameters in the old and the new place, and lists of end tokens', () => {
    expect(readConfig({ ...LLAMA, rope_theta: 5e5 }).ropeTheta).toBe(5e5);
    expect(readConfig({ ...LLAMA, rope_parameters: { rope_type: 'default', rope_theta: 1e5 } }).ropeTheta).toBe(1e5);
    expect(readConfig({ ...LLAMA, eos_token_id: [7, 8] }).eosId).toBe(7);
  });

  it.each([
    [{ architectures: ['GPT2LMHeadModel'] }, /GPT2LMHeadModel is not supported; known: LlamaForCausalLM/],
    [{ architectures: [] }, /"architectures"/],
    [{ vocab_size: undefined }, /"vocab_size"/],
    [{ hidden_size: 'big' }, /"hidden_size"/],
    [{ attention_bias: true }, /attention_bias/],
    [{ mlp_bias: true }, /mlp_bias/],
    [{ rope_scaling: { rope_type: 'llama3', factor: 8 } }, /RoPE scaling \(llama3\)/],
    [{ rope_scaling: { type: 'linear', factor: 2 } }, /RoPE scaling \(linear\)/],
    [{ rope_parameters: { rope_type: 'yarn' } }, /RoPE scaling \(yarn\)/],
    [{ tie_word_embeddings: false }, /tie_word_embeddings/],
    [{ hidden_act: 'gelu' }, /gelu/],
    [{ num_key_value_heads: 3 }, /share 3 key-value heads/],
    [{ hidden_size: 60 }, /head size of 15/],
    [{ bos_token_id: 100 }, /outside the vocabulary/],
    [{ eos_token_id: undefined }, /"eos_token_id"/],
  ])('refuses %j', (change, message) => {
    const read = () => readConfig({ ...LLAMA, ...change });
    expect(read).toThrow(ModelError);
    expect(read).toThrow(message);
  });

  it.each([[null], ['text'], [[]], [{}]])('refuses %j', (json) => {
    expect(() => readConfig(json)).toThrow(ModelError);
  });
});
