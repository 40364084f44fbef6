/** What our engine tells of its tiles: those that it timed on a GPU when it was opened. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tunedProducts } from '../src/engine/gemm/gemmTiles';
import { ratingsSchema } from '../src/engine/gemm/ratings';
import type { Gpu } from '../src/gpu/device';
import { openNodeGpu } from '../src/gpu/node';
import { openOurs } from './peers/ours/library';

let gpu: Gpu;
beforeEach(async () => {
  gpu = await openNodeGpu();
});
afterEach(() => {
  gpu.device.destroy();
});

test('a GPU is timed on every product, and its ratings can be kept', async () => {
  const { tiles } = await openOurs({ ...gpu, adapter: { ...gpu.adapter, fallback: false } }, {}, { budget: 0, least: 0 });
  expect(ratingsSchema.parse(JSON.parse(JSON.stringify(tiles)))).toEqual(tiles);
  expect(new Set(tiles!.map(({ at }) => JSON.stringify(at)))).toEqual(
    new Set(tunedProducts(gpu).map((at) => JSON.stringify(at))),
  );
});

test('a software adapter is not timed', async () => {
  expect(await openOurs({ ...gpu, adapter: { ...gpu.adapter, fallback: true } }, {})).not.toHaveProperty('tiles');
});
