/**
 * The whole step is reproducible, leaves no memory behind, and stays within the limits that every adapter
 * meets.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gpu } from '../gpu/device';
import { sharedGpu } from '../testing/sharedGpu';
import { bitsOf } from '../gpu/tensor';
import { watchBuffers } from '../gpu/bufferWatch';
import type { Precision } from '../recipe/runSpec';
import { Engine } from './engine';
import { Evaluator } from './ranking/evaluator';
import { flatParameters, relativeError, withTraining, type Fixture } from './fixture';
import { layOutParameters } from './parameters';
import { packHistories, type EncodedExample } from './decoder/sequence';
import { drawnCases } from '../testing/drawnCases';
import { loadFixture } from '../testing/loadFixture';
import { largest, openPlainGpu } from '../testing/kernelBench';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await sharedGpu();
});

/** The same case with frozen weights in another storage format. */
function inPrecision(fixture: Fixture, precision: Precision): Fixture {
  const { inputs } = fixture;
  const model = { ...inputs.spec.model, precision };
  return { ...fixture, inputs: { ...inputs, spec: { ...inputs.spec, model } } };
}

/** Parameters and gradients after two steps on a new engine. */
async function twoSteps(on: Gpu, fixture: Fixture) {
  const engine = await Engine.create(on, fixture.inputs);
  const arm = engine.createArm(fixture.arm, flatParameters(fixture, 'param', engine.layout));
  const reports = [await engine.trainStep(arm, fixture.batch), await engine.trainStep(arm, fixture.batch)];
  const [parameters, gradients] = [await engine.readParameters(arm), await engine.readGradients()];
  engine.destroy();
  return { reports, parameters, gradients, layout: engine.layout };
}

/** All arms, in both interfaces. */
const ARMS = [
  'even-token-action',
  'odd-token-gen',
  'even-token-rec-title',
  'even-token-karma-hide',
  'odd-text-action',
  'even-text-gen',
  'odd-text-rec',
  'even-text-karma-upper',
  'even-token-imgtext',
  'odd-token-imgmean',
];
const WAYS = [
  ['as a whole', {}],
  ['in micro-batches, run again from block inputs', { accumulate: 2, checkpoint: true }],
  ['with the output of frozen layers kept', { cacheMegabytes: 1 }],
] as const;

const CASES = ARMS.flatMap((name) => WAYS.map(([way, training]) => ({ name, way, training })));

it.each(drawnCases(CASES, ({ name, way }) => [name, way]))(
  '$name gives the same bits in two engines, and in two arms of one engine, $way',
  async ({ name, training }) => {
    const fixture = withTraining(await loadFixture(name), training);
    const first = await twoSteps(gpu, fixture);

    const engine = await Engine.create(gpu, fixture.inputs);
    const initial = flatParameters(fixture, 'param', engine.layout);
    const arms = [engine.createArm(fixture.arm, initial), engine.createArm(fixture.arm, initial)];
    // In turns, so that any effect of one arm's step on the other would show.
    for (const report of first.reports)
      for (const arm of arms) expect(await engine.trainStep(arm, fixture.batch)).toEqual(report);
    expect(bitsOf(await engine.readGradients())).toEqual(bitsOf(first.gradients));
    for (const arm of arms) expect(bitsOf(await engine.readParameters(arm))).toEqual(bitsOf(first.parameters));
    expect(bitsOf(initial)).not.toEqual(bitsOf(first.parameters));
    engine.destroy();
  },
);

/** Gradients of one step, and the bytes that the engine holds. */
async function gradientsOf(fixture: Fixture) {
  const engine = await Engine.create(gpu, fixture.inputs);
  const arm = engine.createArm(fixture.arm, flatParameters(fixture, 'param', engine.layout));
  await engine.trainStep(arm, fixture.batch, { update: false });
  const gradients = await engine.readGradients();
  const { bytes } = engine.context.memory;
  engine.destroy();
  return { gradients, bytes, layout: engine.layout };
}

describe('activation checkpointing', () => {
  it.each(['odd-token-karma', 'even-text-karma', 'even-text-karma-upper'])(
    'gives the same bits in less memory: %s',
    async (name) => {
      const fixture = await loadFixture(name);
      const kept = await gradientsOf(fixture);
      const again = await gradientsOf(withTraining(fixture, { checkpoint: true }));
      expect(bitsOf(again.gradients)).toEqual(bitsOf(kept.gradients));
      expect(largest(kept.gradients)).toBeGreaterThan(0.01);
      expect(again.bytes).toBeLessThan(kept.bytes);
    },
  );
});

