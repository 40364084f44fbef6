/**
 * A catalogue of 200,000 items on a device with default limits: the full loss, its gradients and the ranking
 * against float64 loops.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gpu } from '../../gpu/device';
import { sharedGpu } from '../../testing/sharedGpu';
import { checkCatalogue, checkParameters } from './catalogueTensors';
import { Engine } from '../engine';
import type { FilledInputs } from '../engineInputs';
import { Evaluator } from './evaluator';
import { relativeError } from '../fixture';
import { loadFixture } from '../../testing/loadFixture';
import { floats, integers, openPlainGpu } from '../../testing/kernelBench';
import { embeddingStatistics } from '../decoder/embeddingStatistics';
import { initialParameters, layOutParameters, slotOf } from '../parameters';
import { tileOf } from '../losses/scoredLoss';
import type { EncodedExample } from '../decoder/sequence';
import { runSpecSchema } from '../../recipe/runSpec';

const ITEMS = 200_000;
const SIZE = 16;
const USERS = 9;
const LISTED = 200;
const TOLERANCE = 1e-4;
const DEFAULT_LIMITS = { maxBufferSize: 2 ** 28, maxStorageBufferBindingSize: 2 ** 27 };

let gpu: Gpu;
let plain: Gpu;
beforeAll(async () => {
  gpu = await sharedGpu();
  plain = await openPlainGpu(gpu);
});
afterAll(() => {
  plain.device.destroy();
});

async function largeInputs(): Promise<{ readonly inputs: FilledInputs; readonly batch: readonly EncodedExample[] }> {
  const { inputs } = await loadFixture('even-token-action');
  const { hidden } = inputs.config;
  const { objective, training } = inputs.spec;
  const features = { hidden: floats(ITEMS * hidden, 1), title: floats(ITEMS * hidden, 2, 0.1) };
  // Two copies of the first target, which tie with it.
  for (const copy of [5, 199_999]) features.hidden.copyWithin(copy * hidden, 7 * hidden, 8 * hidden);
  const spec = {
    ...inputs.spec,
    objective: {
      ...objective,
      actionLoss: 'full' as const,
      positions: 'last' as const,
      embeddingSize: SIZE,
      itemOutput: 'content+id' as const,
    },
    training: { ...training, batchSize: USERS },
  };
  const targets = integers(USERS, 3, ITEMS).fill(7, 0, 1);
  const batch = Array.from(targets, (target, user) => {
    return { history: [...integers(3, 10 + user, ITEMS)], target, query: [], text: [2], exposed: [] };
  });
  return { inputs: { ...inputs, features, items: ITEMS, titleTokens: [], spec }, batch };
}

/** e_i = W_e·x_i + z_i normalised, [items, e], and ‖W_e·x_i + z_i‖. */
function itemEmbeddings(
  weights: Float32Array,
  features: Float32Array,
  z: Float32Array,
): { readonly e: Float64Array; readonly norms: Float64Array } {
  const hidden = features.length / ITEMS;
  const e = new Float64Array(ITEMS * SIZE);
  const norms = new Float64Array(ITEMS);
  for (let item = 0; item < ITEMS; item++) {
    let squares = 0;
    for (let c = 0; c < SIZE; c++) {
      let sum = z[item * SIZE + c]!;
      for (let k = 0; k < hidden; k++) sum += weights[c * hidden + k]! * features[item * hidden + k]!;
      e[item * SIZE + c] = sum;
      squares += sum * sum;
    }
    norms[item] = Math.sqrt(squares);
    for (let c = 0; c < SIZE; c++) e[item * SIZE + c]! /= norms[item]!;
  }
  return { e, norms };
}

/** Cosines of all users with all items: [users, items]. */
function cosines(interest: Float32Array, e: Float64Array): Float64Array[] {
  return Array.from({ length: USERS }, (_, user) => {
    const row = new Float64Array(ITEMS);
    for (let i = 0; i < ITEMS * SIZE; i++) row[Math.floor(i / SIZE)]! += interest[user * SIZE + (i % SIZE)]! * e[i]!;
    return row;
  });
}

