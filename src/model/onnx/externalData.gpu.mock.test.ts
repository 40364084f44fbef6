/** Weights on their way into ONNX Runtime: which numbers arrive, and how much JavaScript holds meanwhile. */
import * as ort from 'onnxruntime-web/webgpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { fixtureModel, FIXTURE_MODELS } from '../../testing/fixtureModels';
import { endlessWeights, heldBytes } from '../../testing/endlessModel';
import { TINY_CONFIG } from '../../testing/tinyModel';
import { parameterCount } from '../decoderTensors';
import { ModelError } from '../modelError';
import { readConfig } from '../readConfig';
import { configureOrt, openDecoder, takeFloats } from '../ortSession';
import { heldWeights, type Weight, type WeightSource } from '../weightSource';
import { decoderFiles } from './decoderGraph';

const OPTIONS = { input: 'ids', outputs: ['logits'], cache: false } as const;
const WASM = { name: 'wasm' } as const;

beforeAll(() => {
  configureOrt();
});

/** The same weights, with `change` applied to each. */
function changed(source: WeightSource, change: (weight: Weight) => Weight): WeightSource {
  const of = (weight: Weight | undefined): Weight | undefined => weight && change(weight);
  return { outer: (role) => of(source.outer(role)), block: (layer, role) => of(source.block(layer, role)) };
}

/** The same weight, which can no longer be read synchronously. */
function early(weight: Weight): Weight {
  return { length: weight.length, read: (begin, end) => weight.read(begin, end) };
}

describe.each(FIXTURE_MODELS)('%s', (name) => {
  it('gives the logits of the same weights stored in the graph, bit for bit, whether they are read early or late', async () => {
    const { config, weights } = await fixtureModel(name);
    const ids = [1, 3, 14, 15, 9, 26];
    const graph = decoderFiles(config, weights, OPTIONS, 'graph');
    expect([...graph.keys()]).toEqual(['graph']);
    const whole = new Uint8Array(await new Blob([...graph.get('graph')!] as BlobPart[]).arrayBuffer());
    const session = await ort.InferenceSession.create(whole, { executionProviders: ['wasm'], logSeverityLevel: 3 });
    const int64 = (values: number[]) => new ort.Tensor('int64', BigInt64Array.from(values, BigInt), [1, ids.length]);
    const feeds = { input_ids: int64(ids), attention_mask: int64(ids.map(() => 1)), position_ids: int64([...ids.keys()]) };
    const inside = await takeFloats((await session.run(feeds)).logits);
    await session.release();
    const held = heldWeights(weights);
    for (const source of [held, changed(held, early)]) {
      const decoder = await openDecoder({ config, weights: source }, OPTIONS, WASM);
      expect(await takeFloats((await decoder.run({ batch: 1, length: ids.length, tokens: { ids } })).logits)).toEqual(inside);
      await decoder.release();
    }
  });
});

it('says why a weight could not be read', async () => {
  const { config, weights } = await fixtureModel('qwen3');
  const moved = new ModelError('model.safetensors can no longer be read.', 'Open the model again.');
  const source = changed(heldWeights(weights), (weight) => ({
    ...weight,
    readNow: () => {
      throw moved;
    },
  }));
  await expect(openDecoder({ config, weights: source }, OPTIONS, WASM)).rejects.toBe(moved);
  const again = await openDecoder({ config, weights }, OPTIONS, WASM);
  await again.release();
});

describe('the weights of a model more than twice as large as its largest tensor', () => {
  const config = readConfig({
    ...TINY_CONFIG,
    vocab_size: 49_152,
    hidden_size: 256,
    intermediate_size: 4096,
    num_hidden_layers: 5,
  });
  const largest = 4 * config.vocabulary * config.hidden;

  it.each(['F32', 'BF16'] as const)('pass through with less than 1.3 times that tensor in memory, from %s', async (dtype) => {
    expect(4 * parameterCount(config)).toBeGreaterThan(2 * largest);
    let peak = 0;
    let before = 0;
    const weights = await endlessWeights(config, dtype, () => {
      peak = Math.max(peak, heldBytes() - before);
    });
    [before, peak] = [heldBytes(), 0];
    const decoder = await openDecoder({ config, weights }, OPTIONS, WASM);
    console.info(`${dtype}: ${(peak / largest).toFixed(2)} of the largest tensor`);
    expect(peak).toBeGreaterThan(0.9 * largest);
    expect(peak).toBeLessThan(1.3 * largest);
    await decoder.release();
  });
});
