/** The whole step against PyTorch: losses, every gradient, two AdamW steps, for every arm and both interfaces. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gpu } from '../gpu/device';
import { openNodeGpu } from '../gpu/node';
import { readFloats } from '../gpu/tensor';
import { Engine } from './engine';
import { Evaluator } from './evaluator';
import { flatParameters, readFixture, relativeError, type Fixture } from './fixture';

const FOLDER = new URL('../../reference/fixtures/', import.meta.url);
const TOLERANCE = 1e-4;
const cases = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.slice(0, -'.json'.length));

function load(name: string): Fixture {
  const read = (file: string): Uint8Array<ArrayBuffer> => Uint8Array.from(readFileSync(new URL(file, FOLDER)));
  return readFixture({
    json: readFileSync(new URL(`${name}.json`, FOLDER), 'utf8'),
    expected: read(`${name}.safetensors`),
    model: read(`model-${name.split('-')[0] ?? ''}.safetensors`),
  });
}

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openNodeGpu();
});
afterAll(() => {
  gpu.device.destroy();
});

it('has fixtures for every arm in both interfaces', () => {
  for (const kind of ['token', 'text']) {
    for (const arm of ['action', 'gen', 'rec', 'karma'])
      expect(
        cases.some((name) => name.includes(`-${kind}-${arm}`)),
        `${kind} ${arm}`,
      ).toBe(true);
  }
});

describe.each(cases)('%s', (name) => {
  it('agrees with the reference', async () => {
    const fixture = load(name);
    const engine = new Engine(gpu, fixture.inputs);
    const { layout } = engine;
    const arm = engine.createArm(fixture.arm, flatParameters(fixture, 'param', layout));
    const errors: Record<string, number> = {};
    const near = (label: string, got: number | null, expected: number | null): void => {
      errors[label] =
        got === null || expected === null
          ? Number(got !== expected)
          : Math.abs(got - expected) / Math.max(1e-3, Math.abs(expected));
    };
    const { json } = fixture;

    const dry = await engine.trainStep(arm, fixture.batch, { update: false });
    const gradients = await engine.readGradients();
    near('total', dry.total, json.losses.total);
    near('action', dry.action, json.losses.action);
    near('gen', dry.gen, fixture.arm.lambdaGen > 0 ? json.losses.gen : null);
    near('rec', dry.rec, fixture.arm.lambdaRec > 0 ? json.losses.rec : null);
    for (const slot of layout.slots.values()) {
      const got = gradients.subarray(slot.offset, slot.offset + slot.rows * slot.columns);
      errors[`grad ${slot.name}`] = relativeError(got, fixture.tensor(`grad.${slot.name}`));
    }
    const first = await engine.trainStep(arm, fixture.batch);
    near('norm', first.gradNorm, json.gradNorm);
    near('rate', first.learningRate, json.learningRates[0]);
    const check = async (prefix: string): Promise<void> => {
      const parameters = await engine.readParameters(arm);
      for (const slot of layout.slots.values()) {
        const got = parameters.subarray(slot.offset, slot.offset + slot.rows * slot.columns);
        errors[`${prefix} ${slot.name}`] = relativeError(got, fixture.tensor(`${prefix}.${slot.name}`));
      }
    };
    await check('after1');
    const second = await engine.trainStep(arm, fixture.batch);
    near('total 2', second.total, json.losses2.total);
    near('norm 2', second.gradNorm, json.gradNorm2);
    near('rate 2', second.learningRate, json.learningRates[1]);
    await check('after2');
    engine.destroy();

    const worst = Object.entries(errors).filter(([, error]) => !(error < TOLERANCE));
    const largest = Math.max(
      ...Object.entries(errors)
        .filter(([label]) => label.startsWith('grad'))
        .map(([, error]) => error),
    );
    console.info(`${name}: largest relative gradient error ${largest.toExponential(1)}`);
    expect(worst).toEqual([]);
  });

  it('gives the reference’s embeddings and attention', async () => {
    const fixture = load(name);
    const engine = new Engine(gpu, fixture.inputs);
    const arm = engine.createArm(fixture.arm, flatParameters(fixture, 'param', engine.layout));
    const expected = fixture.tensor('out.attention');
    const { layers, heads } = fixture.inputs.config;
    const whole = Math.round(Math.sqrt(expected.length / layers / heads));
    const [example] = fixture.batch;
    // The reference's map includes the rows of y, which evaluation leaves out; causality makes the rest the same.
    const length = whole - (fixture.arm.lambdaGen > 0 ? example!.text.length - 1 : 0);
    const evaluator = new Evaluator(engine, 1, length);
    const maps = await evaluator.attention(arm, [example!]);
    const cut = new Float32Array(layers * heads * length * length);
    for (let plane = 0; plane < layers * heads; plane++) {
      for (let i = 0; i < length; i++) {
        const from = (plane * whole + i) * whole;
        cut.set(expected.subarray(from, from + length), (plane * length + i) * length);
      }
    }
    expect(relativeError(maps, cut)).toBeLessThan(TOLERANCE);
    const counts = await evaluator.rank(arm, fixture.batch, []);
    expect(relativeError(counts.items, fixture.tensor('out.items'))).toBeLessThan(TOLERANCE);
    const interest = fixture.tensor('out.interest');
    const e = fixture.inputs.spec.objective.embeddingSize;
    let row = -1;
    fixture.batch.forEach((one, index) => {
      row += fixture.inputs.spec.objective.positions === 'all' ? one.history.length : 1;
      const got = counts.interest.subarray(index * e, (index + 1) * e);
      expect(relativeError(got, interest.subarray(row * e, (row + 1) * e))).toBeLessThan(TOLERANCE);
    });
    const [hidden] = await readFloats(engine.context.memory, [{ tensor: engine.pass.hidden, elements: 4 }]);
    expect(hidden!.every(Number.isFinite)).toBe(true);
    engine.destroy();
  });
});
