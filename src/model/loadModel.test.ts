import { describe, expect, it } from 'vitest';
import { randomWeights, TINY } from '../../tests/onnx/loopDecoder';
import { diskSource, loadWordnet } from '../../tests/onnx/wordnet';
import type { BlockWeights } from './decoderConfig';
import { blockTensors, loadModel, readWeights } from './loadModel';
import { ModelError } from './modelError';
import { parseSafetensors, writeSafetensors, type FloatTensor } from './safetensors';
import type { ModelSource } from './source';
import { createTokenizer } from './tokenizer';

/** The embedded model with one file replaced. */
function withFile(name: string, content: string): ModelSource {
  return {
    read: (file, ...rest) =>
      file === name ? Promise.resolve(new TextEncoder().encode(content)) : diskSource.read(file, ...rest),
  };
}

function load(source: ModelSource) {
  return loadModel(source, 'x', () => undefined, createTokenizer);
}

describe('readWeights', () => {
  const weights = randomWeights(TINY, 2);
  const tensors: Record<string, FloatTensor> = {
    'model.embed_tokens.weight': { shape: [TINY.vocabulary, TINY.hidden], data: weights.embedding },
    'model.norm.weight': { shape: [TINY.hidden], data: weights.finalNorm },
  };
  weights.blocks.forEach((block, layer) => {
    for (const [role, [name, shape]] of Object.entries(blockTensors(TINY, layer))) {
      tensors[name] = { shape, data: block[role as keyof BlockWeights] };
    }
  });

  it('finds every tensor of a checkpoint', () => {
    expect(readWeights(parseSafetensors(writeSafetensors(tensors), 'x'), TINY)).toEqual(weights);
  });

  it('refuses a config that does not fit', () => {
    const file = parseSafetensors(writeSafetensors(tensors), 'x');
    expect(() => readWeights(file, { ...TINY, layers: 3 })).toThrow(/no tensor "model.layers.2/);
    expect(() => readWeights(file, { ...TINY, intermediate: 8 })).toThrow(/\[20, 16\], but \[8, 16\] was expected/);
  });
});

describe('loadModel', () => {
  it('reports the bytes of the weights', async () => {
    const stages: string[] = [];
    await loadModel(
      diskSource,
      'wordnet-1m',
      ({ stage, done, total }) => stages.push(`${stage} ${done}/${total}`),
      createTokenizer,
    );
    expect(stages).toEqual(['cache 5054928/5054928']);
  });

  it.each([
    ['config.json', '<html>', /config.json is not valid JSON/],
    ['tokenizer.json', '{}', /describe no tokenizer/],
    ['model.safetensors', 'version https://git-lfs.github.com/spec/v1', /does not start with a safetensors header/],
  ])('explains a bad %s', async (file, content, message) => {
    const loading = load(withFile(file, content));
    await expect(loading).rejects.toThrow(ModelError);
    await expect(loading).rejects.toThrow(message);
  });
});

describe('the embedded tokenizer', () => {
  // Ids by the recipe's own Python encoder (merge i → id 256 + i).
  it.each([
    ['red wine: a wine having a red color', [934, 2457, 58, 257, 2457, 537, 257, 856, 1177]],
    [' red wine', [856, 2457]],
    [
      'Crème brûlée, 250 g (x2)',
      [67, 114, 195, 168, 1052, 810, 195, 187, 108, 195, 169, 101, 44, 1891, 53, 48, 295, 369, 120, 50, 41],
    ],
    ['  two  spaces\nand a\ttab', [32, 32, 4038, 111, 32, 32, 826, 357, 285, 10, 380, 257, 9, 116, 361]],
    ["don't stop", [100, 264, 39, 116, 2588]],
    ['寿司 🍣', [229, 175, 191, 229, 143, 184, 32, 240, 159, 141, 163]],
    ['', []],
  ])('encodes %j as the recipe does, and back', async (text, ids) => {
    const { tokenizer } = await loadWordnet();
    expect(tokenizer.encode(text)).toEqual(ids);
    expect(tokenizer.decode(ids)).toBe(text);
  });

  it('leaves special tokens out of decoded text', async () => {
    const { tokenizer, config } = await loadWordnet();
    expect(tokenizer.decode([config.bosId, 856, 2457, config.eosId])).toBe(' red wine');
  });
});
