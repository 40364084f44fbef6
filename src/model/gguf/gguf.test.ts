import { existsSync, openAsBlob, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../loadModel';
import { ModelError } from '../modelError';
import { parseSafetensors, readFloatTensor, type SafetensorsFile } from '../safetensors';
import { droppedSource } from '../source/droppedSource';
import { isModel } from '../source/isModel';
import { blobFile, type ModelFile } from '../source/modelSource';
import { createTokenizer } from '../tokenizer';
import { whole } from '../weightSource';
import { BLOCK_TYPES } from './blocks';
import { readGguf } from './container';
import { ggufTitle } from './ggufName';
import { ggufSource } from './ggufSource';
import { mergesOf } from './tokenizer';
import { skipUnless } from '../../testing/skipUnless';

const FOLDER = new URL('../../../python/fixtures/gguf/', import.meta.url);
const read = (name: string): Uint8Array<ArrayBuffer> => Uint8Array.from(readFileSync(new URL(name, FOLDER)));
const asFile = (name: string, bytes: Uint8Array<ArrayBuffer>): ModelFile => blobFile(name, new Blob([bytes]));
const plain = (name: string): SafetensorsFile => parseSafetensors(read(name), name);

const load = (files: readonly ModelFile[]) => loadModel(ggufSource(files), 'local:tiny', () => undefined, createTokenizer);

describe('blocks', () => {
  it.each([...BLOCK_TYPES.values()].map(({ name }) => name))(
    'of %s are widened as in plain Python, bit for bit',
    async (name) => {
      const { tensors } = await readGguf([asFile('types.gguf', read('types.gguf'))]);
      const { type, shape, file, begin } = tensors.get(name)!;
      expect(type.name).toBe(name);
      const numbers = shape.reduce((product, size) => product * size, 1);
      const bytes = await file.read(begin, begin + (numbers / type.weights) * type.bytes);
      expect([...type.widen(bytes)]).toEqual([...readFloatTensor(plain('types.safetensors'), name, shape)]);
    },
  );
});

describe('a model', () => {
  const files = [asFile('llama.gguf', read('llama.gguf'))];

  it('has the weights of the folder that it was made from, with rotary rows restored', async () => {
    const model = await load(files);
    expect(model.config).toMatchObject({ family: 'llama', layers: 2, heads: 4, kvHeads: 2, hidden: 32, tiedHead: true });
    expect(model.config.normEpsilon).toBe(1e-5);
    const theirs = plain('llama.safetensors');
    for (const [role, name, shape] of [
      ['q', 'self_attn.q_proj', [32, 32]],
      ['k', 'self_attn.k_proj', [16, 32]],
      ['v', 'self_attn.v_proj', [16, 32]],
      ['down', 'mlp.down_proj', [32, 64]],
    ] as const) {
      const weight = model.weights.block(1, role)!;
      const expected = readFloatTensor(theirs, `model.layers.1.${name}.weight`, shape);
      expect([...(await whole(weight))]).toEqual([...expected]);
      // A range that starts and ends inside heads and rows.
      expect([...(await weight.read(77, 301))]).toEqual([...expected.subarray(77, 301)]);
    }
    expect([...(await whole(model.weights.outer('finalNorm')!))]).toEqual([
      ...readFloatTensor(theirs, 'model.norm.weight', [32]),
    ]);
  });

  it('encodes text with the tokenizer that it contains', async () => {
    const { tokenizer, config } = await load(files);
    const ids = tokenizer.encode('the the.');
    expect(tokenizer.decode(ids)).toBe('the the.');
    expect(ids.map((id) => tokenizer.decode([id]))).toEqual(['the', ' ', 'the', '.']);
    expect(config).toMatchObject({ vocabulary: 34 });
  });

  it('is opened like any dropped file', () => {
    expect(isModel([{ name: 'SmolLM2.Q4_0.gguf' }])).toBe(true);
    expect('weights' in droppedSource([new File([read('llama.gguf')], 'llama.gguf')])).toBe(true);
    expect(ggufTitle('big-00001-of-00003.gguf')).toBe('big');
    expect(ggufTitle('SmolLM2-135M.Q4_1.gguf')).toBe('SmolLM2-135M.Q4_1');
  });
});

describe('shards', () => {
  const shard = (part: number, parts: number, stem = 'a'): ModelFile =>
    asFile(`${stem}-${String(part).padStart(5, '0')}-of-${String(parts).padStart(5, '0')}.gguf`, read('llama.gguf'));

  it('must be complete and of one model', () => {
    expect(() => ggufSource([shard(1, 3), shard(3, 3)])).toThrow('Of a part 2 of 3 is missing.');
    expect(() => ggufSource([shard(1, 2), shard(2, 2, 'b')])).toThrow('not the parts of one model');
  });

  it('must not have a tensor twice', async () => {
    await expect(ggufSource([shard(2, 2), shard(1, 2)]).open('config.json')).rejects.toThrow('a second time');
  });
});

describe('what cannot be read', () => {
  it('is refused by name: other files, other block types', async () => {
    await expect(readGguf([asFile('x.gguf', new Uint8Array(64))])).rejects.toThrow('does not begin with GGUF');
    const bytes = read('types.gguf');
    const view = new DataView(bytes.buffer);
    // The type of the first tensor, Q4_0, follows its name, 4 bytes of dimensions and two sizes.
    const at = Buffer.from(bytes).indexOf('Q4_0') + 4 + 4 + 16;
    expect(view.getUint32(at, true)).toBe(2);
    view.setUint32(at, 10, true);
    await expect(readGguf([asFile('x.gguf', bytes)])).rejects.toThrow('“Q4_0” of x.gguf is stored as Q2_K; F32, F16');
  });

  it('gives an error, however a file is damaged', async () => {
    const original = read('llama.gguf');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ at: fc.nat(2000), byte: fc.nat(255) }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 4, max: original.length }),
        async (changes, length) => {
          const bytes = original.slice(0, length);
          for (const { at, byte } of changes) if (at < length) bytes[at] = byte;
          try {
            const model = await load([asFile('x.gguf', bytes)]);
            expect((await whole(model.weights.block(0, 'q')!)).length).toBeGreaterThan(0);
          } catch (error) {
            expect(error).toBeInstanceOf(ModelError);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

it('makes merges of SentencePiece’s pieces by score, longer parts first', () => {
  const pieces = ['<unk>', 'a', 'b', 'ab', 'aba', 'ba'];
  expect(mergesOf(pieces, [0, -9, -9, -1, -2, -3])).toEqual([
    ['a', 'b'],
    ['ab', 'a'],
    ['a', 'ba'],
    ['b', 'a'],
  ]);
});

const REAL = '../shared/models/smollm2-135m/SmolLM2-135M-Instruct.Q4_1.gguf';
describe('SmolLM2-135M-Instruct, Q4_1', () => {
  skipUnless(existsSync(REAL), `${REAL} is not on this machine`);
  it('is read in ranges, with its shape and its tokenizer', async () => {
    const model = await load([blobFile('SmolLM2-135M-Instruct.Q4_1.gguf', await openAsBlob(REAL))]);
    expect(model.config).toMatchObject({ layers: 30, heads: 9, kvHeads: 3, hidden: 576, vocabulary: 49152, tiedHead: true });
    const ids = model.tokenizer.encode('The capital of France is Paris, since 1789.');
    expect(model.tokenizer.decode(ids)).toBe('The capital of France is Paris, since 1789.');
    // Its rule, smollm, splits off every digit.
    expect(ids.map((id) => model.tokenizer.decode([id])).slice(-7)).toEqual([' since', ' ', '1', '7', '8', '9', '.']);
    const q = await whole(model.weights.block(29, 'q')!);
    expect(q).toHaveLength(576 * 576);
    expect(q.every(Number.isFinite)).toBe(true);
  });
});
