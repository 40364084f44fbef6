import { describe, expect, it } from 'vitest';
import { ModelError } from './modelError';
import { missingStartToken, readConfig, withGenerationEnds } from './readConfig';

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
  it('reads a Llama config and fills in defaults', () => {
    expect(readConfig(LLAMA)).toEqual({
      family: 'llama',
      architecture: 'LlamaForCausalLM',
      vocabulary: 100,
      hidden: 64,
      layers: 2,
      heads: 4,
      kvHeads: 2,
      headSize: 16,
      intermediate: 128,
      norm: 'rms',
      normEpsilon: 1e-5,
      outputNorms: false,
      headNorms: false,
      gated: true,
      activation: 'silu',
      biases: [],
      positions: 'rope',
      ropes: [{ theta: 10_000, scaling: null }],
      attention: [
        { window: null, rope: 0 },
        { window: null, rope: 0 },
      ],
      attentionScale: 1 / 4,
      embeddingScale: 1,
      maxPositions: 256,
      tiedHead: true,
      bosId: 1,
      eosId: 2,
      endIds: [2],
      padId: 2,
    });
  });

  it.each([0, 1025, 2 ** 31, 2 ** 53, 1e308])('refuses %d layers before making a list of them', (layers) => {
    const started = performance.now();
    expect(() => readConfig({ ...LLAMA, num_hidden_layers: layers })).toThrow(
      expect.objectContaining({ name: 'ModelError', message: expect.stringContaining('num_hidden_layers') as string }) as Error,
    );
    // A list of 2³¹ layers would take gigabytes and minutes, and end the process.
    expect(performance.now() - started).toBeLessThan(5000);
    expect(readConfig({ ...LLAMA, num_hidden_layers: 1024 }).attention).toHaveLength(1024);
  });

  it('reads RoPE parameters in the old and the new place, and lists of end tokens', () => {
    const theta = (change: object) => readConfig({ ...LLAMA, ...change }).ropes.map((rope) => rope.theta);
    expect(theta({ rope_theta: 5e5 })).toEqual([5e5]);
    expect(theta({ rope_parameters: { rope_type: 'default', rope_theta: 1e5 } })).toEqual([1e5]);
    expect(readConfig({ ...LLAMA, eos_token_id: [7, 8] })).toMatchObject({ eosId: 7, endIds: [7, 8] });
  });

  it('takes the end tokens of generation_config.json, and the one that texts are learned with', () => {
    const config = readConfig({ ...LLAMA, eos_token_id: [7, 8] });
    expect(withGenerationEnds(config, { eos_token_id: [9, 7] }).endIds).toEqual([7, 9]);
    expect(withGenerationEnds(config, { eos_token_id: 9 }).endIds).toEqual([7, 9]);
    for (const json of [null, {}, { eos_token_id: 'x' }]) expect(withGenerationEnds(config, json)).toBe(config);
  });

  it.each([
    [{ architectures: ['OPTForCausalLM'] }, /OPTForCausalLM is not supported; known: .*LlamaForCausalLM, Qwen2ForCausalLM/],
    [{ architectures: ['Gemma3ForCausalLM'], attn_logit_softcapping: 50 }, /attn_logit_softcapping: 50/],
    [{ layer_types: ['sliding_attention', 'full_attention'] }, /sliding windows/],
    [{ architectures: [] }, /"architectures"/],
    [{ vocab_size: undefined }, /"vocab_size"/],
    [{ hidden_size: 'big' }, /"hidden_size"/],
    [{ attention_bias: 'yes' }, /"attention_bias"/],
    [{ rope_scaling: { rope_type: 'llama3', factor: 8 } }, /"low_freq_factor"/],
    [{ rope_scaling: { type: 'dynamic', factor: 2 } }, /RoPE scaling \(dynamic\)/],
    [{ rope_parameters: { rope_type: 'yarn' } }, /RoPE scaling \(yarn\)/],
    [{ hidden_act: 'gelu' }, /gelu/],
    [{ num_key_value_heads: 3 }, /share 3 key-value heads/],
    [{ hidden_size: 60 }, /head size of 15/],
    [{ hidden_size: 61, head_dim: 8 }, /hidden size of 61/],
    [{ bos_token_id: 100 }, /outside the vocabulary/],
    [{ eos_token_id: undefined }, /"eos_token_id"/],
  ])('refuses %j', (change, message) => {
    const read = () => readConfig({ ...LLAMA, ...change });
    expect(read).toThrow(ModelError);
    expect(read).toThrow(message);
  });

  it('starts sequences with the family’s token if config.json names none', () => {
    const qwen = { ...LLAMA, architectures: ['Qwen2ForCausalLM'], bos_token_id: null };
    expect(missingStartToken(qwen)).toBe('<|endoftext|>');
    expect(missingStartToken(LLAMA)).toBeNull();
    expect(readConfig(qwen, 7).bosId).toBe(7);
    expect(() => readConfig(qwen)).toThrow(/"bos_token_id"/);
  });

  it('leaves out the rotations of SmolLM3’s layers: as listed, else of every fourth', () => {
    const json = { ...LLAMA, architectures: ['SmolLM3ForCausalLM'], num_hidden_layers: 8 };
    const unrotated = (more: object): number[] =>
      readConfig({ ...json, ...more }).attention.flatMap(({ rope }, layer) => (rope === null ? [layer] : []));
    expect(unrotated({})).toEqual([3, 7]);
    expect(unrotated({ no_rope_layer_interval: 3 })).toEqual([2, 5]);
    expect(unrotated({ no_rope_layers: [0, 1, 1, 1, 1, 1, 1, 0, 0] })).toEqual([0, 7]);
    expect(() => readConfig({ ...json, no_rope_layers: [1, 0] })).toThrow(/no_rope_layers/);
    expect(() => readConfig({ ...json, use_sliding_window: true })).toThrow(/use_sliding_window/);
  });

  it('reads Gemma 3’s rotations as transformers 5 writes them', () => {
    const parameters = {
      full_attention: { rope_type: 'linear', factor: 8, rope_theta: 1e6 },
      sliding_attention: { rope_type: 'default', rope_theta: 1e4 },
    };
    const layers = { layer_types: ['sliding_attention', 'full_attention'], sliding_window: 5, rope_parameters: parameters };
    const { ropes, attention } = readConfig({ ...LLAMA, architectures: ['Gemma3ForCausalLM'], ...layers });
    expect(ropes).toEqual([
      { theta: 1e4, scaling: null },
      { theta: 1e6, scaling: { kind: 'linear', factor: 8 } },
    ]);
    expect(attention).toEqual([
      { window: 5, rope: 0 },
      { window: null, rope: 1 },
    ]);
  });

  it.each([[null], ['text'], [[]], [{}]])('refuses %j', (json) => {
    expect(() => readConfig(json)).toThrow(ModelError);
  });
});
