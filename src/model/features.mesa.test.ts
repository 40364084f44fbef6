import { describe, expect, it } from 'vitest';
import type { TextTokenizer } from './decoderConfig';
import { chooseProvider, featureTokens, standardiseColumns, titleFeatures, type FeatureProvider } from './features';
import { memoryStore } from '../storage/memoryStore';
import { keepBook, mergeBooks, readBook, readKeptBook, textHash, writeBook, type FeatureBook } from './featureStore';
import { ModelError } from './modelError';
import { randomLoopWeights, TINY } from '../testing/loopDecoder';
import { heldWeights } from './weightSource';

/** One token per letter. */
const tokenizer: TextTokenizer = {
  encode: (text) => Array.from(text, (letter) => letter.charCodeAt(0) % 20),
  decode: () => '',
};
const weights = randomLoopWeights(TINY, 1);
const model = { config: TINY, weights: heldWeights(weights), tokenizer };

describe('featureTokens', () => {
  it('puts BOS first and cuts to 24', () => {
    const [short, long] = featureTokens(model, ['ab', 'x'.repeat(40)]);
    expect(short).toEqual([TINY.bosId, ...tokenizer.encode('ab')]);
    expect(long).toHaveLength(24);
  });
});

describe('titleFeatures', () => {
  it('point along the mean of the first six embeddings, with the mean norm of the table', async () => {
    const { hidden, vocabulary } = TINY;
    const row = (token: number) => [...weights.embedding.subarray(token * hidden, (token + 1) * hidden)];
    const norm = (x: readonly number[]) => Math.hypot(...x);
    const target = Array.from({ length: vocabulary }, (_, token) => norm(row(token))).reduce((a, b) => a + b) / vocabulary;
    const tokens = tokenizer.encode(' abcde');
    const mean = Array.from({ length: hidden }, (_, d) => tokens.reduce((sum, token) => sum + row(token)[d]! / 6, 0));
    const features = await titleFeatures(model, ['abcdefgh', '']);
    mean.forEach((value, d) => {
      expect(features[d]).toBeCloseTo((value * target) / norm(mean), 5);
    });
    expect(norm([...features.subarray(hidden)])).toBeCloseTo(target, 5);
    const scaled = await titleFeatures({ ...model, config: { ...TINY, embeddingScale: 3 } }, ['abcdefgh']);
    expect(norm([...scaled])).toBeCloseTo(3 * target, 4);
  });
});

describe('standardise', () => {
  it('gives every column mean 0 and deviation 1, and sets constant ones to 0', () => {
    const x = Float32Array.of(1, 5, 2, 5, 6, 5);
    const z = standardiseColumns(x, 3, 2);
    expect([z[1], z[3], z[5]]).toEqual([0, 0, 0]);
    expect(z[0]! + z[2]! + z[4]!).toBeCloseTo(0, 5);
    expect((z[0]! ** 2 + z[2]! ** 2 + z[4]! ** 2) / 3).toBeCloseTo(1, 5);
    expect(x[0]).toBe(1);
  });
});

describe('chooseProvider', () => {
  const after = (milliseconds: number): FeatureProvider => {
    return (rows) =>
      new Promise((done) =>
        setTimeout(() => {
          done(new Float32Array(rows.length));
        }, milliseconds),
      );
  };
  const broken: FeatureProvider = () => Promise.reject(new Error('no luck'));

  it('chooses the fastest that works', async () => {
    const { chosen, timings } = await chooseProvider(
      [
        { name: 'broken', compute: broken },
        { name: 'slow', compute: after(60) },
        { name: 'fast', compute: after(1) },
      ],
      [[1], [2]],
    );
    expect(chosen.name).toBe('fast');
    expect(timings.map(({ name }) => name)).toEqual(['broken', 'slow', 'fast']);
    expect(timings[0]).toMatchObject({ milliseconds: null, error: 'Error: no luck' });
  });

  it('says why when none works', async () => {
    await expect(chooseProvider([{ name: 'broken', compute: broken }], [[1]])).rejects.toThrow(/broken: Error: no luck/);
  });
});

describe('stored features', () => {
  const bookOf = (texts: readonly string[], first = 0): FeatureBook => ({
    model: 'hash',
    width: 2,
    hashes: texts.map(textHash),
    hidden: Float32Array.from({ length: 2 * texts.length }, (_, i) => first + i),
  });

  it('are restored for their model and refused for another', () => {
    const book = bookOf(['a', 'b', 'é']);
    const bytes = writeBook(book);
    expect(readBook(bytes, 'hash', 2)).toEqual(book);
    expect(readBook(bytes, 'other', 2)).toBeNull();
    expect(() => readBook(bytes, 'hash', 3)).toThrow(ModelError);
    expect(() => readBook(bytes.slice(0, -1), 'hash', 2)).toThrow(/truncated/);
  });

  it('of a changed catalogue keep those of the previous one, as far as there is room', () => {
    const [now, before] = [bookOf(['b', 'c']), bookOf(['a', 'b', 'd'], 10)];
    const merged = mergeBooks(now, before);
    expect(merged.hashes).toEqual(['b', 'c', 'a', 'd'].map(textHash));
    expect([...merged.hidden]).toEqual([0, 1, 2, 3, 10, 11, 14, 15]);
    expect(mergeBooks(now, before, 3 * 8).hashes).toEqual(['b', 'c', 'a'].map(textHash));
    expect(mergeBooks(now, before, 8).hashes).toEqual(now.hashes);
  });

  it('are stored by model, and absent before', async () => {
    const store = memoryStore();
    expect(await readKeptBook(store, 'hash', 2)).toBeNull();
    await keepBook(store, 'x', bookOf(['a', 'b']));
    expect(await readKeptBook(store, 'hash', 2)).toEqual(bookOf(['a', 'b']));
    expect(await store.list()).toMatchObject([{ group: 'x' }]);
  });
});
