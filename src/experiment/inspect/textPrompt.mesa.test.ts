/** Prompts on ONNX Runtime against the engine: the same history gives the same interest embedding. */
import { beforeAll, expect, it } from 'vitest';
import { Engine } from '../../engine/engine';
import { Evaluator } from '../../engine/ranking/evaluator';
import { flatParameters, relativeError } from '../../engine/fixture';
import { loadFixture } from '../../testing/loadFixture';
import { layOutParameters } from '../../engine/parameters';
import { loraOf, trainedParameter, type TrainedArm } from '../../engine/trainedArm';
import type { Gpu } from '../../gpu/device';
import { sharedGpu } from '../../testing/sharedGpu';
import { generate } from '../../model/generate';
import { configureOrt, openDecoder, takeFloats } from '../../model/ortSession';
import { historyPrompt, itemBeginning, vocabularyRows } from './textPrompt';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await sharedGpu();
  configureOrt();
});

const CASES = [
  'even-token-karma-hide',
  'even-text-karma-upper',
  'even-token-rec-title',
  'odd-token-rec-hidden',
  'even-token-karma-id-in',
  'odd-token-rec-title-hidden-id-in',
];

it.each(CASES)('%s', async (name) => {
  const given = await loadFixture(name);
  const { config, weights, features, titleTokens, spec } = given.inputs;
  const layout = layOutParameters(config, spec, { items: given.inputs.items });
  const arm: TrainedArm = { spec: given.arm, step: 1, layout, flat: flatParameters(given, 'param', layout) };
  const engine = await Engine.create(gpu, given.inputs);
  const evaluator = new Evaluator(engine, given.batch.length, 1);
  const expected = await evaluator.interestOf(engine.createArm(given.arm, arm.flat), given.batch);
  engine.destroy();

  const lora = loraOf(arm);
  const options = { cache: true, lastOnly: true, lora: { scale: lora.scale, places: lora.pairs } } as const;
  const decoder = await openDecoder(
    { config, weights },
    { input: 'embeddings', outputs: ['hidden_states', 'logits'], ...options },
    { name: 'wasm' },
  );
  const adapter = decoder.adapter(lora);
  const e = spec.objective.embeddingSize;
  const head = trainedParameter(arm, 'w_o').data;
  for (const [index, example] of given.batch.entries()) {
    const { rows, hide } = await historyPrompt(
      { config, weights },
      { features, titleTokens, objective: spec.objective },
      example,
      arm,
    );
    const length = rows.length / config.hidden;
    const outputs = await decoder.run({ batch: 1, length, tokens: { embeddings: rows }, adapter });
    outputs.cache?.dispose();
    const hidden = await takeFloats(outputs.hiddenStates);
    const h = Float64Array.from({ length: e }, (_, row) =>
      hidden.reduce((sum, value, d) => sum + value * head[row * config.hidden + d]!, 0),
    );
    const norm = spec.objective.similarity === 'cosine' ? Math.hypot(...h) : 1;
    const ours = Float32Array.from(h, (value) => value / norm);
    expect(relativeError(ours, expected.subarray(index * e, (index + 1) * e))).toBeLessThan(1e-4);
    const embed = (ids: readonly number[]) => vocabularyRows({ config, weights }, ids);
    const prompt = { rows, embed, hide };
    expect((await generate(decoder, prompt, { maxTokens: 4, adapter })).length).toBeLessThanOrEqual(4);
  }
  adapter.dispose();
  await decoder.release();
});

it('starts an item as its template does', () => {
  expect(itemBeginning('teacup', '{title}: {description}.')).toBe('teacup:');
  expect(itemBeginning('teacup', '{title}')).toBe('teacup');
  expect(itemBeginning('teacup', 'A {title} is {description}')).toBe('A teacup is');
  expect(itemBeginning('teacup', '{description}')).toBe('teacup');
});
