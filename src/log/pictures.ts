/**
 * The pictures of the sample store's items, written by tools/pictures/make.mjs: numbers, and how to redraw
 * them.
 */
import { fromBase64 } from '../record/base64';
import { opaque } from '../record/pixels';
import { THUMBNAIL_SIDE, type InteractionLog, type VisualFeatures } from './types';

interface PicturesFile {
  readonly source: {
    readonly name: string;
    readonly author: { readonly name: string };
    readonly license: { readonly title: string; readonly url: string };
  };
  readonly side: number;
  readonly frequencies: number;
  readonly size: number;
  readonly reach: readonly number[];
  /** base64: int8 [pictures, size], float32 [3·frequencies²], int16 [size, 3·frequencies²]. */
  readonly numbers: string;
  readonly mean: string;
  readonly axes: string;
  readonly pictures: readonly { readonly name: string; readonly items: Readonly<Record<string, readonly string[]>> }[];
}

/** The source of the pictures, and how they were matched to items. */
export interface PictureSource {
  readonly name: string;
  readonly author: string;
  readonly license: string;
  readonly licenseUrl: string;
  /**
   * Number of items by the text in which the picture's name was found: their title, its last word, their
   * category.
   */
  readonly matches: { readonly title: number; readonly head: number; readonly category: number };
}

export interface LogPictures {
  readonly source: PictureSource;
  readonly size: number;
  readonly names: readonly string[];
  /** [pictures, size] */
  readonly numbers: Float32Array;
  /** Picture of an item, by ID. */
  readonly ofItem: ReadonlyMap<string, number>;
  /**
   * RGB at the requested pixels per side, clamped to 0 … 1, from a row of `size` numbers: [side, side, 3].
   */
  readonly shades: (numbers: ArrayLike<number>, side: number) => Float64Array;
}

/** @throws SyntaxError for anything else */
export function readPictures(text: string): LogPictures {
  const { source, side, frequencies, size, reach, numbers, mean, axes, pictures } = JSON.parse(text) as PicturesFile;
  const codes = new Int8Array(fromBase64(numbers).buffer);
  const centre = new Float32Array(fromBase64(mean).buffer);
  const directions = new Int16Array(fromBase64(axes).buffer);
  const ofItem = new Map(
    pictures.flatMap(({ items }, picture) => Object.values(items).flatMap((ids) => ids.map((id) => [id, picture] as const))),
  );
  const matched = (match: keyof PictureSource['matches']): number =>
    pictures.reduce((sum, { items }) => sum + (items[match]?.length ?? 0), 0);
  return {
    source: {
      name: source.name,
      author: source.author.name,
      license: source.license.title,
      licenseUrl: source.license.url,
      matches: { title: matched('title'), head: matched('head'), category: matched('category') },
    },
    size,
    names: pictures.map(({ name }) => name),
    numbers: Float32Array.from(codes, (code, at) => (code / 127) * reach[at % size]!),
    ofItem,
    shades: (row, wanted) => {
      const waves = Float64Array.from(centre);
      for (let axis = 0; axis < size; axis++) {
        for (let c = 0; c < waves.length; c++) waves[c]! += (row[axis]! * directions[axis * waves.length + c]!) / 32767;
      }
      return inverse(waves, { side, frequencies, wanted });
    },
  };
}

/**
 * Of visual features that were made of pictures, those pictures: beside them, since functions do not pass
 * between workers.
 */
const madeOf = new WeakMap<VisualFeatures, LogPictures>();

/** What the log's visual features were made of; null if unknown. */
export function picturesOf({ visual }: Pick<InteractionLog, 'visual'>): LogPictures | null {
  return (visual && madeOf.get(visual)) ?? null;
}

/**
 * The picture of an item as it is shown, RGBA [side, side, 4]: drawn again from its numbers, or as it was
 * kept when the page made features of it. Null if it has none that can be shown.
 */
export function thumbnailOf(log: Pick<InteractionLog, 'visual'>, item: number): Uint8ClampedArray<ArrayBuffer> | null {
  const { visual } = log;
  if (visual?.present[item] !== 1) return null;
  const { width, values, thumbnails } = visual;
  const drawer = picturesOf(log);
  if (drawer !== null) return drawn(drawer, values.subarray(item * width, (item + 1) * width), THUMBNAIL_SIDE);
  if (thumbnails === undefined) return null;
  const bytes = 3 * THUMBNAIL_SIDE ** 2;
  return opaque(thumbnails.subarray(item * bytes, (item + 1) * bytes));
}

/** RGBA [side, side, 4] of a row of the pictures' numbers. */
export function drawn({ shades }: LogPictures, numbers: ArrayLike<number>, side: number): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(4 * side * side).fill(255);
  shades(numbers, side).forEach((shade, at) => {
    pixels[4 * Math.floor(at / 3) + (at % 3)] = Math.round(255 * shade);
  });
  return pixels;
}

/**
 * How `shades` follow from a row's numbers: those of zeros, then what a 1 in each place adds to them: [size +
 * 1, 3·side²].
 */
export function drawing({ shades, size }: LogPictures, side: number): Float32Array {
  const zeros = shades(new Float32Array(size), side);
  const table = new Float32Array((size + 1) * zeros.length);
  table.set(zeros);
  for (let axis = 0; axis < size; axis++) {
    const one = shades(
      Float32Array.from({ length: size }, (_, at) => Number(at === axis)),
      side,
    );
    table.set(
      one.map((shade, at) => shade - zeros[at]!),
      (axis + 1) * zeros.length,
    );
  }
  return table;
}

/** The log with the pictures' numbers as its visual features. */
export function withPictures(log: InteractionLog, pictures: LogPictures): InteractionLog {
  const { size, numbers, ofItem } = pictures;
  const values = new Float32Array(log.items.length * size);
  const present = new Uint8Array(log.items.length);
  for (let item = 0; item < log.items.length; item++) {
    const picture = ofItem.get(log.items.columns.id.at(item));
    if (picture === undefined) continue;
    present[item] = 1;
    values.set(numbers.subarray(picture * size, (picture + 1) * size), item * size);
  }
  const visual: VisualFeatures = { width: size, values, present, shipped: true };
  madeOf.set(visual, pictures);
  return { ...log, visual };
}

/** The inverse of the DCT's lowest frequencies, sampled at `wanted` pixels a side. */
function inverse(
  waves: Float64Array,
  { side, frequencies, wanted }: { readonly side: number; readonly frequencies: number; readonly wanted: number },
): Float64Array {
  const basis = Array.from({ length: wanted }, (_, x) =>
    Array.from(
      { length: frequencies },
      (_, k) => Math.sqrt((k === 0 ? 1 : 2) / side) * Math.cos((Math.PI * k * (2 * x + 1)) / (2 * wanted)),
    ),
  );
  const shades = new Float64Array(3 * wanted * wanted);
  for (let channel = 0; channel < 3; channel++) {
    const from = channel * frequencies * frequencies;
    for (let y = 0; y < wanted; y++) {
      const row = Array.from({ length: frequencies }, (_, k) => {
        let sum = 0;
        for (let j = 0; j < frequencies; j++) sum += basis[y]![j]! * waves[from + j * frequencies + k]!;
        return sum;
      });
      for (let x = 0; x < wanted; x++) {
        shades[3 * (y * wanted + x) + channel] = row.reduce((sum, wave, k) => sum + wave * basis[x]![k]!, 0);
      }
    }
  }
  return shades;
}