describe('a catalogue of 200,000 items', () => {
  it('trains and ranks on a device with default limits', async () => {
    const { inputs, batch } = await largeInputs();
    const { features, config, spec } = inputs;
    plain.device.pushErrorScope('validation');
    const engine = await Engine.create(plain, inputs);
    const evaluator = new Evaluator(engine, 1, 5);
    const { arm: armSpec } = await loadFixture('even-token-action');
    const initial = initialParameters(engine.layout, config, await embeddingStatistics(inputs.weights, config), {
      seed: 4,
      objective: spec.objective,
    });
    const free = floats(ITEMS * SIZE, 5, 0.5);
    // The copies also have the target's free embedding.
    for (const copy of [5, 199_999]) free.copyWithin(copy * SIZE, 7 * SIZE, 8 * SIZE);
    initial.set(free, slotOf(engine.layout, 'z').offset);
    const arm = engine.createArm(armSpec, initial);
    const report = await engine.trainStep(arm, batch, { update: false });
    const gradients = await engine.readGradients();
    const masked = batch.map(({ history }) => [...history, 11]);
    const ranking = await evaluator.rank(arm, batch, masked, { listed: LISTED });
    expect(await plain.device.popErrorScope()).toBeNull();
    engine.destroy();

    const slice = (flat: Float32Array, name: string): Float32Array => {
      const { offset, rows, columns } = slotOf(engine.layout, name);
      return flat.subarray(offset, offset + rows * columns);
    };
    const { e, norms } = itemEmbeddings(slice(initial, 'w_e'), features.hidden, free);
    expect(relativeError(ranking.items, Float32Array.from(e))).toBeLessThan(TOLERANCE);
    const cosine = cosines(ranking.interest, e);
    const scale = 1 / spec.objective.temperature;

    let loss = 0;
    let dScale = 0;
    const de = new Float64Array(ITEMS * SIZE);
    cosine.forEach((row, user) => {
      const { target } = batch[user]!;
      const sum = row.reduce((all, value) => all + Math.exp(scale * value), 0);
      loss += (Math.log(sum) - scale * row[target]!) / USERS;
      row.forEach((value, item) => {
        const g = ((Math.exp(scale * value) / sum - Number(item === target)) * scale) / USERS;
        dScale += g * value;
        for (let c = 0; c < SIZE; c++) de[item * SIZE + c]! += g * ranking.interest[user * SIZE + c]!;
      });
    });
    expect(Math.abs(report.action - loss) / loss).toBeLessThan(TOLERANCE);
    expect(Math.abs(slice(gradients, 'log_scale')[0]! - dScale) / Math.abs(dScale)).toBeLessThan(TOLERANCE);

    const { hidden } = config;
    const dFree = new Float64Array(ITEMS * SIZE);
    const dWeights = new Float64Array(SIZE * hidden);
    for (let item = 0; item < ITEMS; item++) {
      let along = 0;
      for (let i = item * SIZE; i < (item + 1) * SIZE; i++) along += e[i]! * de[i]!;
      for (let c = 0; c < SIZE; c++) {
        const g = (de[item * SIZE + c]! - e[item * SIZE + c]! * along) / norms[item]!;
        dFree[item * SIZE + c] = g;
        for (let k = 0; k < hidden; k++) dWeights[c * hidden + k]! += g * features.hidden[item * hidden + k]!;
      }
    }
    expect(relativeError(slice(gradients, 'w_e'), Float32Array.from(dWeights))).toBeLessThan(TOLERANCE);
    expect(relativeError(slice(gradients, 'z'), Float32Array.from(dFree))).toBeLessThan(TOLERANCE);

    cosine.forEach((row, user) => {
      const { target } = batch[user]!;
      const left = new Set([target, ...masked[user]!]);
      const beyond = (margin: number): number =>
        row.filter((value, item) => !left.has(item) && value > row[target]! + margin).length;
      // Scores that f32 cannot distinguish from the target's may count or not.
      expect(ranking.above[user]).toBeGreaterThanOrEqual(beyond(1e-6));
      expect(ranking.above[user]).toBeLessThanOrEqual(beyond(-1e-6));
    });
    expect(ranking.equal[0]).toBeGreaterThanOrEqual(2);

    cosine.forEach((row, user) => {
      const { target } = batch[user]!;
      const left = new Set(masked[user]!.filter((item) => item !== target));
      const listed = [...ranking.top.subarray(user * LISTED, (user + 1) * LISTED)];
      expect(new Set(listed).size).toBe(LISTED);
      for (const item of left) expect(listed).not.toContain(item);
      const best = row.map((value, item) => (left.has(item) ? -2 : value)).sort((a, b) => b - a);
      listed.forEach((item, place) => {
        expect(Math.abs(row[item]! - best[place]!)).toBeLessThan(1e-6);
      });
    });
  });

  it('is scored with all rows and some of the columns at a time', () => {
    expect(tileOf(USERS, ITEMS, 8 * ITEMS)).toEqual({ rows: USERS, columns: 177_728 });
  });
});

describe('checkCatalogue', () => {
  it('lets 200,000 items pass with 128 features and embeddings of 64', () => {
    expect(() => {
      checkCatalogue(DEFAULT_LIMITS, { items: ITEMS, features: 128, embeddingSize: 64 });
    }).not.toThrow();
  });

  it.each([
    [
      { items: ITEMS, features: 256, embeddingSize: 64 },
      /features of 200,000 items × 256 numbers take 205 MB.*at most 131,072 items/,
    ],
    [
      { items: ITEMS, features: 128, embeddingSize: 1024 },
      /embeddings of 200,000 items.*at most 32,768 items, or a smaller embedding/,
    ],
  ])('refuses %o before anything is allocated', (sizes, message) => {
    expect(() => {
      checkCatalogue(DEFAULT_LIMITS, sizes);
    }).toThrow(message);
  });
});

describe('checkParameters', () => {
  it('refuses free embeddings that an adapter cannot bind, and says what to do', async () => {
    const { config } = (await loadFixture('even-token-action')).inputs;
    const { lora, objective } = runSpecSchema.parse({ version: 1, objective: { itemOutput: 'id', embeddingSize: 64 } });
    const layout = (items: number) => layOutParameters(config, { lora, objective }, { items });
    expect(() => {
      checkParameters(DEFAULT_LIMITS, layout(ITEMS));
    }).not.toThrow();
    expect(() => {
      checkParameters(DEFAULT_LIMITS, layout(3 * ITEMS));
    }).toThrow(/parameters of an arm take 154 MB.*154 MB of it free embeddings.*allows 134 MB.*use a log with fewer items/);
  });
});
