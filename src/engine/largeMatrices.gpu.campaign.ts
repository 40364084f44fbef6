/**
 * Models with a matrix that the device cannot bind in one piece: just above its own limit, and above 2 GiB.
 */
import { largestBuffer, plannedDevice } from '../gpu/deviceRoom';
import { dryGpu } from '../gpu/dryGpu';
import { Memory } from '../gpu/tensor';
import { blockShapes } from '../model/decoderTensors';
import type { DecoderConfig } from '../model/decoderConfig';
import { readConfig } from '../model/readConfig';
import type { Weight, WeightSource } from '../model/weightSource';
import { runSpecSchema, type Precision } from '../recipe/runSpec';
import type { Campaign } from '../testing/campaign';
import { floats, integers } from '../testing/kernelBench';
import { loadFixture } from '../testing/loadFixture';
import { sharedGpu } from '../testing/sharedGpu';
import { BaseModel } from './decoder/baseModel';
import { allocateWeights } from './decoder/frozenWeights';
import { Engine } from './engine';
import { relativeError } from './fixture';

const TWO_GIB = 2 ** 31;
const FLOATS = { precision: 'f32', arithmetic: 'f32' } as const;

/** A Llama of one block whose embedding has at least that many bytes in f32. */
function configOf(hidden: number, bytes: number): DecoderConfig {
  return readConfig({
    architectures: ['LlamaForCausalLM'],
    ...{ vocab_size: Math.ceil(bytes / 4 / hidden), hidden_size: hidden, intermediate_size: 256 },
    ...{ num_hidden_layers: 1, num_attention_heads: 4, num_key_value_heads: 2, head_dim: 16, max_position_embeddings: 128 },
    ...{ tie_word_embeddings: true, bos_token_id: 0, eos_token_id: 1 },
  });
}

/** Weight number i of a matrix: one of 2,048 numbers, which half floats have. The same for the same i. */
function weightAt(seed: number, i: number, columns: number): number {
  let z = Math.imul(i, 0x9e3779b9) + seed;
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (((z >>> 21) - 1024) / 1024) * 2 ** -Math.round(Math.log2(columns) / 2);
}

/** Weights that are computed when they are read. Gains are 1. */
function computedWeights(config: DecoderConfig): WeightSource {
  const computed = (seed: number, length: number, columns: number | undefined): Weight => ({
    length,
    read: (begin, end) =>
      Promise.resolve(
        Float32Array.from({ length: end - begin }, (_, i) => (columns === undefined ? 1 : weightAt(seed, begin + i, columns))),
      ),
  });
  const { vocabulary, hidden } = config;
  const shapes = blockShapes(config);
  return {
    outer: (role) => {
      if (role === 'embedding') return computed(1, vocabulary * hidden, hidden);
      return role === 'finalNorm' ? computed(0, hidden, undefined) : undefined;
    },
    block: (layer, role) => {
      const shape = shapes.get(role);
      if (shape === undefined) return undefined;
      const [rows, columns] = shape;
      return computed(100 * layer + [...shapes.keys()].indexOf(role) + 2, rows * (columns ?? 1), columns);
    },
  };
}

const campaign: Campaign = {
  claim:
    'a model with a matrix above the device’s limit, or 2 GiB, has the logits of a float64 loop to 1e-5, and the losses and gradients of its weights in half floats to 1e-4',
  cases: 2,
  // Larger than what `npm test` has time for; shardedModel.gpu.test.ts divides small matrices.
  sample: 0,
  open: async () => {
    const gpu = await sharedGpu();
    const limit = largestBuffer(gpu.device.limits);
    return {
      run: async (index) => {
        const config = index === 0 ? configOf(512, 1.25 * limit) : configOf(2304, 1.1 * TWO_GIB);
        const { hidden, vocabulary } = config;
        const weights = computedWeights(config);

        const { embedding } = allocateWeights(new Memory(dryGpu(plannedDevice(gpu)).device), config, FLOATS);
        const { shards } = embedding.matrix;
        if (shards === undefined) throw new Error('the matrix is in one piece');

        const base = await BaseModel.create(gpu, { config, weights }, { capacity: 8 });
        const token = vocabulary - 3;
        const logits = await base.logits([token]);
        const state = await base.meanHidden([[token]]);
        base.destroy();
        const expected = Float32Array.from({ length: vocabulary }, (_, v) => {
          let sum = 0;
          for (let c = 0; c < hidden; c++) sum += state[c]! * weightAt(1, v * hidden + c, hidden);
          return sum;
        });
        const ofLogits = relativeError(logits, expected);
        if (!(ofLogits <= 1e-5)) throw new Error(`logits are off by ${ofLogits}`);

        const { inputs, arm, batch } = await loadFixture('even-text-karma');
        const features = { hidden: floats(inputs.items * hidden, 1), title: floats(inputs.items * hidden, 2, 0.1) };
        const examples = batch.map((example, i) => ({ ...example, text: [...integers(example.text.length, i, vocabulary)] }));
        const step = async (precision: Precision) => {
          const spec = runSpecSchema.parse({ ...inputs.spec, model: { ...inputs.spec.model, precision } });
          const engine = await Engine.create(gpu, { ...inputs, config, weights, features, spec });
          const trained = engine.createArm(arm, floats(engine.layout.size, 3, 0.02));
          const { total } = await engine.trainStep(trained, examples, { update: false });
          const gradients = await engine.readGradients();
          engine.destroy();
          return { total, gradients };
        };
        const [whole, half] = [await step('f32'), await step('f16')];
        const ofGradients = relativeError(whole.gradients, half.gradients);
        const ofLoss = Math.abs(whole.total - half.total) / Math.abs(half.total);
        if (!(Math.max(ofGradients, ofLoss) <= 1e-4)) throw new Error(`a loss is off by ${ofLoss}, a gradient by ${ofGradients}`);
        return {
          'MB of a matrix': (4 * vocabulary * hidden) / 1e6,
          shards: shards.stored.length,
          'error of a logit': ofLogits,
          'error of a loss': ofLoss,
          'error of a gradient': ofGradients,
        };
      },
    };
  },
};
export default campaign;