describe('layers that are not adapted', () => {
  it('keep nothing for a backward pass where the inputs are not trained either', async () => {
    const fixture = await loadFixture('even-text-karma-upper');
    const { inputs } = fixture;
    const trained = { ...inputs, spec: { ...inputs.spec, lora: { ...inputs.spec.lora, trainInputs: true } } };
    const [upper, whole] = [await gradientsOf(fixture), await gradientsOf({ ...fixture, inputs: trained })];
    expect(upper.bytes).toBeLessThan(whole.bytes);
    const norm = (of: typeof upper, slot: string): number => {
      const { offset, columns, rows } = of.layout.slots.get(slot)!;
      return largest(of.gradients.subarray(offset, offset + rows * columns));
    };
    for (const name of ['emb', 'item']) {
      expect(norm(upper, name)).toBe(0);
      expect(norm(whole, name)).toBeGreaterThan(0.001);
    }
    for (const name of ['lora.1.q_proj.A', 'w_d']) expect(norm(upper, name)).toBeCloseTo(norm(whole, name), 5);
  });

  it('must be fewer than the model has', async () => {
    const { config, spec } = (await loadFixture('even-text-karma-upper')).inputs;
    const lora = { ...spec.lora, firstLayer: 2 };
    expect(() => layOutParameters(config, { ...spec, lora }, { items: 0 })).toThrow(
      /the model's last is 1: lower lora.firstLayer/,
    );
  });
});

describe('gradient accumulation', () => {
  /** Measurements at the start parameters. */
  async function measured(fixture: Fixture) {
    const engine = await Engine.create(gpu, fixture.inputs);
    const arm = engine.createArm(fixture.arm, flatParameters(fixture, 'param', engine.layout));
    const evaluator = new Evaluator(engine, fixture.batch.length, 4);
    const { interest, above } = await evaluator.rank(arm, fixture.batch, []);
    const texts = fixture.batch.map(({ text }) => text);
    const decoded = await evaluator.texts.decode(engine.use(arm), interest, 4);
    return { interest, above, decoded, nll: await evaluator.textNll(arm, texts), bytes: engine.context.memory.bytes, engine };
  }

  it('takes less memory, and evaluates to the same values', async () => {
    const fixture = await loadFixture('odd-token-karma');
    const { engine: one, ...whole } = await measured(fixture);
    const { engine: other, ...cut } = await measured(withTraining(fixture, { accumulate: fixture.batch.length }));
    one.destroy();
    other.destroy();
    expect(relativeError(cut.interest, whole.interest)).toBeLessThan(1e-5);
    expect(cut.above).toEqual(whole.above);
    expect(cut.decoded).toEqual(whole.decoded);
    expect(cut.decoded).toHaveLength(fixture.batch.length);
    expect(cut.nll).toBeCloseTo(whole.nll, 5);
    expect(cut.bytes).toBeLessThan(whole.bytes);
  });
});

describe('a profiled step', () => {
  it('computes the same bits, and reports where its time went', async () => {
    const fixture = await loadFixture('even-token-karma-hide');
    const plain = await twoSteps(gpu, fixture);
    const engine = await Engine.create(gpu, fixture.inputs);
    const arm = engine.createArm(fixture.arm, flatParameters(fixture, 'param', engine.layout));
    const first = await engine.profileStep(arm, fixture.batch);
    const second = await engine.profileStep(arm, fixture.batch);
    expect([first.report, second.report]).toEqual(plain.reports);
    expect(bitsOf(await engine.readParameters(arm))).toEqual(bitsOf(plain.parameters));

    const { runs } = second.timings;
    expect(runs.map(({ path, kernel, dispatches, flops }) => ({ path, kernel, dispatches, flops }))).toEqual(
      first.timings.runs.map(({ path, kernel, dispatches, flops }) => ({ path, kernel, dispatches, flops })),
    );
    expect([...new Set(runs.map(({ path }) => path[0]))]).toEqual([
      'LoRA blocks',
      undefined,
      'item tokens',
      'decoder forward',
      'action loss',
      'reconstruction',
      'interest backward',
      'generation',
      'decoder backward',
      'item tokens backward',
      'optimiser',
    ]);
    const attention = runs.filter(({ kernel }) => kernel === 'attention_forward').map(({ path }) => path.join(' › '));
    const { layers } = fixture.inputs.config;
    const each = (prefix: string): string[] =>
      Array.from({ length: layers }, (_, i) => `${prefix}decoder forward › layer ${i + 1}`);
    expect(attention).toEqual([...each(''), ...each('reconstruction › ')]);
    for (const { kernel, flops } of runs) expect(flops > 0, kernel).toBe(kernel.startsWith('gemm_'));
    engine.destroy();
  });
});

