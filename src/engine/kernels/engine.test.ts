/** The whole step: the same twice, nothing left behind, and within the limits that every adapter meets. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gpu } from '../../gpu/device';
import { openNodeGpu } from '../../gpu/node';
import { Engine } from '../engine';
import { Evaluator } from '../evaluator';
import { flatParameters, relativeError, withTraining, type Fixture } from '../fixture';
import { layOutParameters } from '../parameters';
import { bitsOf, largest, loadFixture, openPlainGpu } from './harness';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openNodeGpu();
});
afterAll(() => {
  gpu.device.destroy();
});

/** Parameters and gradients after two steps of a new engine. */
async function twoSteps(on: Gpu, fixture: Fixture) {
  const engine = await Engine.create(on, fixture.inputs);
  const arm = engine.createArm(fixture.arm, flatParameters(fixture, 'param', engine.layout));
  const reports = [await engine.trainStep(arm, fixture.batch), await engine.trainStep(arm, fixture.batch)];
  const [parameters, gradients] = [await engine.readParameters(arm), await engine.readGradients()];
  engine.destroy();
  return { reports, parameters, gradients, layout: engine.layout };
}

describe.each(['even-token-karma-hide', 'even-text-karma'])('%s', (name) => {
  it('gives the same bits twice: in two engines, and in two arms of one', async () => {
    const fixture = await loadFixture(name);
    const first = await twoSteps(gpu, fixture);
    const second = await twoSteps(gpu, fixture);
    expect(second.reports).toEqual(first.reports);
    expect(bitsOf(second.parameters)).toEqual(bitsOf(first.parameters));
    expect(bitsOf(second.gradients)).toEqual(bitsOf(first.gradients));

    const engine = await Engine.create(gpu, fixture.inputs);
    const initial = flatParameters(fixture, 'param', engine.layout);
    const arms = [engine.createArm(fixture.arm, initial), engine.createArm(fixture.arm, initial)];
    // In turns, so that one arm's step would show in the other's.
    for (let step = 0; step < 2; step++) for (const arm of arms) await engine.trainStep(arm, fixture.batch);
    for (const arm of arms) expect(bitsOf(await engine.readParameters(arm))).toEqual(bitsOf(first.parameters));
    expect(bitsOf(initial)).not.toEqual(bitsOf(first.parameters));
    engine.destroy();
  });
});

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
    expect(() => layOutParameters(config, { ...spec, lora })).toThrow(/the model's last is 1: lower lora.firstLayer/);
  });
});

describe('gradient accumulation', () => {
  /** What is measured of the start parameters. */
  async function measured(fixture: Fixture) {
    const engine = await Engine.create(gpu, fixture.inputs);
    const arm = engine.createArm(fixture.arm, flatParameters(fixture, 'param', engine.layout));
    const evaluator = new Evaluator(engine, fixture.batch.length, 4);
    const { interest, above } = await evaluator.rank(arm, fixture.batch, []);
    const texts = fixture.batch.map(({ text }) => text);
    const decoded = await evaluator.decode(arm, interest, 4);
    return { interest, above, decoded, nll: await evaluator.textNll(arm, texts), bytes: engine.context.memory.bytes, engine };
  }

  it('takes less memory, and evaluates as before', async () => {
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
  it('computes the same bits, and says what its time went to', async () => {
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
  it('is all given back, 20 times over', async () => {
    const fixture = await loadFixture('even-text-karma');
    const { device } = gpu;
    const open = new Set<GPUBuffer>();
    let made = 0;
    const create = device.createBuffer.bind(device);
    device.createBuffer = (descriptor) => {
      const buffer = create(descriptor);
      const destroy = buffer.destroy.bind(buffer);
      buffer.destroy = () => {
        open.delete(buffer);
        destroy();
        return undefined;
      };
      open.add(buffer);
      made += 1;
      return buffer;
    };
    try {
      const bytes = new Set<number>();
      for (let round = 0; round < 20; round++) {
        const engine = await Engine.create(gpu, fixture.inputs);
        const arm = engine.createArm(fixture.arm, flatParameters(fixture, 'param', engine.layout));
        const evaluator = new Evaluator(engine, 1, 4);
        // Pipelines compile anew in every engine, so not every round takes a step.
        if (round % 10 === 0) {
          const before = engine.context.memory.count;
          await engine.trainStep(arm, fixture.batch);
          await engine.readGradients();
          await evaluator.rank(arm, fixture.batch, []);
          expect(engine.context.memory.count, 'a step takes no memory').toBe(before);
          expect(open.size).toBe(before);
        }
        bytes.add(engine.context.memory.peakBytes);
        engine.destroy();
        expect(engine.context.memory.count).toBe(0);
        expect(engine.context.memory.bytes).toBe(0);
        expect(open.size).toBe(0);
      }
      expect(bytes.size).toBe(1);
      expect(made).toBeGreaterThan(20 * 50);
    } finally {
      device.createBuffer = create;
    }
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

  it.each([
    ['software', true],
    ['gpu', false],
  ])('takes the steps of a fixture with the %s tile', async (_, fallback) => {
    const fixture = await loadFixture('even-token-karma-hide');
    plain.device.pushErrorScope('validation');
    const { reports, parameters, layout } = await twoSteps({ ...plain, adapter: { ...plain.adapter, fallback } }, fixture);
    expect(await plain.device.popErrorScope()).toBeNull();
    expect(reports[0]!.total).toBeCloseTo(fixture.json.losses.total, 4);
    expect(reports[1]!.total).toBeCloseTo(fixture.json.losses2.total, 4);
    for (const { name, offset, rows, columns } of layout.slots.values()) {
      const got = parameters.subarray(offset, offset + rows * columns);
      expect(relativeError(got, fixture.tensor(`after2.${name}`)), name).toBeLessThan(1e-4);
    }
  });
});
