/** L_img beyond the fixtures: its kernel, targets without pictures, and no trace of it in arms without it. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gpu } from '../../../gpu/device';
import { loadFixture } from '../../../testing/loadFixture';
import { KernelBench, blank, floats, RUNS } from '../../../testing/kernelBench';
import { sharedGpu } from '../../../testing/sharedGpu';
import { Engine } from '../../engine';
import type { EncodedExample } from '../../decoder/sequence';
import { flatParameters, type Fixture } from '../../fixture';
import { Evaluator } from '../../ranking/evaluator';

let gpu: Gpu;
let bench: KernelBench;
beforeAll(async () => {
  gpu = await sharedGpu();
  bench = await KernelBench.open();
});
afterAll(() => {
  bench.close();
});

describe('squared_error', () => {
  it('gives the error of rows, and its gradient in place, 0 in the padding', async () => {
    const shapes = fc.record({
      rows: fc.integer({ min: 1, max: 40 }),
      width: fc.integer({ min: 1, max: 30 }),
      seed: fc.nat(999),
    });
    await fc.assert(
      fc.asyncProperty(shapes, fc.integer({ min: 0, max: 3 }), async ({ rows, width, seed }, less) => {
        const size = Math.max(1, width - less);
        const [goal, y, scale, weight] = [floats(rows * width, seed), floats(rows * width, seed + 1), 0.3, 0.7];
        const got = await bench.run('squared_error', {
          storage: { goal, y, error: blank(rows) },
          outputs: ['y', 'error'],
          params: { rows, width, size, scale, weight },
          threads: rows,
        });
        const away = Float64Array.from(y, (value, at) => (at % width < size ? value - goal[at]! : 0));
        bench.near(
          'squared_error',
          got.y,
          away.map((value) => 2 * weight * scale * value),
        );
        const errors = Float64Array.from({ length: rows }, (_, row) =>
          away.subarray(row * width, (row + 1) * width).reduce((sum, value) => sum + scale * value * value, 0),
        );
        bench.near('squared_error', got.error, errors, { width: 1 });
      }),
      RUNS,
    );
  });
});

/** Kernels of a training step, with the number of runs and the products of each. */
async function stepKernels({ inputs, arm: spec, batch }: Fixture): Promise<readonly string[]> {
  const engine = await Engine.create(gpu, inputs);
  const arm = engine.createArm(spec, new Float32Array(engine.layout.size).fill(0.01));
  const runs = await engine.context.recorder.listen(async () => {
    await engine.trainStep(arm, batch);
  });
  engine.destroy();
  return runs.map(({ path, kernel, flops }) => `${path.join('/')} ${kernel} ${flops}`);
}

function without(fixture: Fixture): Fixture {
  const arm = { ...fixture.arm, lambdaImg: 0 };
  const { imageSize: _, ...inputs } = fixture.inputs;
  return { ...fixture, arm, inputs: { ...inputs, spec: { ...inputs.spec, arms: [arm] } } };
}

describe('an arm with λ_img = 0', () => {
  it('runs the kernels of a step without pictures, even beside an arm with L_img', async () => {
    const fixture = await loadFixture('even-token-img');
    const plain = await stepKernels(without(fixture));
    expect(plain.filter((run) => run.includes('picture'))).toEqual([]);
    const { arm } = without(fixture);
    const beside = { ...fixture, arm, inputs: { ...fixture.inputs, spec: { ...fixture.inputs.spec, arms: [fixture.arm, arm] } } };
    // Only AdamW has more parameters to update.
    expect(await stepKernels(beside)).toEqual(plain);
    const pictures = (await stepKernels(fixture)).filter((run) => run.includes('picture reconstruction'));
    expect(pictures.length).toBeGreaterThan(10);
  });

  it('takes no memory for them', async () => {
    const fixture = await loadFixture('even-token-img');
    const bytes = (one: Fixture): number => {
      const engine = Engine.allocate(gpu, one.inputs);
      const { losses } = engine.context.memory.use.groups;
      const names = [...engine.layout.slots.keys()].filter((name) => name.startsWith('img_'));
      engine.destroy();
      expect(names).toHaveLength(one.arm.lambdaImg > 0 ? 9 : 0);
      return losses;
    };
    expect(bytes(fixture)).toBeGreaterThan(bytes(without(fixture)));
  });
});

it('costs a request nothing: the same kernels rank with and without L_img', async () => {
  const ranked = async (one: Fixture): Promise<readonly string[]> => {
    const engine = await Engine.create(gpu, one.inputs);
    const arm = engine.createArm(one.arm, new Float32Array(engine.layout.size).fill(0.01));
    const evaluator = new Evaluator(engine, 1, 8);
    const runs = await engine.context.recorder.listen(async () => {
      await evaluator.rank(arm, one.batch, []);
    });
    engine.destroy();
    return runs.map(({ kernel, flops }) => `${kernel} ${flops}`);
  };
  const fixture = await loadFixture('even-token-img');
  const runs = await ranked(fixture);
  expect(runs.length).toBeGreaterThan(10);
  expect(runs).toEqual(await ranked(without(fixture)));
});

it.each(['even-token-img', 'odd-token-imgmean'])(
  'L_img is 0 and has no gradient if no target has a picture: %s',
  async (name) => {
    const fixture = await loadFixture(name);
    const batch = fixture.batch.map(({ history, target, query, text, exposed }): EncodedExample => ({
      history,
      target,
      query,
      text,
      exposed,
    }));
    const gradients = async (one: Fixture) => {
      const engine = await Engine.create(gpu, one.inputs);
      const arm = engine.createArm(one.arm, flatParameters(fixture, 'param', engine.layout));
      const report = await engine.trainStep(arm, batch, { update: false });
      const flat = await engine.readGradients();
      engine.destroy();
      const { offset, rows, columns } = engine.layout.slots.get('w_o')!;
      return { report, wO: flat.subarray(offset, offset + rows * columns) };
    };
    const [pictured, plain] = [await gradients(fixture), await gradients(without(fixture))];
    expect(pictured.report).toMatchObject({ img: 0, action: plain.report.action });
    expect(plain.report.img).toBeNull();
    expect([...pictured.wO]).toEqual([...plain.wO]);
  },
);
