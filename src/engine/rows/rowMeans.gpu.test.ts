import { beforeAll, expect, it } from 'vitest';
import type { Gpu } from '../../gpu/device';
import { sharedGpu } from '../../testing/sharedGpu';
import { Memory } from '../../gpu/tensor';
import { relativeError } from '../fixture';
import { RowMeans } from './rowMeans';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await sharedGpu();
});

it('returns all means in the order of the calls, even more than are read at a time', async () => {
  const [width, calls, spansEach] = [6, 40, 120];
  const memory = new Memory(gpu.device);
  const pool = RowMeans.create(gpu, width);
  const expected: number[] = [];
  for (let call = 0; call < calls; call += 1) {
    const states = Float32Array.from({ length: (2 * spansEach + 1) * width }, (_, i) => Math.sin(i + 31 * call));
    const spans = Array.from({ length: spansEach }, (_, i) => ({ first: 2 * i, count: 1 + ((i + call) % 3) }));
    const tensor = memory.upload(states, 'states');
    await pool.add(tensor.buffer, spans);
    memory.free(tensor);
    for (const { first, count } of spans) {
      for (let c = 0; c < width; c += 1) {
        let sum = 0;
        for (let i = 0; i < count; i += 1) sum += states[(first + i) * width + c]!;
        expected.push(sum / count);
      }
    }
  }
  const means = await pool.take();
  expect(relativeError(means, Float32Array.from(expected))).toBeLessThan(1e-5);
  expect(await pool.take()).toHaveLength(0);
  await expect(pool.add(memory.tensor(4, 'few').buffer, new Array(257).fill({ first: 0, count: 1 }))).rejects.toThrow(RangeError);
  pool.destroy();
  memory.destroy();
});