describe('memory', () => {
  it('is all released, 20 times over', async () => {
    const fixture = await loadFixture('even-text-karma');
    await watchBuffers(gpu.device, async (watch) => {
      const bytes = new Set<number>();
      for (let round = 0; round < 20; round++) {
        const engine = await Engine.create(gpu, fixture.inputs);
        const { memory } = engine.context;
        const arm = engine.createArm(fixture.arm, flatParameters(fixture, 'param', engine.layout));
        const evaluator = new Evaluator(engine, 1, 4);
        const before = memory.count;
        await engine.trainStep(arm, fixture.batch);
        await engine.readGradients();
        await evaluator.rank(arm, fixture.batch, [], { onSinks: () => undefined });
        expect(memory.count, 'a step takes no memory').toBe(before);
        expect(watch.open).toBe(before);
        bytes.add(memory.peakBytes);
        engine.destroy();
        expect([memory.count, memory.bytes, watch.open, watch.bytes]).toEqual([0, 0, 0, 0]);
      }
      expect(bytes.size).toBe(1);
      expect(watch.made).toBeGreaterThan(20 * 50);
    });
  });
});

describe('a device with default limits', () => {
  let plain: Gpu;
  beforeAll(async () => {
    plain = await openPlainGpu(gpu);
  });
  afterAll(() => {
    plain.device.destroy();
  });

  /** Results of every part of an evaluation at the start parameters. */
  async function evaluated(on: Gpu, fixture: Fixture) {
    const engine = await Engine.create(on, fixture.inputs);
    const arm = engine.createArm(fixture.arm, flatParameters(fixture, 'param', engine.layout));
    const { rows } = packHistories(fixture.batch.slice(0, 1), { ...engine.packOptions(false), positions: 'last' });
    const evaluator = new Evaluator(engine, 1, rows);
    const sinks: number[] = [];
    const { interest, items, above } = await evaluator.rank(arm, fixture.batch, [], {
      onSinks: ({ statistics }) => sinks.push(...statistics),
    });
    const attention = await evaluator.attention(arm, fixture.batch.slice(0, 1));
    const nll = await evaluator.textNll(
      arm,
      fixture.batch.map(({ text }) => text),
    );
    const decoded = await evaluator.texts.decode(engine.use(arm), interest, 3);
    engine.destroy();
    return { floats: { interest, items, attention, sinks: Float32Array.from(sinks), nll: Float32Array.of(nll) }, above, decoded };
  }

  it('reads a history once that several targets share', async () => {
    const fixture = await loadFixture('even-token-karma-hide');
    const engine = await Engine.create(gpu, fixture.inputs);
    const arm = engine.createArm(fixture.arm, flatParameters(fixture, 'param', engine.layout));
    const evaluator = new Evaluator(engine, 1, 4);
    const [one, other] = fixture.batch as [EncodedExample, EncodedExample];
    const found: { readonly times: readonly number[]; readonly statistics: Float32Array }[] = [];
    const done: number[] = [];
    const interest = await evaluator.interestOf(arm, [one, other, { ...one, target: other.target }], {
      onSinks: (measured) => found.push(measured),
      onProgress: (count) => done.push(count),
    });
    const apart = await evaluator.interestOf(arm, [one, other]);
    const e = apart.length / 2;
    expect(found.flatMap(({ times }) => times)).toEqual([2, 1]);
    expect(done.at(-1)).toBe(3);
    expect(interest.subarray(0, 2 * e)).toEqual(apart);
    expect(interest.subarray(2 * e)).toEqual(apart.subarray(0, e));
    engine.destroy();
  });

  const cases = [
    ['even-token-karma-hide', 'f32', true],
    ['even-token-karma-hide', 'f32', false],
    ['even-text-karma-upper', 'q8_0', true],
  ] as const;

  it.each(drawnCases(cases, ([, precision]) => [precision]))(
    'is enough for the steps and the evaluation of %s in %s, software %s',
    async (name, precision, fallback) => {
      const fixture = inPrecision(withTraining(await loadFixture(name), { cacheMegabytes: 1 }), precision);
      const small = { ...plain, adapter: { ...plain.adapter, fallback } };
      plain.device.pushErrorScope('validation');
      const { reports, parameters } = await twoSteps(small, fixture);
      const got = await evaluated(small, fixture);
      expect(await plain.device.popErrorScope()).toBeNull();

      const right = await twoSteps(gpu, fixture);
      if (precision === 'f32') {
        expect(reports[0]!.total).toBeCloseTo(fixture.json.losses.total, 4);
        expect(reports[1]!.total).toBeCloseTo(fixture.json.losses2.total, 4);
      } else expect(reports[0]!.total).toBeCloseTo(right.reports[0]!.total, 4);
      for (const { name: slot, offset, rows, columns } of right.layout.slots.values()) {
        const of = (flat: Float32Array): Float32Array => flat.subarray(offset, offset + rows * columns);
        expect(relativeError(of(parameters), of(right.parameters)), slot).toBeLessThan(1e-3);
      }
      const expected = await evaluated(gpu, fixture);
      for (const key of ['interest', 'items', 'attention', 'sinks', 'nll'] as const) {
        expect(got.floats[key].length).toBeGreaterThan(0);
        expect(relativeError(got.floats[key], expected.floats[key]), key).toBeLessThan(1e-4);
      }
      expect([got.above, got.decoded]).toEqual([expected.above, expected.decoded]);
    },
  );
});
