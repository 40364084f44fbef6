/** Eight Euler steps follow a known flow (g ≡ b draws noise + b), and regression returns g's output. */
import { expect, it } from 'vitest';
import { forkRandom } from '../../../log/random';
import { drawnFrom } from './euler';

const SIZE = 3;
const sizes = { img_z: [4, 4], img_h: [4, 2], img_m: [4, 2], img_t: [4, 4], img_2: [4, 4], img_3: [4, 4] } as const;
const slots = new Map<string, { name: string; offset: number; rows: number; columns: number }>();
let length = 0;
for (const [name, [rows, columns]] of [
  ...Object.entries(sizes),
  ['img_b1', [1, 4]],
  ['img_b2', [1, 4]],
  ['img_b3', [1, 4]],
] as const) {
  slots.set(name, { name, offset: length, rows, columns });
  length += rows * columns;
}
const layout = { slots };
const constant = (): Float32Array => {
  const flat = new Float32Array(length);
  flat.set([1, -2, 0.5, 9], slots.get('img_b3')!.offset);
  return flat;
};

it('adds a constant velocity to the noise of the seed, whatever h is', () => {
  const noise = forkRandom(4, 'drawn pictures');
  const start = [0, 1, 2].map(() => noise.normal());
  const drawn = drawnFrom([1, 2], { layout, flat: constant(), size: SIZE, loss: 'flow', seed: 4 });
  [1, -2, 0.5].forEach((value, c) => {
    expect(drawn[c]).toBeCloseTo(start[c]! + value, 5);
  });
});

it('returns g’s output with regression, and depends on h', () => {
  const flat = constant();
  expect([...drawnFrom([1, 2], { layout, flat, size: SIZE, loss: 'mse', seed: 4 })]).toEqual([1, -2, 0.5]);
  const silu = (x: number): number => x / (1 + Math.exp(-x));
  flat[slots.get('img_h')!.offset] = 1.5;
  flat[slots.get('img_2')!.offset] = 2;
  flat[slots.get('img_3')!.offset + 4] = -1;
  const [first, second] = drawnFrom([0.8, 5], { layout, flat, size: SIZE, loss: 'mse', seed: 4 });
  expect(first).toBe(1);
  expect(second).toBeCloseTo(-2 - silu(2 * silu(1.5 * 0.8)), 5);
});
