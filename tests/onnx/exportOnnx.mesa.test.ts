/** Exported folders are loaded from disk by transformers.js itself, on its native runtime. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AutoModelForCausalLM, AutoTokenizer, env, pipeline, Tensor } from '@huggingface/transformers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { relativeError } from '../../src/engine/fixture';
import { referenceLogits } from '../../src/model/certificate';
import type { DecoderConfig, DecoderWeights } from '../../src/model/decoderConfig';
import { wholeWeights } from '../../src/model/decoderTensors';
import { exportOnnx } from '../../src/model/exportOnnx';
import type { ModelExport } from '../../src/model/exportedFolder';
import { generate } from '../../src/model/generate';
import { configureOrt, openDecoder } from '../../src/model/ortSession';
import { heldWeights, type WeightSource } from '../../src/model/weightSource';
import { memorySource } from '../../src/testing/tinyModel';
import { FIXTURE_MODELS, fixtureModel, mergeAdapter, randomAdapter } from '../../src/testing/fixtureModels';
import { loadWordnet, wordnetSource } from '../../src/testing/wordnetModel';

const folder = mkdtempSync(path.join(tmpdir(), 'karma-onnx-'));
beforeAll(() => {
  configureOrt();
  env.allowRemoteModels = false;
  env.localModelPath = folder;
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Writes the folder; returns the names of its files. */
async function write(name: string, request: ModelExport, most?: number): Promise<string[]> {
  const files = await exportOnnx(request, most);
  for (const { path: file, pieces } of files) {
    const where = path.join(folder, name, file);
    mkdirSync(path.dirname(where), { recursive: true });
    writeFileSync(where, Buffer.concat([...(pieces as Iterable<Uint8Array>)]));
  }
  return files.map(({ path: file }) => file);
}

/** Greedy tokens after the prompt from transformers.js, and its logits for the prompt. */
async function theirs(
  name: string,
  prompt: readonly number[],
  count: number,
): Promise<{ readonly tokens: number[]; readonly logits: Float32Array }> {
  const model = await AutoModelForCausalLM.from_pretrained(name);
  const input_ids = new Tensor('int64', BigInt64Array.from(prompt, BigInt), [1, prompt.length]);
  const attention_mask = new Tensor('int64', new BigInt64Array(prompt.length).fill(1n), [1, prompt.length]);
  const { logits } = (await model({ input_ids, attention_mask })) as { logits: Tensor };
  const output = await model.generate({ input_ids, attention_mask, max_new_tokens: count, do_sample: false });
  const tokens = [...((output as Tensor).data as BigInt64Array)].slice(prompt.length).map(Number);
  const numbers = Float32Array.from(logits.data as Float32Array);
  await model.dispose();
  return { tokens, logits: numbers };
}

/** The same from us, without the end token. */
async function ours(
  model: { config: DecoderConfig; weights: DecoderWeights | WeightSource },
  ids: readonly number[],
  count: number,
): Promise<{ readonly tokens: number[]; readonly logits: Float32Array }> {
  const decoder = await openDecoder(model, { input: 'ids', outputs: ['logits'], cache: true }, { name: 'wasm' });
  const tokens = await generate(decoder, { ids }, { maxTokens: count });
  const logits = await referenceLogits(decoder, ids);
  await decoder.release();
  return { tokens, logits };
}

describe.each(FIXTURE_MODELS)('%s', (name) => {
  it('continues in transformers.js as with us, base and merged', async () => {
    const { json: configJson, config, weights } = await fixtureModel(name);
    const source = memorySource({ 'config.json': configJson, 'tokenizer.json': {} });
    const told: Float32Array[] = [];
    for (const seed of [null, 1, 2]) {
      const adapter = seed === null ? null : randomAdapter(config, { seed });
      const id = `${name}-${seed ?? 'base'}`;
      const model = { id, hash: 'none', config, weights: heldWeights(weights) };
      const files = await write(id, { model, source, adapter, title: id });
      expect(files).toContain('onnx/model.onnx');
      const prompt = [config.bosId, 14, 15, 9, 26, 5];
      const merged = adapter === null ? weights : await mergeAdapter(config, weights, adapter);
      const mine = await ours({ config, weights: merged }, prompt, 16);
      const their = await theirs(id, prompt, 16);
      expect(their.tokens.slice(0, mine.tokens.length)).toEqual(mine.tokens);
      const end = their.tokens.slice(mine.tokens.length);
      if (mine.tokens.length === 16) expect(end).toEqual([]);
      else expect(end).toEqual([expect.toBeOneOf([...config.endIds])]);
      expect(relativeError(their.logits, mine.logits)).toBeLessThan(1e-4);
      told.push(mine.logits);
    }
    expect(relativeError(told[1]!, told[0]!)).toBeGreaterThan(0.01);
    expect(relativeError(told[2]!, told[1]!)).toBeGreaterThan(0.01);
  });
});

describe('wordnet-1m', () => {
  it('works as a pipeline that reads and writes text, with rows of different lengths together', async () => {
    const model = await loadWordnet();
    await write('wordnet', { model, source: wordnetSource, adapter: null, title: 'Base model' });
    const generator = await pipeline('text-generation', 'wordnet');
    const options = { max_new_tokens: 12, do_sample: false, return_full_text: false };
    const prompts = ['red wine: a wine', 'a kind of red wine that is'];
    const together = (await generator(prompts, options)) as { generated_text: string }[][];
    const texts = together.map(([first]) => first!.generated_text);
    for (const [i, prompt] of prompts.entries()) {
      const ids = model.tokenizer.encode(prompt);
      expect(texts[i]).toBe(model.tokenizer.decode((await ours(model, ids, 12)).tokens));
    }
    const tokenizer = await AutoTokenizer.from_pretrained('wordnet');
    expect(tokenizer.encode(prompts[0]!, { add_special_tokens: false })).toEqual(model.tokenizer.encode(prompts[0]!));
    await generator.dispose();
  });

  it('loads from weights in several separate files', async () => {
    const model = await loadWordnet();
    const adapter = randomAdapter(model.config, { scale: 0.3 });
    const files = await write('split', { model, source: wordnetSource, adapter, title: 'Merged' }, 3_000_000);
    expect(files.filter((file) => file.startsWith('onnx/'))).toEqual([
      'onnx/model.onnx',
      'onnx/model.onnx_data',
      'onnx/model.onnx_data_1',
    ]);
    const prompt = [model.config.bosId, ...model.tokenizer.encode('red wine: a wine')];
    const weights = await mergeAdapter(model.config, await wholeWeights(model.weights, model.config), adapter);
    expect((await theirs('split', prompt, 12)).tokens).toEqual((await ours({ ...model, weights }, prompt, 12)).tokens);
  });
});
