/** Arms with their own LoRA and schedule, in a larger layout, get the same numbers as when trained alone. */
import { beforeAll, expect, it } from 'vitest';
import type { Gpu } from '../gpu/device';
import { sharedGpu } from '../testing/sharedGpu';
import { armLora } from '../recipe/armRecipe';
import type { ArmSpec } from '../recipe/runSpec';
import { Engine } from './engine';
import { flatParameters, relativeError } from './fixture';
import { Evaluator } from './ranking/evaluator';
import { loadFixture } from '../testing/loadFixture';
import { slotOf, withLora, type ParameterLayout, type Slot } from './parameters';
import { writeAdapter } from './peft/write';
import { readTrainedArm } from './trainedArm';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await sharedGpu();
});

/** The part of a matrix in a wider layout that a narrower one has: A's first rows, B's first columns. */
function part(flat: Float32Array, wide: Slot, { rows, columns }: Slot): Float32Array {
  return Float32Array.from(
    { length: rows * columns },
    (_, at) => flat[wide.offset + Math.floor(at / columns) * wide.columns + (at % columns)]!,
  );
}

function widened(from: Float32Array, narrow: ParameterLayout, wide: ParameterLayout): Float32Array {
  const flat = new Float32Array(wide.size).fill(7);
  for (const slot of narrow.slots.values()) {
    const to = slotOf(wide, slot.name);
    for (let at = 0; at < slot.rows * slot.columns; at++)
      flat[to.offset + Math.floor(at / slot.columns) * to.columns + (at % slot.columns)] = from[slot.offset + at]!;
  }
  return flat;
}

it.each(['odd-token-karma', 'even-text-karma-upper'])(
  '%s: an arm trains alike alone and beside one of higher rank and more layers',
  async (name) => {
    const fixture = await loadFixture(name);
    const { spec } = fixture.inputs;
    const { rank } = spec.lora;
    const alone = await Engine.create(gpu, fixture.inputs);
    const more: ArmSpec = { ...fixture.arm, id: 'more', rank: rank + 5, firstLayer: 0 };
    const both = await Engine.create(gpu, { ...fixture.inputs, spec: { ...spec, arms: [fixture.arm, more] } });
    const given = flatParameters(fixture, 'param', alone.layout);
    const start = withLora(both.layout, widened(given, alone.layout, both.layout), armLora(spec, fixture.arm));
    const arm = both.createArm(fixture.arm, start);
    const single = alone.createArm(fixture.arm, given);
    for (let step = 0; step < 2; step++) {
      const [a, b] = [await both.trainStep(arm, fixture.batch), await alone.trainStep(single, fixture.batch)];
      for (const key of ['action', 'gradNorm', 'learningRate'] as const)
        expect(Math.abs(a[key] - b[key]) / Math.abs(b[key]), key).toBeLessThan(1e-5);
    }
    const [inBoth, own] = [await readTrainedArm(both, arm), await readTrainedArm(alone, single)];
    expect(inBoth.layout.loraScale).toBe(own.layout.loraScale);
    for (const slot of alone.layout.slots.values()) {
      const got = part(inBoth.flat, slotOf(both.layout, slot.name), slot);
      expect(relativeError(got, own.flat.subarray(slot.offset, slot.offset + slot.rows * slot.columns)), slot.name).toBeLessThan(
        1e-4,
      );
    }
    for (const { name: of, offset, rows, columns } of both.layout.slots.values()) {
      if (!of.startsWith('lora.')) continue;
      const has = alone.layout.slots.get(of);
      for (let at = 0; at < rows * columns; at++) {
        const inside = has !== undefined && Math.floor(at / columns) < has.rows && at % columns < has.columns;
        if (!inside && inBoth.flat[offset + at] !== 0) throw new Error(`${of} has something at ${at}`);
      }
    }
    const base = { config: fixture.inputs.config, id: 'tiny', revision: 'main', hash: '0' };
    const lora = armLora(spec, fixture.arm);
    const files = (trained: typeof own) => writeAdapter(trained, base, lora).map(({ name: file, bytes }) => [file, bytes.length]);
    expect(files(inBoth)).toEqual(files(own));
    alone.destroy();
    both.destroy();
  },
);

it('an arm without any adapted layer trains its heads and leaves the language model as it is, alone and beside others', async () => {
  const fixture = await loadFixture('even-token-action');
  const { spec, config } = fixture.inputs;
  const heads: ArmSpec = { ...fixture.arm, id: 'heads', firstLayer: config.layers };
  const texts = [[...fixture.batch[0]!.text], [...fixture.batch[1]!.text]];
  const results = [];
  for (const arms of [[heads], [fixture.arm, heads]]) {
    const inputs = { ...fixture.inputs, spec: { ...spec, arms } };
    const engine = await Engine.create(gpu, inputs);
    const initial = Float32Array.from({ length: engine.layout.size }, () => 0);
    for (const slot of engine.layout.slots.values()) initial.set(fixture.tensor(`param.${slot.name}`), slot.offset);
    const start = withLora(engine.layout, initial, armLora(spec, heads));
    const arm = engine.createArm(heads, start);
    const evaluator = new Evaluator(engine, 1, 4);
    const before = await evaluator.textNll(arm, texts);
    for (let step = 0; step < 2; step++) await engine.trainStep(arm, fixture.batch);
    expect(await evaluator.textNll(arm, texts)).toBe(before);
    const trained = await engine.readParameters(arm);
    for (const { name, offset, rows, columns } of engine.layout.slots.values())
      if (name.startsWith('lora.'))
        expect(trained.subarray(offset, offset + rows * columns).every((value) => value === 0)).toBe(true);
    const { offset, rows, columns } = slotOf(engine.layout, 'w_o');
    results.push({
      before,
      wO: trained.slice(offset, offset + rows * columns),
      start: start.slice(offset, offset + rows * columns),
    });
    engine.destroy();
  }
  const [alone, beside] = results;
  expect(beside!.before).toBe(alone!.before);
  expect(relativeError(beside!.wO, alone!.wO)).toBeLessThan(1e-5);
  expect(relativeError(alone!.wO, alone!.start)).toBeGreaterThan(1e-3);
});

it('an arm steps at its own rate, with its own warm-up', async () => {
  const fixture = await loadFixture('even-token-action');
  const { spec } = fixture.inputs;
  const fast: ArmSpec = { ...fixture.arm, id: 'fast', learningRate: 0.5, warmupSteps: 2 };
  const engine = await Engine.create(gpu, { ...fixture.inputs, spec: { ...spec, arms: [fixture.arm, fast] } });
  const initial = flatParameters(fixture, 'param', engine.layout);
  const [slowly, quickly] = [engine.createArm(fixture.arm, initial), engine.createArm(fast, initial)];
  const rates = [await engine.trainStep(slowly, fixture.batch), await engine.trainStep(quickly, fixture.batch)];
  expect(rates[0]!.learningRate).toBeCloseTo(fixture.json.learningRates[0], 9);
  expect(rates[1]!.learningRate).toBe(0.25);
  const moved = async (arm: typeof slowly): Promise<number> =>
    (await engine.readParameters(arm)).reduce((sum, value, at) => sum + Math.abs(value - initial[at]!), 0);
  expect(await moved(quickly)).toBeGreaterThan(10 * (await moved(slowly)));
  engine.destroy();
});
