/** A caller's own loss, both ways, against the engine's; and what the library refuses. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { smallLog } from '../testing/smallExperiment';
import { createLora, createRecommender, exportPeft, generate, loadModel, openDevice, readLog, trainStep } from '.';
import type { Device, Log, LossFunction, LossKernels, Losses, Model, RecommenderOptions } from '.';

let device: Device;
let model: Model;
let log: Log;
beforeAll(async () => {
  device = await openDevice();
  model = await loadModel(path.resolve('public/models/wordnet-1m'));
  log = await readLog(new File([smallLog()], 'small.csv'));
});
afterAll(() => {
  device.close();
});

const TEXT = readFileSync('docs/method.md', 'utf8').slice(0, 4000);

/** Cross-entropy, as the engine's next-token loss. */
const onCpu: LossFunction = ({ x, targets, rows, columns }) => {
  const gradient = new Float32Array(x.length);
  let loss = 0;
  for (let row = 0; row < rows; row++) {
    const scores = x.subarray(row * columns, (row + 1) * columns);
    const largest = scores.reduce((most, score) => Math.max(most, score), -Infinity);
    const sum = scores.reduce((total, score) => total + Math.exp(score - largest), 0);
    loss += (largest + Math.log(sum) - scores[targets[row]!]!) / rows;
    scores.forEach((score, column) => {
      const share = Math.exp(score - largest) / sum;
      gradient[row * columns + column] = (share - Number(column === targets[row])) / rows;
    });
  }
  return { loss, gradient };
};

const SUM = `fn sums(row: u32) -> vec2f {
  var most = -1e30;
  for (var c = 0u; c < params.columns; c++) { most = max(most, x[row * params.stride + c]); }
  var sum = 0.0;
  for (var c = 0u; c < params.columns; c++) { sum += exp(x[row * params.stride + c] - most); }
  return vec2f(most, sum);
}`;
const kernel = (body: string): string => `${SUM}
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.x;
  if (row >= params.rows) { return; }
  let first = row * params.stride;
  let s = sums(row);
  ${body}
}`;
const onGpu: LossKernels = {
  loss: kernel('y[row] = s.x + log(s.y) - x[first + targets[row]];'),
  gradient: kernel(`for (var c = 0u; c < params.columns; c++) {
    y[first + c] = params.scale * (exp(x[first + c] - s.x) / s.y - select(0.0, 1.0, c == targets[row]));
  }`),
};

async function textSteps(loss?: LossFunction | LossKernels): Promise<Losses[]> {
  const lora = await createLora(device, model, {
    ...{ texts: [TEXT], length: 12, batchSize: 3, rank: 4, learningRate: 5e-3, warmupSteps: 0, seed: 2 },
    ...(loss && { loss }),
  });
  const steps = [await trainStep(lora), await trainStep(lora), await trainStep(lora)];
  lora.destroy();
  return steps;
}

it('trains on text with a loss of the caller’s as with its own', async () => {
  const usual = await textSteps();
  for (const loss of [onCpu, onGpu]) {
    const own = await textSteps(loss);
    own.forEach(({ total, gradNorm }, step) => {
      expect(total).toBeCloseTo(usual[step]!.total, 4);
      expect(Math.abs(gradNorm / usual[step]!.gradNorm - 1)).toBeLessThan(1e-3);
    });
  }
});

async function recommenderSteps(options: RecommenderOptions): Promise<Losses[]> {
  const recipe = { objective: { maxHistory: 4, maxTextTokens: 8 }, training: { accumulate: 2 } };
  const made = await createRecommender(device, model, log, { batchSize: 4, steps: 4, rec: 0.3, recipe, ...options });
  const steps = [await trainStep(made), await trainStep(made)];
  made.destroy();
  return steps;
}

it('adds a loss on h to those of a recommender, the same on the CPU and as kernels', async () => {
  const shrink: LossFunction = ({ x, rows }) => ({
    loss: x.reduce((sum, value) => sum + (0.5 * value * value) / rows, 0),
    gradient: x.map((value) => value / rows),
  });
  const loop = (body: string): string => `@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
    if (id.x >= params.rows) { return; }
    for (var c = id.x * params.stride; c < id.x * params.stride + params.columns; c++) { ${body} }
  }`;
  const kernels = { loss: loop('y[id.x] = 0.5;'), gradient: loop('y[c] = params.scale * x[c];') };
  const [none] = await recommenderSteps({});
  // h is normalised: its own loss is ½ and, as its gradient is along h, changes no step.
  for (const loss of [shrink, kernels]) {
    const [first, second] = await recommenderSteps({ own: { loss, weight: 2 } });
    expect(first!.own).toBeCloseTo(0.5, 5);
    expect(first!.total).toBeCloseTo(none!.total + 2 * first!.own!, 4);
    expect(first!.gen).toBeNull();
    expect(second!.own).toBeCloseTo(0.5, 5);
  }
  // Along one axis it has an effect.
  const push: LossFunction = ({ x, rows, columns }) => {
    const first = x.filter((_, at) => at % columns === 0);
    return {
      loss: first.reduce((sum, value) => sum + value, 0) / rows,
      gradient: x.map((_, at) => (at % columns === 0 ? 1 / rows : 0)),
    };
  };
  const pushed = await recommenderSteps({ own: { loss: push, weight: 50 }, learningRate: 5e-2, warmupSteps: 0 });
  expect(pushed[1]!.own).toBeLessThan(pushed[0]!.own!);
});

it('says what is wrong with a loss, a text and a handle', async () => {
  await expect(textSteps(() => ({ loss: NaN, gradient: new Float32Array(0) }))).rejects.toThrow('finite');
  await expect(textSteps(() => ({ loss: 1, gradient: new Float32Array(3) }))).rejects.toThrow('gradient of 3 numbers');
  await expect(createLora(device, model, { texts: ['short'], length: 64 })).rejects.toThrow('fewer than a window');
  await expect(createLora(device, {} as Model, { texts: [TEXT] })).rejects.toThrow('no model');
});

it('draws text by its seed, and exports what PEFT reads', async () => {
  const lora = await createLora(device, model, { texts: [TEXT], length: 32, batchSize: 2 });
  const drawn = (seed: number): Promise<string> => generate(lora, 'a bird', { temperature: 1, topK: 50, maxTokens: 8, seed });
  expect(await drawn(1)).toBe(await drawn(1));
  expect(await drawn(1)).not.toBe(await drawn(2));
  const files = await exportPeft(lora);
  expect(files.map(({ name }) => name)).toEqual(['adapter_config.json', 'adapter_model.safetensors']);
  lora.destroy();
});
