/**
 * A model file whose embedding alone is larger than 4 GiB: sparse on disk, with numbers planted where offsets
 * pass 2 and 4 GiB.
 */
import { mkdtemp, open, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TINY_CONFIG } from '../testing/tinyModel';
import { Checkpoint } from '../model/checkpoint';
import { decoderTensors, storedWeights } from '../model/decoderTensors';
import { readConfig } from '../model/readConfig';
import { MissingFileError } from '../model/source/modelSource';
import { diskSource } from './diskSource';

const WIDTH = 1024;
/** Rows of WIDTH halves: 4.5 GiB. */
const VOCABULARY = 4.5 * 2 ** 19;
const CONFIG = readConfig({
  ...TINY_CONFIG,
  vocab_size: VOCABULARY,
  hidden_size: WIDTH,
  intermediate_size: 64,
  num_attention_heads: 16,
  num_key_value_heads: 2,
});
/** Rows around 2 GiB and 4 GiB, and the last. */
const PLANTED = [0, 2 ** 20 - 1, 2 ** 20, 2 ** 21 - 1, 2 ** 21, VOCABULARY - 1];

let folder: string;
let checkpoint: Checkpoint;
/** Where every tensor begins, from the end of the header. */
const begins = new Map<string, number>();

/** A half for a row or a tensor, exact in 16 bits. */
const half = (index: number): { readonly value: number; readonly bits: number } => ({
  value: 1 + index / 1024,
  bits: 0x3c00 + index,
});

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'karma-large-'));
  const name = 'model.safetensors';
  const file = await open(path.join(folder, name), 'w');
  try {
    const header: Record<string, unknown> = {};
    let end = 0;
    for (const [tensor, shape] of decoderTensors(CONFIG, () => true)) {
      begins.set(tensor, end);
      const begin = end;
      end += 2 * shape.reduce((product, size) => product * size, 1);
      header[tensor] = { dtype: 'F16', shape, data_offsets: [begin, end] };
    }
    const json = Buffer.from(JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(json.length));
    const start = 8 + json.length;
    await file.write(Buffer.concat([length, json]), 0, start, 0);
    await file.truncate(start + end);
    const plant = async (at: number, index: number): Promise<void> => {
      const two = Buffer.alloc(2);
      two.writeUInt16LE(half(index).bits);
      await file.write(two, 0, 2, start + at);
    };
    const [[embedding]] = [...begins].filter(([tensor]) => tensor.includes('embed')) as [[string, number]];
    for (const [index, row] of PLANTED.entries()) await plant(begins.get(embedding)! + 2 * row * WIDTH, index);
    let index = 100;
    for (const [tensor, begin] of begins) if (tensor !== embedding) await plant(begin, index++);
  } finally {
    await file.close();
  }
  const source = diskSource(folder);
  checkpoint = await Checkpoint.open((asked) => source.open(asked));
  expect(checkpoint.bytes).toBeGreaterThan(4.5 * 2 ** 30);
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('rows of an embedding on both sides of 2 and 4 GiB are read from their places', async () => {
  const embedding = storedWeights(checkpoint, CONFIG).outer('embedding')!;
  expect(embedding.length).toBe(VOCABULARY * WIDTH);
  for (const [index, row] of PLANTED.entries()) {
    const values = await embedding.read(row * WIDTH, (row + 1) * WIDTH);
    expect(values).toHaveLength(WIDTH);
    expect(values[0], `row ${row}`).toBe(half(index).value);
    expect(values.subarray(1).every((value) => value === 0)).toBe(true);
  }
});

test('tensors that begin after 4 GiB are read from their places', async () => {
  const after = [...begins].filter(([tensor, begin]) => begin > 2 ** 32 && !tensor.includes('embed'));
  // All of both blocks.
  expect(after.length).toBeGreaterThan(10);
  const shapes = new Map(decoderTensors(CONFIG, () => true));
  const others = [...begins.keys()].filter((tensor) => !tensor.includes('embed'));
  for (const [tensor] of after) {
    const [first] = await checkpoint.read(tensor, shapes.get(tensor)!, 0, 1);
    expect(first, tensor).toBe(half(100 + others.indexOf(tensor)).value);
  }
});

test('a file that has become shorter is not read as zeros', async () => {
  const file = await diskSource(folder).open('model.safetensors');
  await truncate(path.join(folder, 'model.safetensors'), 5 * 2 ** 29);
  await expect(file.read(3 * 2 ** 30, 3 * 2 ** 30 + 8)).rejects.toThrow('model.safetensors can no longer be read.');
  await rm(path.join(folder, 'model.safetensors'));
  await expect(file.read(0, 8)).rejects.toThrow('can no longer be read');
  await expect(diskSource(folder).open('model.safetensors')).rejects.toThrow('it does not exist');
});

test('a folder is no file', async () => {
  await expect(diskSource(path.dirname(folder)).open(path.basename(folder))).rejects.toThrow(MissingFileError);
});
