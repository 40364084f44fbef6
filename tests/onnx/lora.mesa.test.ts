import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareLogits, referenceLogits } from '../../src/model/certificate';
import type { DecoderWeights } from '../../src/model/decoderConfig';
import { generate } from '../../src/model/generate';
import type { LoraAdapter } from '../../src/model/lora';
import { configureOrt, openDecoder, takeFloats, type DecoderOptions, type OrtDecoder } from '../../src/model/ortSession';
import { embed, loopDecoder, randomLoopWeights, TINY } from '../../src/testing/loopDecoder';
import { vocabularyRows } from '../../src/experiment/inspect/textPrompt';
import { heldWeights } from '../../src/model/weightSource';
import { FIXTURE_MODELS, fixtureModel, mergeAdapter, randomAdapter, type FixtureModel } from '../../src/testing/fixtureModels';

const WASM = { name: 'wasm' } as const;
const PROMPT = [3, 14, 15, 9, 2, 6, 5];

const opened: OrtDecoder[] = [];
async function open(model: Pick<FixtureModel, 'config' | 'weights'>, options: Partial<DecoderOptions> = {}): Promise<OrtDecoder> {
  const decoder = await openDecoder(model, { input: 'ids', outputs: ['logits'], cache: false, ...options }, WASM);
  opened.push(decoder);
  return decoder;
}

function graphOptions({ scale, pairs }: LoraAdapter): Pick<DecoderOptions, 'lora'> {
  return { lora: { scale, places: pairs } };
}

beforeAll(() => {
  configureOrt();
});
afterAll(async () => {
  for (const decoder of opened) await decoder.release();
});

describe('merged LoRA', () => {
  it('is W + scale·B·A, as in float64 loops', async () => {
    const weights = randomLoopWeights(TINY, 5);
    const adapter = randomAdapter(TINY, { firstLayer: 1 });
    const merged = await mergeAdapter(TINY, weights, adapter);
    expect(merged.blocks[0]).toEqual(weights.blocks[0]);
    const { a, b } = adapter.pairs.find(({ role }) => role === 'down')!;
    const before = weights.blocks[1]!.down;
    const [row, column] = [7, 11];
    let update = 0;
    for (let r = 0; r < 3; r += 1) update += b[row * 3 + r]! * a[r * TINY.intermediate + column]!;
    const at = row * TINY.intermediate + column;
    expect(merged.blocks[1]!.down[at]).toBeCloseTo(before[at]! + 1.5 * update, 6);
    expect(merged.blocks[1]!.inputNorm).toEqual(weights.blocks[1]!.inputNorm);
  });

  it('gives what float64 loops compute with the adapter beside the weight', async () => {
    const weights = randomLoopWeights(TINY, 6);
    const adapter = randomAdapter(TINY);
    const merged = await mergeAdapter(TINY, weights, adapter);
    const decoder = await open({ config: TINY, weights }, graphOptions(adapter));
    const own = decoder.adapter(adapter);
    const { logits } = await decoder.run({ batch: 1, length: PROMPT.length, tokens: { ids: PROMPT }, adapter: own });
    own.dispose();
    const expected = Float32Array.from(loopDecoder(TINY, merged, embed(TINY, merged, PROMPT)).logits.flat());
    expect(compareLogits(await takeFloats(logits), expected, 'wasm', PROMPT.length, 1e-5).passed).toBe(true);
  });
});

describe.each(FIXTURE_MODELS)('LoRA in the graph of %s', (name) => {
  let model: FixtureModel;
  let adapted: OrtDecoder;
  const logitsOf = async (weights: DecoderWeights) => referenceLogits(await open({ ...model, weights }), PROMPT);
  beforeAll(async () => {
    model = await fixtureModel(name);
    adapted = await open(model, {
      ...graphOptions(randomAdapter(model.config)),
      cache: true,
      lastOnly: true,
      input: 'embeddings',
    });
  });

  it('gives the outputs of merged weights, one adapter after the other, and the base model’s without one', async () => {
    const { config, weights } = model;
    const embedded = (ids: readonly number[]) => vocabularyRows({ config, weights: heldWeights(weights) }, ids);
    const rows = await embedded(PROMPT);
    for (const seed of [1, 2, null]) {
      const adapter = seed === null ? null : randomAdapter(config, { seed });
      const merged = adapter === null ? weights : await mergeAdapter(config, weights, adapter);
      const own = adapter && adapted.adapter(adapter);
      const input = { batch: 1, length: PROMPT.length, tokens: { embeddings: rows }, ...(own && { adapter: own }) };
      const { logits, cache } = await adapted.run(input);
      cache?.dispose();
      expect(logits?.dims).toEqual([1, 1, config.vocabulary]);
      const expected = (await logitsOf(merged)).subarray(-config.vocabulary);
      const certificate = compareLogits(await takeFloats(logits), expected, 'wasm', 1, 2e-5);
      expect(certificate.maxRelative).toBeLessThan(2e-5);

      const told = await generate(adapted, { rows, embed: embedded }, { maxTokens: 12, ...(own && { adapter: own }) });
      expect(told).toEqual(await generate(await open({ config, weights: merged }), { ids: PROMPT }, { maxTokens: 12 }));
      own?.dispose();
    }
  });

  it('refuses an adapter of another shape', () => {
    const { config } = model;
    expect(() => adapted.adapter(randomAdapter(config, { firstLayer: 1 }))).toThrow(RangeError);
    expect(() => adapted.adapter(randomAdapter(config, { scale: 2 }))).toThrow(RangeError);
  });
});

describe('one session', () => {
  it('makes calls wait for each other', async () => {
    const { config, weights } = await fixtureModel('even');
    const adapter = randomAdapter(config);
    const decoder = await open({ config, weights }, { ...graphOptions(adapter), cache: true });
    const own = decoder.adapter(adapter);
    const run = (adapted: boolean) => generate(decoder, { ids: PROMPT }, { maxTokens: 9, ...(adapted && { adapter: own }) });
    const alone = [await run(false), await run(true)];
    expect(await Promise.all([run(false), run(true)])).toEqual(alone);
    own.dispose();
  });
});
