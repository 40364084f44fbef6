/** The shipped pictures of the sample store. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { drawing, drawn, readPictures } from './pictures';
import { readSampleLog } from './sample';
import { SAMPLE_LOG } from './sampleLog';
import { summariseLog } from './summary';

const read = (path: string): Uint8Array<ArrayBuffer> => Uint8Array.from(readFileSync(`public/${path}`));
const file = read(`${SAMPLE_LOG.folder}/${SAMPLE_LOG.pictures}`);
const pictures = readPictures(new TextDecoder().decode(file));
const data = await readSampleLog((path) => Promise.resolve(read(path).buffer));
const { log } = data;

it('covers the store in at most 400 kB, with 64 numbers per item', () => {
  expect(file.length).toBeLessThan(400_000);
  expect(log.visual).toMatchObject({ width: 64, shipped: true });
  expect(log.visual!.present.reduce((sum, has) => sum + has, 0)).toBe(log.items.length);
  expect(pictures.ofItem.size).toBe(log.items.length);
});

it('gives the source of the pictures, and how each item was matched', () => {
  expect(summariseLog('sample', data).visual).toEqual({
    width: 64,
    missing: 0,
    source: {
      ...{ name: 'Noto Emoji', author: 'Google Inc', license: 'Apache 2.0' },
      licenseUrl: 'https://github.com/googlefonts/noto-emoji/blob/main/svg/LICENSE',
      matches: { title: 190, head: 394, category: 4616 },
    },
  });
});

it('gives an item the picture of its name', () => {
  for (const [title, name] of [
    ['violin', 'violin'],
    ['garlic', 'garlic'],
    ['electric guitar', 'guitar'],
  ] as const) {
    const item = log.items.map((one) => one.title).indexOf(title);
    expect(pictures.names[pictures.ofItem.get(log.items.at(item).id)!]).toBe(name);
  }
});

it('redraws an icon: a red apple is red in the middle, on white', () => {
  const at = pictures.names.indexOf('red-apple');
  const pixels = drawn(pictures, pictures.numbers.subarray(64 * at, 64 * (at + 1)), 16);
  const pixel = (x: number, y: number): number[] => [...pixels.subarray(4 * (16 * y + x), 4 * (16 * y + x) + 4)];
  const [red, green, blue] = pixel(8, 9) as [number, number, number];
  expect(red).toBeGreaterThan(150);
  expect(Math.max(green, blue)).toBeLessThan(110);
  expect(Math.min(...pixel(0, 0))).toBeGreaterThan(200);
});

it('can also be drawn from a table', () => {
  const numbers = pictures.numbers.subarray(64 * 5, 64 * 6);
  const table = drawing(pictures, 16);
  const size = 3 * 16 ** 2;
  pictures.shades(numbers, 16).forEach((shade, at) => {
    const sum = numbers.reduce((total, number, axis) => total + number * table[(axis + 1) * size + at]!, table[at]!);
    expect(sum).toBeCloseTo(shade, 5);
  });
});
