import { expect, it } from 'vitest';
import { forkRandom } from '../../log/random';
import { readConfig } from '../../model/readConfig';
import { heldWeights } from '../../model/weightSource';
import { runSpecSchema } from '../../recipe/runSpec';
import { floats } from '../../testing/kernelBench';
import { randomWeights } from '../../testing/randomModel';
import { sharedGpu } from '../../testing/sharedGpu';
import { embeddingStatistics } from '../decoder/embeddingStatistics';
import { Engine } from '../engine';
import { initialParameters } from '../parameters';
import { predictionRows } from './predictionRows';

const CONFIG = readConfig({
  architectures: ['LlamaForCausalLM'],
  vocab_size: 64,
  hidden_size: 32,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  intermediate_size: 48,
  rms_norm_eps: 1e-5,
  max_position_embeddings: 64,
  tie_word_embeddings: true,
  bos_token_id: 0,
  eos_token_id: 1,
  pad_token_id: 2,
});
const ITEMS = 20;

it('reads the same hidden states without a LoRA whose B is zero, however many histories a pass takes', async () => {
  const gpu = await sharedGpu();
  const weights = heldWeights(randomWeights(CONFIG));
  const spec = runSpecSchema.parse({ objective: { maxHistory: 5, maxTextTokens: 9 }, training: { batchSize: 3 } });
  const features = { hidden: floats(ITEMS * 32, 1), title: floats(ITEMS * 32, 2), width: 32 };
  const sizes = { items: ITEMS, titleTokens: [], maxExposed: 0, maxQueryTokens: 0 };
  const engine = await Engine.create(gpu, {
    config: CONFIG,
    weights,
    features,
    spec: { ...spec, model: { ...spec.model, precision: 'f32' } },
    ...sizes,
  });
  try {
    const start = initialParameters(engine.layout, CONFIG, await embeddingStatistics(weights, CONFIG), spec);
    const arm = engine.createArm(spec.arms[0]!, start);
    const random = forkRandom(7, 'histories');
    const examples = Array.from({ length: 17 }, () => ({
      history: Array.from({ length: 1 + random.integer(5) }, () => random.integer(ITEMS)),
      ...{ target: random.integer(ITEMS), query: [], text: [], exposed: [] },
    }));
    expect(engine.readBatch).toBeGreaterThan(engine.microBatch);
    const all = await predictionRows(engine, arm, examples, Infinity);
    expect(all.hidden.some((value) => value !== 0)).toBe(true);
    expect(await predictionRows(engine, arm, examples, Infinity, { adapted: false })).toEqual(all);
    const width = all.hidden.length / all.targets.length;
    let row = 0;
    for (const example of examples) {
      const alone = await predictionRows(engine, arm, [example], Infinity);
      const rows = alone.targets.length;
      expect(alone.hidden).toEqual(all.hidden.subarray(row * width, (row + rows) * width));
      row += rows;
    }
    expect(row).toBe(all.targets.length);
    expect((await predictionRows(engine, arm, examples, 4)).targets).toEqual(all.targets.subarray(0, 4));
  } finally {
    engine.destroy();
  }
}, 120_000);
