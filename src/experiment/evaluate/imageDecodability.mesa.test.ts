/**
 * The probe of pictures finds what is there: planted pictures are read, noise is not, and cold targets are
 * kept apart.
 */
import { beforeAll, expect, it } from 'vitest';
import { Engine } from '../../engine/engine';
import type { EncodedExample } from '../../engine/decoder/sequence';
import type { Gpu } from '../../gpu/device';
import { forkRandom } from '../../log/random';
import { loadFixture } from '../../testing/loadFixture';
import { sharedGpu } from '../../testing/sharedGpu';
import { ImageDecodability } from './imageDecodability';

const ITEMS = 30;
const SIZE = 7;
let gpu: Gpu;
beforeAll(async () => {
  gpu = await sharedGpu();
});

function normals(count: number, name: string): Float32Array {
  const random = forkRandom(5, name);
  return Float32Array.from({ length: count }, () => random.normal());
}

it('gains if embeddings hold the picture, and almost nothing if they are noise', async () => {
  const fixture = await loadFixture('even-token-img');
  const engine = await Engine.create(gpu, fixture.inputs);
  const e = fixture.inputs.spec.objective.embeddingSize;
  const table = normals(ITEMS * SIZE, 'v');
  // The last item has no picture.
  const pictured = Int32Array.from({ length: ITEMS - 1 }, (_, item) => item);
  const images = {
    size: SIZE,
    pictured,
    of: (item: number) => table.subarray(item * SIZE, (item + 1) * SIZE),
    unscaled: (v: ArrayLike<number>) => Float32Array.from(v),
  };
  const random = forkRandom(1, 'targets');
  const examples = (count: number): EncodedExample[] =>
    Array.from({ length: count }, (_, at) => ({
      ...{ history: [0], query: [], text: [1], exposed: [] },
      target: at === 0 ? ITEMS - 1 : random.integer(ITEMS),
    }));
  const parts = { pairs: examples(200), heldOut: examples(40), targets: examples(60) };
  const cold = Uint8Array.from(parts.targets, (_, at) => Number(at % 3 === 0));
  const probe = new ImageDecodability({ engine, images, seed: 2, steps: 250, cold, ...parts });
  expect(probe.possible).toBe(true);
  /** v of the target, then zeros. */
  const planted = (of: readonly EncodedExample[]): Float32Array =>
    Float32Array.from({ length: of.length * e }, (_, i) =>
      i % e < SIZE ? table[of[Math.floor(i / e)]!.target * SIZE + (i % e)]! : 0,
    );
  const noise = (of: readonly EncodedExample[], name: string): Float32Array => normals(of.length * e, name);
  const go = (): Promise<'go'> => Promise.resolve('go');
  const reads = (make: (of: readonly EncodedExample[], name: string) => Float32Array) => ({
    pairs: make(parts.pairs, 'pairs'),
    heldOut: make(parts.heldOut, 'held out'),
    targets: make(parts.targets, 'targets'),
  });
  const found = await probe.measure(reads(planted), go);
  const nothing = await probe.measure(reads(noise), go);
  const again = await probe.measure(reads(planted), go);
  const stopped = await probe.measure(reads(planted), () => Promise.resolve('stop'));
  engine.destroy();
  console.info(
    `visual decodability: planted ${found!.values.visualDecodability!.toFixed(3)}, noise ${nothing!.values.visualDecodability!.toFixed(3)}, without ${found!.values.emptyPictureError!.toFixed(3)}`,
  );
  expect(found!.values.visualDecodability).toBeGreaterThan(0.3);
  expect(found!.intervals.visualDecodability![0]).toBeGreaterThan(0.2);
  expect(Math.abs(nothing!.values.visualDecodability!)).toBeLessThan(0.15);
  const withPicture = parts.targets.filter(({ target }) => target < ITEMS - 1);
  const { visualDecodability: n, 'warm-visualDecodability': seen, 'cold-visualDecodability': unseen } = found!.counts;
  expect([n, seen! + unseen!]).toEqual([withPicture.length, withPicture.length]);
  expect(again).toEqual(found);
  expect(stopped).toBeNull();
});
