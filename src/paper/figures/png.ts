/** Writes RGB pixels as PNG, and sets the resolution of a PNG written by a browser. */
import { compressed, concatenate } from '../../storage/bytes';
import { Crc32 } from '../../storage/crc32';

const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];
const METRES_PER_INCH = 0.0254;

/** @param pixels [rows, columns, 3] */
export async function encodePng(columns: number, rows: number, pixels: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const line = 3 * columns;
  // Each row as its difference from the one above, since rows within a cell repeat.
  const filtered = new Uint8Array((line + 1) * rows);
  for (let row = 0; row < rows; row++) {
    filtered[row * (line + 1)] = 2;
    for (let i = 0; i < line; i++) {
      filtered[row * (line + 1) + 1 + i] = pixels[row * line + i]! - (row === 0 ? 0 : pixels[(row - 1) * line + i]!);
    }
  }
  return pngOf(columns, rows, 2, [], filtered);
}

/** Maximum colours of a palette. */
const MOST_COLOURS = 256;

/**
 * A drawing with a few colours and mixtures of them, with a palette: a third of the size of three bytes per
 * pixel. Colours that differ only in their lowest four bits become the most frequent of them, so that inks
 * are unchanged.
 * @param pixels RGBA [rows, columns, 4], opaque
 */
export async function encodeDrawing(columns: number, rows: number, pixels: Uint8ClampedArray): Promise<Uint8Array<ArrayBuffer>> {
  const counts = new Map<number, number>();
  const colourAt = (pixel: number): number => (pixels[4 * pixel]! << 16) | (pixels[4 * pixel + 1]! << 8) | pixels[4 * pixel + 2]!;
  const count = columns * rows;
  for (let pixel = 0; pixel < count; pixel++) {
    const colour = colourAt(pixel);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const byCount = [...counts].sort((a, b) => b[1] - a[1]).map(([colour]) => colour);
  const palette: number[] = [];
  const buckets = new Map<number, number>();
  for (const colour of byCount) {
    const bucket = colour & 0xf0f0f0;
    if (buckets.has(bucket) || palette.length === MOST_COLOURS) continue;
    buckets.set(bucket, palette.length);
    palette.push(colour);
  }
  const places = new Map(byCount.map((colour) => [colour, buckets.get(colour & 0xf0f0f0) ?? nearest(palette, colour)]));
  const lines = new Uint8Array((columns + 1) * rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      lines[row * (columns + 1) + 1 + column] = places.get(colourAt(row * columns + column))!;
    }
  }
  const colours = Uint8Array.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  return pngOf(columns, rows, 3, [chunk('PLTE', colours)], lines);
}

function nearest(palette: readonly number[], colour: number): number {
  const away = (other: number): number =>
    [16, 8, 0].reduce((sum, shift) => sum + (((other >> shift) & 255) - ((colour >> shift) & 255)) ** 2, 0);
  return palette.reduce((best, other, at) => (away(other) < away(palette[best]!) ? at : best), 0);
}

/** @param type 2 for three bytes per pixel, 3 for an index into the palette */
async function pngOf(
  columns: number,
  rows: number,
  type: 2 | 3,
  extra: readonly Uint8Array[],
  lines: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, columns);
  view.setUint32(4, rows);
  header.set([8, type, 0, 0, 0], 8);
  return concatenate([
    Uint8Array.from(SIGNATURE),
    chunk('IHDR', header),
    ...extra,
    chunk('IDAT', await compressed(lines, 'deflate')),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

/** The same PNG, with its print size. */
export function withResolution(png: Uint8Array, dotsPerInch: number): Uint8Array<ArrayBuffer> {
  const data = new Uint8Array(9);
  const view = new DataView(data.buffer);
  const perMetre = Math.round(dotsPerInch / METRES_PER_INCH);
  view.setUint32(0, perMetre);
  view.setUint32(4, perMetre);
  data[8] = 1;
  // After the header, whose length is fixed.
  const at = SIGNATURE.length + 25;
  return concatenate([png.subarray(0, at), chunk('pHYs', data), png.subarray(at)]);
}

function chunk(name: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(
    Array.from(name, (letter) => letter.charCodeAt(0)),
    4,
  );
  bytes.set(data, 8);
  view.setUint32(8 + data.length, new Crc32().update(bytes.subarray(4, 8 + data.length)).value);
  return bytes;
}
