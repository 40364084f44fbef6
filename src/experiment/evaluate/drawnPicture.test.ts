import { expect, it } from 'vitest';
import { thumbnailOf, withPictures, type LogPictures } from '../../log/pictures';
import { THUMBNAIL_SIDE } from '../../log/types';
import { namedArm } from '../../recipe/namedArms';
import { runSpecSchema } from '../../recipe/runSpec';
import { logFromRows } from '../../testing/smallLogs';
import { DRAWN_SIDE, drawnPicture, draws } from './drawnPicture';
import { imageTable } from '../prepare/imageTable';

/** Pictures of two numbers; the first two items share one, the last has none. */
const NUMBERS = [1, 0, 0, 3, 5, 5];
const PICTURES: LogPictures = {
  source: { name: 'a', author: 'b', license: 'c', licenseUrl: 'd', matches: { title: 1, head: 1, category: 2 } },
  size: 2,
  names: ['a', 'b', 'c'],
  numbers: Float32Array.from(NUMBERS),
  ofItem: new Map([0, 0, 1, 2].map((picture, item) => [`i${item}`, picture])),
  shades: (of, side) => new Float64Array(3 * side * side).fill((10 * of[0]! + of[1]!) / 255),
};
const items = [0, 1, 2, 3, 4].map((item) => ({ id: `i${item}`, title: `item ${item}`, category: '', description: '' }));
const users = [{ id: 'u', events: [{ item: 0, time: 0, query: '', exposed: [] }] }];
const log = withPictures(logFromRows({ name: 'small', hash: '', items, users }), PICTURES);
const arm = { ...namedArm('img'), imageLoss: 'mse' as const };
const recipe = runSpecSchema.parse({ version: 1, arms: [arm] });
const images = imageTable(log, recipe)!;

/** A decoder that, whatever h is, draws what it is given: all is 0 but its last bias. */
function drawing(v: ArrayLike<number>) {
  const slots = new Map<string, { name: string; offset: number; rows: number; columns: number }>();
  let length = 0;
  for (const [name, rows, columns] of [
    ...(['img_h', 'img_2', 'img_3'] as const).map((matrix) => [matrix, 4, 4] as const),
    ...(['img_b1', 'img_b2', 'img_b3'] as const).map((bias) => [bias, 1, 4] as const),
  ]) {
    slots.set(name, { name, offset: length, rows, columns });
    length += rows * columns;
  }
  const flat = new Float32Array(length);
  flat.set([v[0]!, v[1]!], slots.get('img_b3')!.offset);
  return drawnPicture({ data: { log, images }, recipe, layout: { slots } }, { spec: arm, flat }, [1, 2, 3, 4]);
}

it('names the items whose pictures are nearest to what is drawn, one per picture', () => {
  const { nearest, pixels } = drawing(images.of(2));
  expect(nearest.map(({ item }) => item)).toEqual([2, 0, 3]);
  expect(nearest[0]!.distance).toBe(0);
  const [a, b] = [images.of(2), images.of(0)];
  expect(nearest[1]!.distance).toBeCloseTo(Math.sqrt(((a[0]! - b[0]!) ** 2 + (a[1]! - b[1]!) ** 2) / 2), 6);
  // Drawn on the scale of the log's own numbers, 0 and 3.
  expect(pixels).toHaveLength(4 * DRAWN_SIDE ** 2);
  expect(new Set(pixels)).toEqual(new Set([3, 255]));
});

it('exists only in arms with L_img from h', () => {
  expect([arm, { ...arm, lambdaImg: 0 }, { ...arm, imageContext: 'history' as const }].map(draws)).toEqual([true, false, false]);
});

it('shows an item by its picture: redrawn from its numbers, or as stored; none if there is none', () => {
  expect(new Set(thumbnailOf(log, 3))).toEqual(new Set([55, 255]));
  expect(thumbnailOf(log, 4)).toBeNull();
  const { width, values, present } = log.visual!;
  expect(thumbnailOf({ visual: { width, values, present } }, 3)).toBeNull();
  const bytes = 3 * THUMBNAIL_SIDE ** 2;
  const thumbnails = new Uint8Array(5 * bytes);
  thumbnails.set(
    Array.from({ length: bytes }, (_, at) => [7, 8, 9][at % 3]!),
    3 * bytes,
  );
  const kept = thumbnailOf({ visual: { width, values, present, thumbnails } }, 3)!;
  expect(kept).toHaveLength(4 * THUMBNAIL_SIDE ** 2);
  expect([...kept.subarray(-4)]).toEqual([7, 8, 9, 255]);
});
