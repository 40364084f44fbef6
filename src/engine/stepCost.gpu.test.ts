import { beforeAll, describe, expect, test } from 'vitest';
import type { Gpu } from '../gpu/device';
import type { KernelRun } from '../gpu/profiler';
import { heldWeights } from '../model/weightSource';
import { armSchema, runSpecSchema } from '../recipe/runSpec';
import { randomTestWeights } from '../testing/randomModel';
import { sharedGpu } from '../testing/sharedGpu';
import { ATTENTION, ELEMENTWISE, knownSpeed, measureSpeed, predictSeconds, type DeviceSpeed } from './deviceSpeed';
import { Engine } from './engine';
import { Evaluator } from './ranking/evaluator';
import { evaluationCosts, sharesOf, stepCosts, type StepCost } from './stepCost';
import { stepSizes } from './stepSizes';
import { readConfig } from '../model/readConfig';
import { TINY_CONFIG } from '../testing/tinyModel';

const CONFIG = readConfig({ ...TINY_CONFIG, hidden_size: 32, vocab_size: 300 });
const SPEC = runSpecSchema.parse({
  version: 1,
  model: { precision: 'f32' },
  arms: ['action', 'karma'].map((id) =>
    armSchema.parse({ id, label: id, lambdaGen: Number(id === 'karma'), lambdaRec: Number(id === 'karma') }),
  ),
  objective: { maxHistory: 5, maxTextTokens: 4 },
  training: { batchSize: 3 },
});
const SIZES = { items: 12, users: 50, maxExposed: 0, maxQueryTokens: 0 };
const LENGTHS = { history: 4, further: 0, furtherHistory: 0, text: 3, title: 1 };

let gpu: Gpu;
beforeAll(async () => {
  gpu = await sharedGpu();
});

test('what is rehearsed has the dispatches and operations of what is run: steps, ranking and texts', async () => {
  const question = { config: CONFIG, spec: SPEC, sizes: SIZES, lengths: { ...LENGTHS, further: 2, furtherHistory: 2 } };
  const costs = await stepCosts(gpu, question);
  const { user, catalogue, text } = await evaluationCosts(gpu, question);
  const engine = await Engine.create(gpu, {
    config: CONFIG,
    weights: heldWeights(randomTestWeights(CONFIG)),
    features: { hidden: new Float32Array(12 * 32), title: new Float32Array(12 * 32) },
    items: 12,
    titleTokens: [],
    spec: SPEC,
    maxExposed: 0,
    maxQueryTokens: 0,
  });
  try {
    const batch = Array.from({ length: 3 }, (_, user) => ({
      history: [1, 2, 3, 4 + user],
      target: user,
      query: [],
      text: [5, 6, 1],
      exposed: [],
      further: [0, 1].map((more) => ({ history: [1, 2 + more], target: user, query: [], text: [5, 6, 1], exposed: [] })),
    }));
    for (const [index, spec] of SPEC.arms.entries()) {
      const arm = engine.createArm(spec, new Float32Array(engine.layout.size));
      const runs: readonly KernelRun[] = await engine.context.recorder.listen(async () => {
        await engine.trainStep(arm, batch);
      });
      const { products, dispatches } = costs[index]!;
      expect(dispatches).toBe(runs.length);
      const flops = runs.reduce((sum, run) => sum + run.flops, 0);
      expect(products.reduce((sum, part) => sum + part, 0) / flops).toBeCloseTo(1, 12);
    }
    expect(costs[1]!.dispatches).toBeGreaterThan(costs[0]!.dispatches);
    expect(costs[1]!.attention).toBeGreaterThan(costs[0]!.attention);

    const flopsOf = ({ products }: Pick<StepCost, 'products'>): number => products.reduce((sum, part) => sum + part, 0);
    const arm = engine.createArm(SPEC.arms[0]!, new Float32Array(engine.layout.size).fill(0.01));
    const evaluator = new Evaluator(engine, 1, stepSizes(engine.inputs).probeRows);
    const users = Array.from({ length: engine.readBatch }, (_, place) => ({
      history: [0, 1, 2, 3].map((item) => (item + place) % 12),
      target: (place + 5) % 12,
      query: [],
      text: [],
      exposed: [],
    }));
    const ranked: readonly KernelRun[] = await engine.context.recorder.listen(async () => {
      await evaluator.rank(arm, users, [], { listed: 12, onSinks: () => undefined });
    });
    const whole = ranked.reduce((sum, run) => sum + run.flops, 0);
    expect((flopsOf(user) * users.length + flopsOf(catalogue)) / whole).toBeCloseTo(1, 12);
    expect(user.dispatches * users.length + catalogue.dispatches).toBeCloseTo(ranked.length, 9);
    const spoken: readonly KernelRun[] = await engine.context.recorder.listen(async () => {
      await evaluator.textNll(arm, new Array<number[]>(64).fill([5, 6, 1]));
    });
    expect((64 * flopsOf(text)) / spoken.reduce((sum, run) => sum + run.flops, 0)).toBeCloseTo(1, 12);
  } finally {
    engine.destroy();
  }
});

