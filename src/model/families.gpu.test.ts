/**
 * Every family of families/ on its tiny random model in python/fixtures/models, against the PyTorch
 * reference.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIXTURE_MODELS, fixtureFiles } from '../testing/fixtureModels';
import { relativeError, tensorSource } from '../engine/fixture';
import { compareLogits } from './certificate';
import type { DecoderConfig, DecoderWeights } from './decoderConfig';
import { checkpointTensors, readWeights } from './decoderTensors';
import { configureOrt, openDecoder, takeFloats, type DecoderOptions, type OrtDecoder } from './ortSession';
import { KNOWN_ARCHITECTURES } from './family';
import { parseSafetensors, readFloatTensor, writeSafetensors, type SafetensorsFile } from './safetensors';
import { heldWeights } from './weightSource';

function allTensors(file: SafetensorsFile): Record<string, Float32Array> {
  return Object.fromEntries([...file.tensors].map(([name, { shape }]) => [name, readFloatTensor(file, name, shape)]));
}

beforeAll(() => {
  configureOrt();
});

it('has a model for every architecture', () => {
  const tested = FIXTURE_MODELS.map((name) => fixtureFiles(name).config.architecture);
  expect([...new Set(tested)].sort()).toEqual([...KNOWN_ARCHITECTURES].sort());
});

describe.each(FIXTURE_MODELS)('%s', (name) => {
  const { base, config, checkpoint, expected } = fixtureFiles(name);
  let weights: DecoderWeights;
  beforeAll(async () => {
    weights = await readWeights(tensorSource(checkpoint), config);
  });
  const opened: OrtDecoder[] = [];
  const open = async (options: DecoderOptions): Promise<OrtDecoder> => {
    const decoder = await openDecoder({ config, weights: heldWeights(weights) }, options, { name: 'wasm' });
    opened.push(decoder);
    return decoder;
  };
  afterAll(async () => {
    for (const decoder of opened) await decoder.release();
  });

  it('is read as by the reference', () => {
    // JSON numbers: 1/√d computed twice may differ in the last bit.
    const rounded = (value: typeof base.config) => ({ ...value, attentionScale: Math.fround(value.attentionScale) });
    const { endIds, ...shape } = config;
    expect(endIds[0]).toBe(config.eosId);
    expect(rounded(shape)).toEqual(rounded(base.config));
  });

  it('survives saving and loading', async () => {
    const bytes = writeSafetensors(checkpointTensors(config, weights));
    const again = parseSafetensors(bytes, 'again');
    const before = allTensors(checkpoint);
    const after = allTensors(again);
    expect(Object.keys(after).sort()).toEqual(Object.keys(before).sort());
    // A gain with an offset is rounded once more.
    for (const [tensor, data] of Object.entries(before)) expect(relativeError(after[tensor]!, data)).toBeLessThan(1e-6);
    const readAs = (change: Partial<DecoderConfig>) => readWeights(tensorSource(again), { ...config, ...change });
    await expect(readAs({ layers: config.layers + 1 })).rejects.toThrow(/has no tensor/);
    await expect(readAs({ intermediate: 8 })).rejects.toThrow(/8.* was expected/);
  });

  it('gives PyTorch’s logits, hidden states and attention on ONNX Runtime', async () => {
    const { prompt } = base;
    const decoder = await open({ input: 'ids', outputs: ['logits', 'hidden_states', 'attentions'], cache: false });
    const outputs = await decoder.run({ batch: 1, length: prompt.length, tokens: { ids: prompt } });
    const errors = {
      logits: relativeError(await takeFloats(outputs.logits), expected('logits')),
      hidden: relativeError(await takeFloats(outputs.hiddenStates), expected('hidden')),
      attention: 0,
    };
    const maps = expected('attention');
    const plane = maps.length / config.layers;
    for (const [layer, map] of outputs.attentions.entries()) {
      const part = maps.subarray(layer * plane, (layer + 1) * plane);
      errors.attention = Math.max(errors.attention, relativeError(await takeFloats(map), part));
    }
    console.info(name, errors);
    expect(Math.max(...Object.values(errors))).toBeLessThan(1e-5);
  });

  it('continues from a cache, and from embeddings, as from the whole prompt', async () => {
    const { prompt } = base;
    const cached = await open({ input: 'ids', outputs: ['logits'], cache: true });
    const first = await cached.run({ batch: 1, length: 7, tokens: { ids: prompt.slice(0, 7) } });
    const rest = await cached.run({ batch: 1, length: prompt.length - 7, tokens: { ids: prompt.slice(7) }, past: first.cache! });
    const tail = await takeFloats(rest.logits);
    expect(compareLogits(tail, expected('logits').subarray(-tail.length), 'wasm', prompt.length, 1e-5).passed).toBe(true);
    const embedded = await open({ input: 'embeddings', outputs: ['logits'], cache: false });
    const { hidden, embeddingScale } = config;
    const rows = prompt.flatMap((id) =>
      Array.from(weights.embedding.subarray(id * hidden, (id + 1) * hidden), (value) => value * embeddingScale),
    );
    const outputs = await embedded.run({
      batch: 1,
      length: prompt.length,
      tokens: { embeddings: Float32Array.from(rows) },
    });
    const whole = await takeFloats(outputs.logits);
    expect(compareLogits(whole, expected('logits'), 'wasm', prompt.length, 1e-5).passed).toBe(true);
  });
});
