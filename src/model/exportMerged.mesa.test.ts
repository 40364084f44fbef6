/** Exported folders are loaded by transformers, in Python. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tensorSource, relativeError } from '../engine/fixture';
import { FIXTURE_MODELS, fixtureModel, mergeAdapter, randomAdapter } from '../testing/fixtureModels';
import { hasModules, runPython } from '../testing/python';
import { memorySource } from '../testing/tinyModel';
import { referenceLogits } from './certificate';
import { readWeights } from './decoderTensors';
import { exportMerged } from './exportMerged';
import { configureOrt, openDecoder } from './ortSession';
import { parseSafetensors, readFloatTensor } from './safetensors';
import { heldWeights } from './weightSource';

const hasTransformers = await hasModules('torch', 'transformers');
const PROMPT = [1, 14, 15, 9, 26, 5];

const folder = mkdtempSync(path.join(tmpdir(), 'karma-merged-'));
beforeAll(() => {
  configureOrt();
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** A model with an adapter merged, as files by name, and its weights. */
async function merged(name: string) {
  const { json: configJson, config, weights } = await fixtureModel(name);
  const adapter = randomAdapter(config, { seed: 3 });
  const model = { id: `local:${name}`, hash: 'ab', config, weights: heldWeights(weights) };
  // A narrower type of the original must not be kept.
  const source = memorySource({ 'config.json': { ...configJson, torch_dtype: 'bfloat16' }, 'tokenizer.json': {} });
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const { path: file, pieces } of await exportMerged({ model, source, adapter, title: name })) {
    const parts: Uint8Array[] = [];
    // A piece may be a view of memory that the next one changes.
    for await (const piece of pieces) parts.push(piece.slice());
    files.set(file, Uint8Array.from(Buffer.concat(parts)));
  }
  return { config, files, expected: await mergeAdapter(config, weights, adapter) };
}

it.each(FIXTURE_MODELS)('%s is written with every tensor of its checkpoint, a piece at a time', async (name) => {
  const { config, files, expected } = await merged(name);
  const file = parseSafetensors(files.get('model.safetensors')!, 'model.safetensors');
  expect(file.metadata).toEqual({ format: 'pt', base_model: name, base_hash: 'ab', title: name });
  const read = await readWeights(tensorSource(file), config);
  expect(relativeError(read.embedding, expected.embedding)).toBe(0);
  for (const [layer, block] of expected.blocks.entries()) {
    for (const [role, values] of Object.entries(block))
      expect(relativeError(read.blocks[layer]![role as keyof typeof block]!, values), `${layer}.${role}`).toBeLessThan(1e-6);
  }
});

it('is loaded by transformers, with the same logits in every family', async ({ skip }) => {
  skip(!hasTransformers, 'Python has no transformers');
  const models: Record<string, { model: string }> = {};
  const expected = new Map<string, Float32Array>();
  for (const name of FIXTURE_MODELS) {
    const { config, files, expected: weights } = await merged(name);
    const where = mkdtempSync(path.join(folder, `${name}-`));
    for (const [file, bytes] of files) writeFileSync(path.join(where, file), bytes);
    models[name] = { model: path.basename(where) };
    const decoder = await openDecoder({ config, weights }, { input: 'ids', outputs: ['logits'], cache: false }, { name: 'wasm' });
    expected.set(name, await referenceLogits(decoder, PROMPT));
    await decoder.release();
  }
  writeFileSync(path.join(folder, 'questions.json'), JSON.stringify({ logits: { models, prompts: [PROMPT] } }));
  const run = await runPython('oracle.verify_llm', [folder]);
  expect(run.stderr).toBe('');
  expect(JSON.parse(readFileSync(path.join(folder, 'answers.json'), 'utf8'))).toEqual({
    logits: { problems: {} },
    problems: {},
  });
  const bytes = Uint8Array.from(readFileSync(path.join(folder, 'answers.safetensors')));
  const answers = parseSafetensors(bytes, 'answers.safetensors');
  for (const [name, logits] of expected) {
    const tensor = `logits.${name}.0`;
    const theirs = readFloatTensor(answers, tensor, answers.tensors.get(tensor)!.shape);
    expect(relativeError(logits, theirs), name).toBeLessThan(1e-5);
  }
});
