import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareLogits, referenceLogits } from '../../src/model/certificate';
import { ortFeatures } from '../../src/model/features';
import { generate } from '../../src/model/generate';
import { configureOrt, openDecoder, takeFloats, type DecoderOptions, type OrtDecoder } from '../../src/model/ortSession';
import { embed, loopDecoder, randomLoopWeights, seeded, TINY } from '../../src/testing/loopDecoder';
import { heldWeights } from '../../src/model/weightSource';

const weights = randomLoopWeights(TINY, 7);
const model = { config: TINY, weights: heldWeights(weights) };
const WASM = { name: 'wasm' } as const;
const ids = [20, 3, 14, 15, 9, 2, 6, 5, 3, 5];

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-4): void {
  expect(actual.length).toBe(expected.length);
  let worst = 0;
  for (let i = 0; i < actual.length; i += 1) worst = Math.max(worst, Math.abs(actual[i]! - expected[i]!));
  expect(worst).toBeLessThan(tolerance);
}

const opened: OrtDecoder[] = [];
async function open(options: DecoderOptions): Promise<OrtDecoder> {
  const decoder = await openDecoder(model, options, WASM);
  opened.push(decoder);
  return decoder;
}

beforeAll(() => {
  configureOrt();
});
afterAll(async () => {
  for (const decoder of opened) await decoder.release();
});

describe('the decoder graph on ONNX Runtime', () => {
  it('computes what float64 loops compute: logits, hidden states and attention', async () => {
    const decoder = await open({ input: 'ids', outputs: ['logits', 'hidden_states', 'attentions'], cache: false });
    const outputs = await decoder.run({ batch: 1, length: ids.length, tokens: { ids } });
    const expected = loopDecoder(TINY, weights, embed(TINY, weights, ids));
    expectClose(await takeFloats(outputs.logits), expected.logits.flat());
    expectClose(await takeFloats(outputs.hiddenStates), expected.hidden.flat());
    expect(outputs.attentions).toHaveLength(TINY.layers);
    for (const [layer, attention] of outputs.attentions.entries()) {
      expect(attention.dims).toEqual([1, TINY.heads, ids.length, ids.length]);
      expectClose(await takeFloats(attention), expected.attentions[layer]!.flat(2));
    }
  });

  it('accepts embeddings in place of IDs', async () => {
    const decoder = await open({ input: 'embeddings', outputs: ['logits'], cache: false });
    const random = seeded(3);
    const rows = Array.from({ length: 5 }, () => Array.from({ length: TINY.hidden }, () => Math.fround(random() - 0.5)));
    const outputs = await decoder.run({ batch: 1, length: 5, tokens: { embeddings: Float32Array.from(rows.flat()) } });
    expectClose(await takeFloats(outputs.logits), loopDecoder(TINY, weights, rows).logits.flat());
  });

  it('ignores padding on the right and, since RoPE is relative, on the left', async () => {
    const decoder = await open({ input: 'ids', outputs: ['logits'], cache: false });
    const short = ids.slice(0, 4);
    const padding = new Array<number>(ids.length - short.length).fill(TINY.padId);
    const tokens = { ids: [...short, ...padding, ...padding, ...short] };
    const mask = tokens.ids.map((id) => (id === TINY.padId ? 0 : 1));
    const logits = await takeFloats((await decoder.run({ batch: 2, length: ids.length, tokens, mask })).logits);
    const expected = loopDecoder(TINY, weights, embed(TINY, weights, short)).logits.flat();
    expectClose(logits.subarray(0, expected.length), expected);
    expectClose(logits.subarray(-expected.length), expected);
    expect(logits.every(Number.isFinite)).toBe(true);
  });

  it('continues from its key-value cache, several tokens at once', async () => {
    const decoder = await open({ input: 'ids', outputs: ['logits'], cache: true });
    const first = await decoder.run({ batch: 1, length: 6, tokens: { ids: ids.slice(0, 6) } });
    expect(first.cache?.length).toBe(6);
    const second = await decoder.run({ batch: 1, length: 4, tokens: { ids: ids.slice(6) }, past: first.cache! });
    const expected = loopDecoder(TINY, weights, embed(TINY, weights, ids)).logits;
    expectClose(await takeFloats(second.logits), expected.slice(6).flat());
  });

  it('refuses rows past its positions and outputs it was not built with', async () => {
    const decoder = await open({ input: 'ids', outputs: ['hidden_states'], cache: false, positions: 8 });
    await expect(decoder.run({ batch: 1, length: 9, tokens: { ids: ids.slice(0, 9) } })).rejects.toThrow(RangeError);
    const outputs = await decoder.run({ batch: 1, length: 8, tokens: { ids: ids.slice(0, 8) } });
    await expect(takeFloats(outputs.logits)).rejects.toThrow(/without this output/);
  });
});