test('longer histories and larger batches cost in proportion', async () => {
  const of = async (history: number, batchSize: number) => {
    const spec = { ...SPEC, training: { ...SPEC.training, batchSize }, objective: { ...SPEC.objective, maxHistory: 20 } };
    const [cost] = await stepCosts(gpu, { config: CONFIG, spec, sizes: SIZES, lengths: { ...LENGTHS, history } });
    return cost!;
  };
  const [one, longer, more] = [await of(6, 4), await of(14, 4), await of(6, 8)];
  // 8 and 16 rows each: twice the rows, which see 4.5 and 8.5 keys on average.
  expect(longer.attention / one.attention).toBeCloseTo((2 * 8.5) / 4.5, 10);
  expect(more.attention / one.attention).toBeCloseTo(2, 10);
  expect(more.dispatches).toBe(one.dispatches);
});

test('a mean length is kept whatever it is', async () => {
  const of = async (history: number) => {
    const spec = { ...SPEC, training: { ...SPEC.training, batchSize: 4 } };
    const [cost] = await stepCosts(gpu, { config: CONFIG, spec, sizes: SIZES, lengths: { ...LENGTHS, history } });
    return cost!.threads;
  };
  expect(await of(2.5)).toBeGreaterThan(await of(2.25));
  expect(await of(2.75)).toBeGreaterThan(await of(2.5));
});

test('sides between measured ones count for both', () => {
  expect(sharesOf(4)).toEqual([1, 0, 0]);
  expect(sharesOf(8)).toEqual([1, 0, 0]);
  const [low, middle, high] = sharesOf(16);
  expect([low, middle, high]).toEqual([expect.closeTo(0.5, 12), expect.closeTo(0.5, 12), 0]);
  expect(sharesOf(32)).toEqual([0, 1, 0]);
  expect(sharesOf(4096)).toEqual([0, 0, 1]);
});

test('seconds add up from what a device needs for each part', () => {
  const cost = { products: [10, 20, 40], attention: 5, threads: 7, dispatches: 3 };
  const speed = { products: [4, 2, 1], thread: 0.5, dispatch: 0.25 };
  expect(predictSeconds(cost, speed)).toBe(40 + 40 + 40 + ATTENTION * 5 + ELEMENTWISE * 3.5 + 0.75);
});

test('a device is measured by a given clock, on buffers of its own', async () => {
  let now = 0;
  // Every reading is a second later, so every measurement takes a second.
  const speed = await measureSpeed(gpu, () => now++);
  expect(speed.products).toEqual([8, 32, 128].map((side) => 1 / (2 * 512 * side * 256)));
  expect(speed.dispatch).toBe(1);
  expect(speed.thread).toBe(0);
});

describe('an adapter', () => {
  const speed = (s: number, thread = s): DeviceSpeed => ({ products: [s, s, s], thread, dispatch: s });

  /**
   * Visits to a browser that keeps what was measured; `given` and `looks` are measurements in their order.
   */
  function visitsTo(
    given: readonly DeviceSpeed[],
    looks: readonly number[] = Array<number>(9).fill(1),
    isBusy = (_pauses: number): boolean => false,
  ) {
    const kept = new Map<string, string>();
    const store = {
      read: (key: string) => Promise.resolve(kept.get(key) ?? null),
      write: (key: string, text: string) => Promise.resolve(void kept.set(key, text)),
    };
    const made = { measurements: 0, looks: 0, pauses: 0 };
    const pause = (): Promise<void> => Promise.resolve(void made.pauses++);
    const look = (): Promise<number> => Promise.resolve(looks[made.looks++]!);
    const measure = (): Promise<DeviceSpeed> => Promise.resolve(given[made.measurements++]!);
    return {
      kept,
      made,
      visit: (): Promise<DeviceSpeed | null> =>
        knownSpeed(gpu, store, { measure, look, pause, isBusy: () => isBusy(made.pauses) }),
    };
  }

  test('is measured at three visits, and its best speed is kept', async () => {
    const { kept, made, visit } = visitsTo([speed(3), speed(1, 4), speed(2, 2), speed(0.5)]);
    expect(await visit()).toEqual(speed(3));
    expect(made.looks).toBe(2);
    expect(await visit()).toEqual({ ...speed(1), thread: 3 });
    for (let again = 0; again < 2; again++) expect(await visit()).toEqual({ ...speed(1), thread: 2 });
    expect(made).toEqual({ measurements: 3, looks: 2, pauses: 2 });
    expect(kept.size).toBe(1);
    kept.set([...kept.keys()][0]!, '{"speed":');
    expect(await visit()).toEqual(speed(0.5));
  });

  test('is measured at the first visit once it keeps its speed, or after five looks', async () => {
    const settling = visitsTo([speed(2)], [4, 2, 2.2, 1]);
    expect(await settling.visit()).toEqual(speed(2));
    expect(settling.made).toEqual({ measurements: 1, looks: 3, pauses: 3 });
    const restless = visitsTo([speed(1)], [1, 2, 1.5, 3, 2, 4]);
    expect(await restless.visit()).toEqual(speed(1));
    expect(restless.made.looks).toBe(5);
  });

  test.each([
    [1, 0],
    [2, 1],
  ])('is not measured if a run begins during pause %i of its first visit', async (pauses, looks) => {
    const { kept, made, visit } = visitsTo([speed(2)], [2, 2], (paused) => paused >= pauses);
    expect(await visit()).toBeNull();
    expect(made).toEqual({ measurements: 0, looks, pauses });
    expect(kept.size).toBe(0);
  });
});
