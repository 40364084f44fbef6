/**
 * A model with matrices larger than the device can bind trains and answers as one whose matrices are in one
 * piece.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Gpu } from '../gpu/device';
import { plannedDevice } from '../gpu/deviceRoom';
import { readConfig } from '../model/readConfig';
import { heldWeights } from '../model/weightSource';
import { runSpecSchema } from '../recipe/runSpec';
import { floats, integers } from '../testing/kernelBench';
import { loadFixture } from '../testing/loadFixture';
import { randomTestWeights } from '../testing/randomModel';
import { sharedGpu } from '../testing/sharedGpu';
import { withLargestBinding } from '../testing/smallBindings';
import { BaseModel } from './decoder/baseModel';
import { matricesOf } from './decoder/frozenWeights';
import { Engine } from './engine';
import { relativeError } from './fixture';
import { memoryPlan } from './memoryPlan';

const LLAMA = readConfig({
  architectures: ['LlamaForCausalLM'],
  ...{ vocab_size: 3001, hidden_size: 32, num_hidden_layers: 2, num_attention_heads: 4, num_key_value_heads: 2 },
  ...{ intermediate_size: 640, max_position_embeddings: 128, tie_word_embeddings: true, bos_token_id: 0, eos_token_id: 1 },
});
/** Its MLP's first matrix is divided, too, and its biases; its head is not the embedding. */
const GPT2 = readConfig({
  architectures: ['GPT2LMHeadModel'],
  ...{ vocab_size: 3001, n_embd: 32, n_layer: 2, n_head: 4, n_positions: 128, n_inner: 640 },
  ...{ tie_word_embeddings: false, bos_token_id: 0, eos_token_id: 1 },
});
/** More than the parameters of an arm take, less than the matrices. */
const MOST = 80_000;

let gpu: Gpu;
beforeAll(async () => {
  gpu = await sharedGpu();
});

describe.each([
  ['Llama', LLAMA, 'f32', 3],
  ['GPT-2', GPT2, 'f32', 4],
  ['GPT-2 in Q8_0', GPT2, 'q8_0', 2],
] as const)('%s', (_, config, precision, divided) => {
  const weights = heldWeights(randomTestWeights(config));

  it('gives the same losses and gradients, of texts as well', async () => {
    const { inputs, arm, batch } = await loadFixture('even-text-karma');
    const features = { hidden: floats(inputs.items * config.hidden, 1), title: floats(inputs.items * config.hidden, 2, 0.1) };
    const spec = runSpecSchema.parse({
      ...inputs.spec,
      model: { ...inputs.spec.model, precision },
      lora: { ...inputs.spec.lora, rank: 2 },
    });
    // Targets in shards other than the first.
    const far = batch.map((example, i) => ({ ...example, text: [...integers(example.text.length, i, config.vocabulary)] }));
    const step = async () => {
      const engine = await Engine.create(gpu, { ...inputs, config, weights, features, spec });
      const trained = engine.createArm(arm, floats(engine.layout.size, 3, 0.1));
      const { total } = await engine.trainStep(trained, far, { update: false });
      const gradients = await engine.readGradients();
      const matrices = new Set(matricesOf(engine.decoder.weights));
      const shards = [...matrices].filter(({ matrix }) => matrix.shards !== undefined).length;
      engine.destroy();
      return { total, gradients, shards };
    };
    const whole = await step();
    const some = await withLargestBinding(gpu.device, MOST, step);
    expect([whole.shards, some.shards]).toEqual([0, divided]);
    const error = relativeError(some.gradients, whole.gradients);
    console.info(`gradients: ${error.toExponential(1)}`);
    expect(error).toBeLessThanOrEqual(1e-5);
    expect(some.total).toBeCloseTo(whole.total, 5);
  });

  it('gives the same logits, bit by bit', async () => {
    const ids = [...integers(9, 5, config.vocabulary), config.vocabulary - 1];
    const logits = async (): Promise<Float32Array> => {
      const base = await BaseModel.create(gpu, { config, weights }, { capacity: ids.length, precision });
      const result = await base.logits(ids);
      base.destroy();
      return result;
    };
    const whole = await logits();
    expect(await withLargestBinding(gpu.device, MOST, logits)).toEqual(whole);
  });

  it('is planned with them', async () => {
    const spec = runSpecSchema.parse({ version: 1, model: { precision }, lora: { rank: 2 } });
    const sizes = { items: 10, users: 4, maxExposed: 0, maxQueryTokens: 0 };
    const plan = () => Promise.resolve(memoryPlan(config, spec, sizes, plannedDevice(gpu)));
    const [whole, some] = [await plan(), await withLargestBinding(gpu.device, MOST, plan)];
    expect(some.groups.weights).toBeGreaterThanOrEqual(whole.groups.weights);
    expect(some.groups.weights - whole.groups.weights).toBeLessThan(1000);
  });
});