describe('generation', () => {
  it('gives the same tokens with and without a cache, from IDs and from embeddings', async () => {
    const options = { outputs: ['logits'] } as const;
    const prompt = { ids: [20, 3, 14] };
    const rows = Float32Array.from(embed(TINY, weights, prompt.ids).flat());
    const heard: number[] = [];
    const cached = await generate(await open({ ...options, input: 'ids', cache: true }), prompt, {
      maxTokens: 12,
      onToken: (id) => heard.push(id),
    });
    const uncached = await generate(await open({ ...options, input: 'ids', cache: false }), prompt, { maxTokens: 12 });
    const embedded = await generate(
      await open({ ...options, input: 'embeddings', cache: true }),
      { rows, embed: (more) => Promise.resolve(Float32Array.from(embed(TINY, weights, more).flat())) },
      { maxTokens: 12 },
    );
    expect(cached.length).toBeGreaterThan(3);
    expect(heard).toEqual(cached);
    expect(uncached).toEqual(cached);
    expect(embedded).toEqual(cached);
  });

  it('stops at any of the model’s end tokens', async () => {
    const options = { input: 'ids', outputs: ['logits'], cache: true } as const;
    const prompt = { ids: [20, 3, 14] };
    const tokens = await generate(await open(options), prompt, { maxTokens: 12 });
    const config = { ...TINY, endIds: [TINY.eosId, tokens[3]!] };
    const decoder = await openDecoder({ ...model, config }, options, WASM);
    opened.push(decoder);
    expect(await generate(decoder, prompt, { maxTokens: 12 })).toEqual(tokens.slice(0, tokens.indexOf(tokens[3]!)));
  });

  it('stops at the last position, and when aborted', async () => {
    const decoder = await open({ input: 'ids', outputs: ['logits'], cache: true, positions: 6 });
    const sampling = { topK: 0, topP: 1, temperature: 1e3, random: () => 0.5 };
    expect(await generate(decoder, { ids: [20, 3] }, { maxTokens: 50, sampling })).toHaveLength(5);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(generate(decoder, { ids: [20] }, { maxTokens: 5, signal })).rejects.toThrow('enough');
    await expect(generate(decoder, { ids: [] }, { maxTokens: 5 })).rejects.toThrow(RangeError);
  });
});

describe('the certificate', () => {
  it('passes float64 logits and fails wrong ones', async () => {
    const decoder = await open({ input: 'ids', outputs: ['logits'], cache: true });
    const theirs = await referenceLogits(decoder, ids);
    const ours = Float32Array.from(loopDecoder(TINY, weights, embed(TINY, weights, ids)).logits.flat());
    const certificate = compareLogits(ours, theirs, 'wasm', ids.length);
    expect(certificate).toMatchObject({ passed: true, tolerance: 1e-3, provider: 'wasm', tokens: ids.length });
    expect(certificate.maxRelative).toBeLessThan(1e-5);
    ours[4]! += 1;
    expect(compareLogits(ours, theirs, 'wasm', ids.length).passed).toBe(false);
  });
});

describe('features on ONNX Runtime', () => {
  it('are the means of each row’s last hidden states', async () => {
    const decoder = await open({ input: 'ids', outputs: ['hidden_states'], cache: false });
    const random = seeded(11);
    const rows = Array.from({ length: 70 }, (_, i) => Array.from({ length: 1 + (i % 9) }, () => Math.floor(random() * 20)));
    const progress: number[] = [];
    const features = await ortFeatures(decoder)(rows, (done) => progress.push(done));
    const expected = rows.map((row) => {
      const { hidden } = loopDecoder(TINY, weights, embed(TINY, weights, row));
      return Array.from({ length: TINY.hidden }, (_, d) => hidden.reduce((sum, state) => sum + state[d]!, 0) / row.length);
    });
    expectClose(features, expected.flat());
    expect(progress).toEqual([64, 70]);
  });
});
