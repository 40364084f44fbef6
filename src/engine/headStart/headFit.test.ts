/** The heads' fit against PyTorch's: ridge regression, gradients and AdamW; and whether it finds planted heads. */
import { beforeAll, describe, expect, it } from 'vitest';
import { FIXTURE_MODELS, fixtureFiles } from '../../testing/fixtureModels';
import type { Gpu } from '../../gpu/device';
import { sharedGpu } from '../../testing/sharedGpu';
import { forkRandom } from '../../log/random';
import { relativeError } from '../fixture';
import { HeadFit, type FitRows, type Heads } from './headFit';

const SIZE = 12;

let gpu: Gpu;
beforeAll(async () => {
  gpu = await sharedGpu();
});

describe.each(FIXTURE_MODELS)('%s', (name) => {
  const { config, headStart } = fixtureFiles(name);
  const rows: FitRows = { hidden: headStart('hidden'), targets: Uint32Array.from(headStart('targets')) };
  const x = headStart('x');

  it.each(['cosine', 'dot'] as const)('agrees with the reference, %s', async (similarity) => {
    const { hidden } = config;
    const objective = {
      embeddingSize: SIZE,
      similarity,
      temperature: 0.2,
      headStartFrom: 'ridge',
      headStartSteps: 3,
      headStartRate: 5e-3,
    } as const;
    const heads = (when: string): Heads => {
      const tensor = (head: string): Float32Array => headStart(`${similarity}.${when}.${head}`);
      return { wO: tensor('w_o'), wE: tensor('w_e'), logScale: tensor('log_scale')[0]! };
    };
    const fit = HeadFit.create(gpu, { items: x.length / hidden, features: hidden, hidden }, objective);
    fit.load(x);
    const start = heads('start');
    expect(relativeError(await fit.regression(rows, start.wE), start.wO)).toBeLessThan(1e-4);
    const expectHeads = (got: Heads, expected: Heads): void => {
      expect(relativeError(got.wO, expected.wO)).toBeLessThan(1e-4);
      expect(relativeError(got.wE, expected.wE)).toBeLessThan(1e-4);
      expect(Math.abs(got.logScale - expected.logScale)).toBeLessThan(1e-4);
    };
    await fit.begin(rows);
    expectHeads(await fit.read(), start);
    fit.set(start);
    await fit.step(rows, { update: false });
    expectHeads(await fit.readGradients(), heads('grad'));
    const losses: number[] = [];
    for (let step = 0; step < 3; step++) losses.push(await fit.step(rows));
    expect(relativeError(Float32Array.from(losses), headStart(`${similarity}.losses`))).toBeLessThan(1e-4);
    expectHeads(await fit.read(), heads('end'));
    fit.destroy();
  });
});

it('finds what a hidden state says about an item, along the axes along which items differ', async () => {
  const [items, features, hidden, noise] = [300, 40, 24, 0.1];
  const random = forkRandom(3, 'planted');
  // Items differ along 12 directions of 40; hidden states carry a linear image of them.
  const basis = Array.from({ length: SIZE * features }, () => random.normal());
  const image = Array.from({ length: SIZE * hidden }, () => random.normal());
  const codes = Array.from({ length: items * SIZE }, () => random.normal());
  const mapped = (item: number, map: readonly number[], width: number): number[] =>
    Array.from({ length: width }, (_, column) => {
      let sum = noise * random.normal();
      for (let k = 0; k < SIZE; k++) sum += codes[item * SIZE + k]! * map[k * width + column]!;
      return sum;
    });
  const every = Array.from({ length: items }, (_, item) => item);
  const objective = {
    embeddingSize: SIZE,
    similarity: 'cosine',
    temperature: 0.07,
    headStartFrom: 'ridge',
    headStartSteps: 300,
    headStartRate: 5e-3,
  } as const;
  const fit = HeadFit.create(gpu, { items, features, hidden }, objective);
  fit.load(Float32Array.from(every.flatMap((item) => mapped(item, basis, features))));
  const rows = (): FitRows => ({
    hidden: Float32Array.from(every.flatMap((item) => mapped(item, image, hidden))),
    targets: Uint32Array.from(every),
  });
  await fit.begin(rows());
  const begun = await fit.step(rows(), { update: false });
  for (let step = 0; step < 30; step++) await fit.step(rows());
  const left = await fit.step(rows(), { update: false });
  fit.destroy();
  console.info(
    `loss ${begun.toFixed(3)} after ridge regression, ${left.toFixed(3)} after 30 steps; by chance ${Math.log(items).toFixed(3)}`,
  );
  expect(begun).toBeLessThan(Math.log(items) - 2);
  expect(left).toBeLessThan(begun);
});

it('tells how far it is, and stops there with its memory freed when it is aborted', async () => {
  const [items, features, hidden] = [200, 140, 130];
  const random = forkRandom(4, 'told');
  const objective = {
    embeddingSize: SIZE,
    similarity: 'cosine',
    temperature: 0.07,
    headStartFrom: 'ridge',
    headStartSteps: 1,
    headStartRate: 5e-3,
  } as const;
  const fit = HeadFit.create(gpu, { items, features, hidden }, objective);
  fit.load(Float32Array.from({ length: items * features }, () => random.normal()));
  const rows: FitRows = {
    hidden: Float32Array.from({ length: 1100 * hidden }, () => random.normal()),
    targets: Uint32Array.from({ length: 1100 }, () => random.integer(items)),
  };
  const told = { axes: [] as number[], regression: [] as number[] };
  await fit.begin(rows, { onProgress: (part, share) => told[part].push(share) });
  for (const shares of [told.axes, told.regression]) {
    expect(shares.length).toBeGreaterThanOrEqual(3);
    shares.forEach((share, at) => {
      expect(share).toBeGreaterThan(shares[at - 1] ?? 0);
    });
    expect(shares.at(-1)).toBeLessThanOrEqual(1);
  }
  const held = fit.bytes;
  for (const where of ['axes', 'regression'] as const) {
    const controller = new AbortController();
    const reason = new Error('stop');
    const begun = fit.begin(rows, {
      onProgress: (part) => {
        if (part === where) controller.abort(reason);
      },
      signal: controller.signal,
    });
    await expect(begun).rejects.toBe(reason);
    expect(fit.bytes).toBe(held);
  }
  fit.destroy();
});

it('frees the memory that it allocates', async () => {
  const fit = HeadFit.create(gpu, { items: 10, features: 16, hidden: 16 }, {
    embeddingSize: 16,
    similarity: 'cosine',
    temperature: 0.1,
    headStartFrom: 'ridge',
    headStartSteps: 3,
    headStartRate: 5e-3,
  } as const);
  fit.load(Float32Array.from({ length: 160 }, (_, i) => Math.sin(i)));
  const held = fit.bytes;
  await fit.begin({
    hidden: Float32Array.from({ length: 160 }, (_, i) => Math.cos(i)),
    targets: Uint32Array.from({ length: 10 }, (_, i) => i),
  });
  expect(fit.bytes).toBe(held);
  // With as many axes as features, W_e is the identity.
  expect((await fit.read()).wE).toEqual(Float32Array.from({ length: 256 }, (_, i) => Number(i % 17 === 0)));
  fit.destroy();
  expect(fit.bytes).toBe(0);
});
