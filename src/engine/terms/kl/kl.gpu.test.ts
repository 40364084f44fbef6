/**
 * L_kl beyond the fixtures: its kernels, the model that it starts from, and no trace of it in arms without
 * it.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Gpu } from '../../../gpu/device';
import { loadFixture } from '../../../testing/loadFixture';
import { KernelBench, blank, floats, RUNS } from '../../../testing/kernelBench';
import { sharedGpu } from '../../../testing/sharedGpu';
import { roundUp4 } from '../../context';
import { Engine } from '../../engine';
import { flatParameters } from '../../fixture';

let gpu: Gpu;
let bench: KernelBench;
beforeAll(async () => {
  gpu = await sharedGpu();
  bench = await KernelBench.open();
});
afterAll(() => {
  bench.close();
});

function logSoftmax(scores: readonly number[]): number[] {
  const top = Math.max(...scores);
  const sum = scores.reduce((total, score) => total + Math.exp(score - top), 0);
  return scores.map((score) => score - top - Math.log(sum));
}

it('the kernels give KL(base‖arm) and its gradient, whatever the lanes, close or far apart', async () => {
  const shapes = fc.record({
    rows: fc.integer({ min: 1, max: 20 }),
    columns: fc.integer({ min: 1, max: 90 }),
    lanes: fc.integer({ min: 1, max: 5 }),
    apart: fc.constantFrom(0, 1e-3, 1, 60),
    seed: fc.nat(999),
  });
  await fc.assert(
    fc.asyncProperty(shapes, async ({ rows, columns, lanes, apart, seed }) => {
      const [stride, first, weight] = [roundUp4(columns), 2, 0.7];
      const base = floats(rows * stride, seed, 6);
      const moved = floats(rows * stride, seed + 1, apart);
      const scores = base.map((value, i) => value + moved[i]!);
      const rowWeight = floats(first + rows, seed + 2).map(Math.abs);
      const shape = { rows, columns, stride, lanes };
      const threads = rows * lanes;
      const { partials } = await bench.run('kl_partial', {
        storage: { base, scores, partials: blank(4 * threads) },
        outputs: ['partials'],
        params: shape,
        threads,
      });
      const { state } = await bench.run('kl_state', {
        storage: { partials, state: blank(2 * rows) },
        outputs: ['state'],
        params: { rows, lanes },
        threads: rows,
      });
      const got = await bench.run('kl_gradient', {
        storage: { base, state, row_weight: rowWeight, scores, parts: blank((first + rows) * lanes) },
        outputs: ['scores', 'parts'],
        params: { ...shape, first_row: first, weight },
        threads,
      });
      expect(got.parts.subarray(0, first * lanes)).toEqual(blank(first * lanes));
      for (let row = 0; row < rows; row++) {
        const of = (all: Float32Array): number[] => logSoftmax([...all.subarray(row * stride, row * stride + columns)]);
        const [b, a] = [of(base), of(scores)];
        const kl = b.reduce((sum, value, i) => sum + Math.exp(value) * (value - a[i]!), 0);
        const parts = got.parts.subarray((first + row) * lanes, (first + row + 1) * lanes);
        expect(Math.min(...parts)).toBeGreaterThanOrEqual(0);
        if (apart === 0) expect([...parts]).toEqual(Array(lanes).fill(0));
        // Logarithms of shares have an absolute error of about 1e-6.
        const total = parts.reduce((sum, part) => sum + part, 0);
        bench.near('kl_gradient', Float32Array.of(total), [kl], { scale: Math.max(kl, 0.2 * Math.sqrt(kl), 1e-6) });
        const size = weight * rowWeight[first + row]!;
        const expected = Array.from({ length: stride }, (_, i) => (i < columns ? size * (Math.exp(a[i]!) - Math.exp(b[i]!)) : 0));
        bench.near('kl_gradient', got.scores.subarray(row * stride, (row + 1) * stride), expected, { scale: size });
      }
    }),
    RUNS,
  );
});

it('is 0 without a gradient where LoRA changes nothing, and takes no memory in experiments without it', async () => {
  const fixture = await loadFixture('even-token-kl');
  const engine = await Engine.create(gpu, fixture.inputs);
  const start = flatParameters(fixture, 'param', engine.layout);
  for (const { name, offset, rows, columns } of engine.layout.slots.values())
    if (name.endsWith('.B')) start.fill(0, offset, offset + rows * columns);
  const plain = { ...fixture.arm, lambdaKl: 0 };
  const gradient = async (spec: typeof plain): Promise<{ kl: number | null; flat: Float32Array }> => {
    const { kl } = await engine.trainStep(engine.createArm(spec, start), fixture.batch, { update: false });
    return { kl, flat: await engine.readGradients() };
  };
  const [kept, without] = [await gradient(fixture.arm), await gradient(plain)];
  expect([kept.kl, without.kl]).toEqual([0, null]);
  expect(kept.flat).toEqual(without.flat);
  const { losses } = engine.context.memory.use.groups;
  engine.destroy();
  const inputs = { ...fixture.inputs, spec: { ...fixture.inputs.spec, arms: [plain] } };
  const lighter = Engine.allocate(gpu, inputs);
  expect(lighter.context.memory.use.groups.losses).toBeLessThan(losses);
  lighter.destroy();
});
