/** Products on a device that computes right, and on devices that do not. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Gpu } from '../../gpu/device';
import { watchBuffers } from '../../gpu/bufferWatch';
import { alteredGpu, PRODUCT_FAULTS } from '../../testing/alteredProducts';
import { sharedGpu } from '../../testing/sharedGpu';
import { checkProducts, WrongProductError, type ProductLayout } from './checkProducts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await sharedGpu();
});

const PLAIN: ProductLayout = {
  kind: 'NT',
  rows: 520,
  columns: 96,
  depth: 64,
  alpha: 1,
  a: { stride: 64, offset: 0 },
  b: { stride: 64, offset: 0, format: 'f32', f16: false },
  out: { stride: 96, offset: 0 },
  residual: null,
  tail: null,
  bias: false,
  accumulate: false,
};

const SHAPES: Readonly<Record<string, ProductLayout>> = {
  'the plain product': PLAIN,
  'a product with a low-rank part, bias and residual': {
    ...PLAIN,
    kind: 'NN',
    b: { ...PLAIN.b, stride: 96, format: 'q8_0' },
    tail: { depth: 8, a: { stride: 8, offset: 8 }, b: { stride: 96, offset: 32 } },
    residual: { stride: 128, offset: 0 },
    bias: true,
  },
  'a product that is added to what is there': {
    ...PLAIN,
    kind: 'TN',
    alpha: 0.5,
    a: { stride: 520, offset: 0 },
    b: { ...PLAIN.b, stride: 96 },
    out: { stride: 104, offset: 8 },
    accumulate: true,
  },
  'a product of odd sizes': {
    ...PLAIN,
    kind: 'NN',
    rows: 503,
    columns: 71,
    depth: 37,
    a: { stride: 41, offset: 3 },
    b: { ...PLAIN.b, stride: 73 },
    out: { stride: 71, offset: 1 },
  },
  'weights in half floats': { ...PLAIN, b: { ...PLAIN.b, format: 'f16' } },
};

const NAMES = Object.entries(SHAPES);

it('a device that computes right passes, and computes each product once', async () => {
  const own = alteredGpu(gpu, 'none', (code) => code);
  const shapes = Object.values(SHAPES);
  await watchBuffers(own.gpu.device, async (watch) => {
    const totals: number[] = [];
    const check = () => checkProducts(own.gpu, [...shapes, PLAIN], (_, total) => totals.push(total));
    const first = await check();
    expect(first.products).toBe(shapes.length);
    expect(first.worst).toBeGreaterThan(0.001);
    expect(first.worst).toBeLessThan(0.5);
    expect(await check()).toEqual(first);
    expect(totals).toEqual(shapes.map(() => shapes.length));
    expect(watch.open).toBe(0);
  });
});

describe.each(NAMES)('of %s', (_, shape) => {
  const faults = Object.entries(PRODUCT_FAULTS).filter(([name]) => name !== 'C is overwritten, not added to' || shape.accumulate);
  it.each(faults)('%s is found, with the kernel and the sizes', async (__, alter) => {
    const wrong = alteredGpu(gpu, 'gemm_', alter);
    const found = await checkProducts(wrong.gpu, [shape]).catch((error: unknown) => error);
    expect(wrong.altered).toBeGreaterThan(0);
    expect(found).toBeInstanceOf(WrongProductError);
    expect((found as Error).message).toContain(`gemm_${shape.kind}`);
    expect((found as Error).message).toContain(`${shape.rows} × ${shape.depth}`);
  });
});
