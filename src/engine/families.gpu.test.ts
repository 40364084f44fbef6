/**
 * The engine on the tiny model of every family: its logits against PyTorch's and ONNX Runtime's, in every
 * storage format.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { FIXTURE_MODELS, fixtureFiles } from '../testing/fixtureModels';
import type { Gpu } from '../gpu/device';
import { drawnCases } from '../testing/drawnCases';
import { sharedGpu } from '../testing/sharedGpu';
import { compareLogits, referenceLogits } from '../model/certificate';
import type { DecoderConfig } from '../model/decoderConfig';
import { checkpointTensors, readWeights } from '../model/decoderTensors';
import { configureOrt, openDecoder } from '../model/ortSession';
import { parseSafetensors, writeSafetensors } from '../model/safetensors';
import { heldWeights } from '../model/weightSource';
import { runSpecSchema, type Precision } from '../recipe/runSpec';
import { BaseModel } from './decoder/baseModel';
import { relativeError, tensorSource } from './fixture';
import { integers } from '../testing/kernelBench';
import { randomTestWeights, roundedWeights } from '../testing/randomModel';
import { embeddingStatistics } from './decoder/embeddingStatistics';
import { initialParameters, layOutParameters, slotOf } from './parameters';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await sharedGpu();
  configureOrt();
});

describe.each(FIXTURE_MODELS)('%s', (name) => {
  const { config, checkpoint, base, expected } = fixtureFiles(name);
  const { prompt } = base;
  const logitsOf = async (weights: Awaited<ReturnType<typeof readWeights>>): Promise<Float32Array> => {
    const model = await BaseModel.create(gpu, { config, weights: heldWeights(weights) }, { capacity: prompt.length });
    try {
      return await model.logits(prompt);
    } finally {
      model.destroy();
    }
  };

  it('gives PyTorch’s logits, and passes the certificate', async () => {
    const weights = await readWeights(tensorSource(checkpoint), config);
    const ours = await logitsOf(weights);
    const error = relativeError(ours, expected('logits', [prompt.length, config.vocabulary]));
    const decoder = await openDecoder({ config, weights }, { input: 'ids', outputs: ['logits'], cache: false }, { name: 'wasm' });
    const certificate = compareLogits(ours, await referenceLogits(decoder, prompt), 'wasm', prompt.length);
    await decoder.release();
    console.info(
      `${name}: ${error.toExponential(1)} from PyTorch, ${certificate.maxRelative.toExponential(1)} from ONNX Runtime`,
    );
    expect(error).toBeLessThan(1e-5);
    expect(certificate.passed).toBe(true);
  });

  it('gives the same bits after being saved and loaded', async () => {
    const weights = await readWeights(tensorSource(checkpoint), config);
    const saved = writeSafetensors(checkpointTensors(config, weights));
    const again = await readWeights(tensorSource(parseSafetensors(saved, 'saved')), config);
    const [before, after] = [await logitsOf(weights), await logitsOf(again)];
    // A gain with an offset is rounded once more.
    expect(relativeError(after, before)).toBeLessThan(1e-6);
  });
});

/** A fixture's model with rows that every format can store. */
function storable(name: string): DecoderConfig {
  const { config, ...shape } = { config: fixtureFiles(name).config, hidden: 32, headSize: 8, intermediate: 36 };
  return { ...config, ...shape, heads: 4, kvHeads: config.family === 'gpt2' ? 4 : 2 };
}

const STORED = FIXTURE_MODELS.flatMap((name) => (['f16', 'q8_0', 'q4_1', 'q4_0'] as const).map((format) => ({ name, format })));

it.each(drawnCases(STORED, ({ name, format }) => [name, format]))(
  '$name computes with its weights as $format rounds them',
  async ({ name, format }) => {
    const config = storable(name);
    const ids = [...integers(11, 5, config.vocabulary)];
    const weights = randomTestWeights(config);
    const create = (of: typeof weights, precision: Precision = 'f32'): Promise<BaseModel> =>
      BaseModel.create(gpu, { config, weights: heldWeights(of) }, { capacity: ids.length, precision });
    const stored = await create(weights, format);
    const exact = await create(roundedWeights(weights, format));
    try {
      const error = relativeError(await stored.logits(ids), await exact.logits(ids));
      console.info(`${name}, ${format}: ${error.toExponential(1)}`);
      expect(error).toBeLessThan(1e-5);
      const unrounded = await create(weights);
      expect(relativeError(await stored.logits(ids), await unrounded.logits(ids))).toBeGreaterThan(1e-5);
      unrounded.destroy();
    } finally {
      stored.destroy();
      exact.destroy();
    }
  },
);

it('trainable vectors start on the scale of the decoder’s vocabulary inputs', async () => {
  const { config } = fixtureFiles('gemma3');
  expect(config.embeddingScale).toBeCloseTo(Math.sqrt(config.hidden), 12);
  const weights = randomTestWeights(config);
  const spec = runSpecSchema.parse({ version: 1 });
  const layout = layOutParameters(config, spec, { items: 0 });
  const { offset } = slotOf(layout, 'emb');
  const start = initialParameters(layout, config, await embeddingStatistics(heldWeights(weights), config), spec);
  for (let i = 0; i < config.hidden; i++) {
    const bos = weights.embedding[config.bosId * config.hidden + i]!;
    expect(start[offset + i]).toBeCloseTo(Math.sqrt(config.hidden) * bos, 5);
  }
});

it('a projection that a family lacks gets no adapter', () => {
  const { lora, objective } = runSpecSchema.parse({ version: 1 });
  const spec = { lora: { ...lora, targets: ['gate_proj' as const, 'up_proj' as const] }, objective };
  const layout = layOutParameters(fixtureFiles('gpt2').config, spec, { items: 0 });
  const names = [...layout.slots.keys()].filter((slot) => slot.startsWith('lora.0'));
  expect(names.sort()).toEqual(['lora.0.up_proj.A', 'lora.0.up_proj.B']);
});
