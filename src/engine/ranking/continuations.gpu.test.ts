/**
 * Greedy continuations of the embedded model against ONNX Runtime's, and their probabilities against the loss
 * kernels'.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadWordnet } from '../../testing/wordnetModel';
import type { LoadedModel } from '../../model/loadedModel';
import { generate } from '../../model/generate';
import { configureOrt, openDecoder } from '../../model/ortSession';
import { EMBEDDED_MODEL, runSpecSchema } from '../../recipe/runSpec';
import { promptsOf } from '../../recipe/prompts';
import { mean } from '../../statistics/statistics';
import { sharedGpu } from '../../testing/sharedGpu';
import type { Arm } from '../arm';
import { embeddingStatistics } from '../decoder/embeddingStatistics';
import { Engine } from '../engine';
import { initialParameters } from '../parameters';
import { Evaluator } from './evaluator';

const TOKENS = 8;
const spec = runSpecSchema.parse({
  version: 1,
  objective: { embeddingSize: 16, maxHistory: 12, maxTextTokens: 20 },
  training: { batchSize: 4 },
  evaluation: { prompts: 'auto' },
});

let model: LoadedModel;
let engine: Engine;
let arm: Arm;
let evaluator: Evaluator;
let prompts: number[][];
beforeAll(async () => {
  configureOrt();
  model = await loadWordnet();
  const table = new Float32Array(8 * model.config.hidden);
  engine = await Engine.create(await sharedGpu(), {
    config: model.config,
    weights: model.weights,
    features: { hidden: table, title: table },
    items: 8,
    titleTokens: [],
    spec,
    maxExposed: 0,
    maxQueryTokens: 0,
  });
  const begin = initialParameters(engine.layout, model.config, await embeddingStatistics(model.weights, model.config), spec);
  arm = engine.createArm(spec.arms[0]!, begin);
  // Room for two sequences at a time, so that three prompts are two groups.
  evaluator = new Evaluator(engine, 2, 8);
  prompts = promptsOf({ ...spec, model: { ...spec.model, id: EMBEDDED_MODEL } }).map((prompt) => model.tokenizer.encode(prompt));
});
afterAll(() => {
  engine.destroy();
});

it('writes what ONNX Runtime writes', async () => {
  const written = await evaluator.continuations.write(arm, prompts, TOKENS);
  expect(written).toHaveLength(3);
  const decoder = await openDecoder(model, { input: 'ids', outputs: ['logits'], cache: true }, { name: 'wasm' });
  try {
    for (const [index, prompt] of prompts.entries()) {
      const theirs = await generate(decoder, { ids: [model.config.bosId, ...prompt] }, { maxTokens: TOKENS });
      expect(written[index]!.map(({ token }) => token)).toEqual(theirs);
    }
  } finally {
    await decoder.release();
  }
});

it('gives a greedy continuation the loss that follows from its probabilities', async () => {
  const written = await evaluator.continuations.write(arm, prompts, TOKENS);
  const own = written.map((tokens) => tokens.map(({ token }) => token));
  const continued = prompts.map((prompt, index) => ({ prompt, continuation: own[index]! }));
  // Any other last token is less likely than the greedy one.
  const other = continued.map(({ prompt, continuation }) => ({
    prompt,
    continuation: [...continuation.slice(0, -1), continuation.at(-1)! + 1],
  }));
  // More than fit a pass.
  const nlls = await evaluator.continuations.nll(arm, [{ prompt: prompts[0]!, continuation: [] }, ...continued, ...other]);
  expect(nlls).toHaveLength(7);
  expect(nlls[0]).toBe(0);
  written.forEach((tokens, index) => {
    expect(nlls[1 + index]).toBeCloseTo(mean(tokens.map(({ probability }) => -Math.log(probability))), 4);
    expect(nlls[4 + index]).toBeGreaterThan(nlls[1 + index]!);
  });
});

it('refuses sequences longer than a pass', async () => {
  const long = new Array<number>(evaluator.continuations.longest + 5).fill(5);
  await expect(evaluator.continuations.write(arm, [long], 1)).rejects.toThrow(RangeError);
});
