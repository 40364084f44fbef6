/** Keeping the output of frozen blocks changes no bit of a run, and saves the expected work. */
import { beforeAll, expect, it, vi } from 'vitest';
import type { Gpu } from '../../gpu/device';
import { drawnCases } from '../../testing/drawnCases';
import { sharedGpu } from '../../testing/sharedGpu';
import { bitsOf } from '../../gpu/tensor';
import type { ArmSpec, RunSpec } from '../../recipe/runSpec';
import { Engine, type StepReport } from '../engine';
import { flatParameters, withTraining, type Fixture } from '../fixture';
import { loadFixture } from '../../testing/loadFixture';
import { integers } from '../../testing/kernelBench';
import type { EncodedExample } from './sequence';
import { stepSizes } from '../stepSizes';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await sharedGpu();
});

const STEPS = 12;

/**
 * The fixture's examples with other histories, a third of them without a text and a third with two; and each
 * of those without its last item.
 */
function pool({ batch, inputs }: Fixture): EncodedExample[] {
  return [0, 1, 2, 3, 4, 5].flatMap((shift) =>
    batch.flatMap((example) => {
      const history = example.history.map((item) => (item + shift) % inputs.items);
      return [history, history.slice(0, -1)]
        .filter(({ length }) => length > 0)
        .map((cut) => {
          const further =
            shift % 3 === 1 ? [{ ...example, history: cut.slice(0, 2), query: [], text: example.text.slice(-2) }] : [];
          return { ...example, history: cut, text: shift % 3 === 0 ? [] : example.text, further };
        });
    }),
  );
}

/** A case in which neither the blocks below the second nor their inputs are trained. */
async function load(name: string, training: Partial<RunSpec['training']>): Promise<Fixture> {
  const fixture = withTraining(await loadFixture(name), training);
  const { inputs } = fixture;
  const lora = { ...inputs.spec.lora, firstLayer: 1, trainInputs: false };
  return { ...fixture, inputs: { ...inputs, spec: { ...inputs.spec, lora } } };
}

/** Some steps of both arms in turn, and the number of rows that went through the lower blocks. */
async function train(fixture: Fixture) {
  const engine = await Engine.create(gpu, fixture.inputs);
  const lower = vi.spyOn(engine.decoder, 'lowerForward');
  const initial = flatParameters(fixture, 'param', engine.layout);
  const specs: ArmSpec[] = [{ ...fixture.arm, id: 'action', lambdaGen: 0, lambdaRec: 0 }, fixture.arm];
  const arms = specs.map((spec) => engine.createArm(spec, initial));
  const examples = pool(fixture);
  const reports: StepReport[] = [];
  for (let step = 0; step < STEPS; step++) {
    const batch = [...integers(fixture.batch.length, step, examples.length)].map((index) => examples[index]!);
    for (const arm of arms) reports.push(await engine.trainStep(arm, batch));
  }
  const parameters = await Promise.all(arms.map((arm) => engine.readParameters(arm)));
  // L_rec's pass over texts goes through all blocks, whatever is kept.
  const rows = lower.mock.calls.reduce(
    (sum, [{ pass, rows: count }]) => (pass.blocks === engine.histories.pass.blocks ? sum + count : sum),
    0,
  );
  engine.destroy();
  return { reports, parameters: parameters.map(bitsOf), rows };
}

const WAYS = [
  { way: 'in one pass', training: {} },
  { way: 'in micro-batches, run again from block inputs', training: { accumulate: 2, checkpoint: true } },
];
const CASES = ['even-text-karma-upper', 'odd-token-gen-upper'].flatMap((name) => WAYS.map((way) => ({ name, ...way })));

it.each(drawnCases(CASES, ({ name, way }) => [name, way]))('$name trains to the same bits $way', async ({ name, training }) => {
  const fixture = await load(name, training);
  const { inputs } = fixture;
  const whole = await train(fixture);
  const kept = await train(withTraining(fixture, { cacheMegabytes: 1 }));
  expect(kept.reports).toEqual(whole.reports);
  expect(kept.parameters).toEqual(whole.parameters);
  expect(whole.parameters[0]).not.toEqual(whole.parameters[1]);
  // Each step's second arm finds everything kept.
  expect(kept.rows).toBeLessThan(0.6 * whole.rows);
  expect(kept.rows).toBeGreaterThan(0);

  // Room for one micro-batch only: what is overwritten is computed again.
  const least = (4 * inputs.config.hidden * stepSizes(inputs).rows) / 1e6;
  const little = await train(withTraining(fixture, { cacheMegabytes: least }));
  expect(little.reports).toEqual(whole.reports);
  expect(little.parameters).toEqual(whole.parameters);
  expect(little.rows).toBeGreaterThan(kept.rows);
});

it('does not mix arms that start from different input vectors', async () => {
  const fixture = await load('even-text-karma-upper', { cacheMegabytes: 1 });
  const engine = await Engine.create(gpu, fixture.inputs);
  const initial = flatParameters(fixture, 'param', engine.layout);
  const moved = initial.slice();
  const { offset } = engine.layout.learned;
  moved.subarray(offset).forEach((value, i) => (moved[offset + i] = value + 0.5));
  const loss = async (start: Float32Array): Promise<number> => {
    const arm = engine.createArm(fixture.arm, start);
    return (await engine.trainStep(arm, fixture.batch, { update: false })).total;
  };
  const first = await loss(initial);
  expect(await loss(moved)).not.toBe(first);
  expect(await loss(initial)).toBe(first);
  engine.destroy();
});

it('says which setting to raise if a micro-batch does not fit', async () => {
  const fixture = await load('even-text-karma-upper', { cacheMegabytes: 1e-3 });
  await expect(Engine.create(gpu, fixture.inputs)).rejects.toThrow(/do not hold one micro-batch.*raise training.cacheMegabytes/);
});
