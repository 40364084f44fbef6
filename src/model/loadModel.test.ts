import { describe, expect, it } from 'vitest';
import { filesOf, json, tinyModel, type Files, type TinyOptions } from '../testing/tinyModel';
import { loadWordnet } from '../testing/wordnetModel';
import type { StageProgress } from '../record/runEvents';
import { loadModel, modelSummary } from './loadModel';
import { ModelError } from './modelError';
import { parseSafetensors, readFloatTensor, writeSafetensors } from './safetensors';
import { droppedSource } from './source/droppedSource';
import { isModel } from './source/isModel';
import { createTokenizer } from './tokenizer';
import { wholeWeights } from './decoderTensors';

function load(files: Files, onProgress: (progress: StageProgress) => void = () => undefined) {
  return loadModel(droppedSource(filesOf(files)), 'x', onProgress, createTokenizer);
}

/** A tiny model's folder with one file changed; null removes it. */
function withFile(name: string, bytes: Uint8Array<ArrayBuffer> | null, options: TinyOptions = {}): Files {
  const files = tinyModel(options);
  if (bytes === null) files.delete(name);
  else files.set(name, bytes);
  return files;
}

/** The weights with one tensor changed. */
function withTensor(name: string, shape: readonly number[] | null): Files {
  const file = parseSafetensors(tinyModel().get('model.safetensors')!, 'x');
  const tensors = Object.fromEntries(
    [...file.tensors].map(([key, entry]) => [key, { shape: entry.shape, data: readFloatTensor(file, key, entry.shape) }]),
  );
  const { [name]: changed, ...others } = tensors;
  const kept = shape === null ? others : { ...others, [name]: { shape, data: changed!.data } };
  return withFile('model.safetensors', writeSafetensors(kept));
}

/** The weights' header with every dtype replaced by one of the same length. */
function withDtype(dtype: string): Files {
  const bytes = tinyModel().get('model.safetensors')!.slice();
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = new TextDecoder().decode(bytes.subarray(8, 8 + length)).replaceAll('"F32"', `"${dtype}"`);
  bytes.set(new TextEncoder().encode(header), 8);
  return withFile('model.safetensors', bytes);
}

describe('loadModel', () => {
  it('reads one file or shards to the same weights', async () => {
    const whole = await load(tinyModel());
    const sharded = await load(tinyModel({ shards: 3 }));
    expect(await wholeWeights(sharded.weights, sharded.config)).toEqual(await wholeWeights(whole.weights, whole.config));
    expect(modelSummary(whole)).toMatchObject({ layers: 2, hidden: 32, vocabulary: 260 });
    expect(whole.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(sharded.hash).not.toBe(whole.hash);
    expect((await load(tinyModel({ seed: 2, shards: 3 }))).hash).not.toBe(sharded.hash);
  });

  it('says what [BOS] is, and whether the model’s chats open turns with it', async () => {
    expect(modelSummary(await load(tinyModel())).startToken).toEqual({ text: '<|bos|>', opensTurns: false });
    const chats = { tokenizer_class: 'PreTrainedTokenizerFast', chat_template: '{{ "<|bos|>" + role + content }}' };
    const model = tinyModel().set('tokenizer_config.json', json(chats));
    expect(modelSummary(await load(model)).startToken).toEqual({ text: '<|bos|>', opensTurns: true });
  });

  it('refuses a tokenizer whose regular expression may take forever', async () => {
    const tokenizer = JSON.parse(new TextDecoder().decode(tinyModel().get('tokenizer.json'))) as Record<string, unknown>;
    const split = { type: 'Split', pattern: { Regex: '(a+)+$' }, behavior: 'Isolated', invert: false };
    const changed = { ...tokenizer, pre_tokenizer: { type: 'Sequence', pretokenizers: [split, tokenizer.pre_tokenizer] } };
    await expect(load(withFile('tokenizer.json', json(changed)))).rejects.toThrow(/may take forever on some texts: \(a\+\)\+\$/);
  });

  it('encodes and decodes with the folder’s own tokenizer', async () => {
    const { tokenizer } = await load(tinyModel());
    expect(tokenizer.encode('Ab')).toEqual([65, 98]);
    expect(tokenizer.decode([82, 195, 179, 256])).toBe('Ró');
  });

  it('reports the bytes of every file', async () => {
    const reports: StageProgress[] = [];
    const files = tinyModel({ shards: 2 });
    await load(files, (progress) => reports.push(progress));
    expect(reports.every(({ stage }) => stage === 'cache')).toBe(true);
    expect(reports.at(-1)?.transfer?.files.map(({ file, done }) => [file, done])).toEqual(
      [
        'config.json',
        'tokenizer.json',
        'tokenizer_config.json',
        'model.safetensors.index.json',
        'model-00001-of-00002.safetensors',
        'model-00002-of-00002.safetensors',
      ].map((file) => [file, files.get(file)?.length]),
    );
  });

  it('takes the end tokens of generation_config.json if there is one', async () => {
    expect((await load(tinyModel())).config.endIds).toEqual([257]);
    const { config } = await load(withFile('generation_config.json', json({ eos_token_id: [257, 259] })));
    expect(config.endIds).toEqual([257, 259]);
  });

  it('does not need a tokenizer_config.json', async () => {
    await expect(load(withFile('tokenizer_config.json', null))).resolves.toHaveProperty('id', 'x');
  });

  const weights = tinyModel().get('model.safetensors')!;
  it.each<[string, Files, RegExp]>([
    ['a config that is no JSON', withFile('config.json', new TextEncoder().encode('<html>')), /config.json is not valid JSON/],
    ['a missing config', withFile('config.json', null), /config.json could not be read/],
    [
      'an unknown architecture',
      tinyModel({ config: {} }).set('config.json', json({ architectures: ['MambaForCausalLM'] })),
      /MambaForCausalLM is not supported; known: .*LlamaForCausalLM/,
    ],
    ['a tokenizer that is none', withFile('tokenizer.json', json({})), /do not describe a tokenizer/],
    [
      'a tokenizer of more tokens',
      withFile('config.json', tinyModel({ config: { vocab_size: 259 } }).get('config.json')!),
      /ids reach 259, but the model's vocabulary has 259/,
    ],
    ['a tokenizer of another model', tinyModel({ config: { vocab_size: 1000 } }), /does not match config.json/],
    ['missing weights', withFile('model.safetensors', null), /model.safetensors, or model.safetensors.index.json/],
    [
      'a pointer in place of weights',
      withFile('model.safetensors', new TextEncoder().encode('version https://git-lfs')),
      /does not start with a safetensors header/,
    ],
    ['truncated weights', withFile('model.safetensors', weights.slice(0, -4)), /truncated/],
    ['a missing tensor', withTensor('model.norm.weight', null), /no tensor "model.norm.weight"/],
    ['a tensor of another shape', withTensor('model.norm.weight', [4, 8]), /shape \[4, 8\], but \[32\] was expected/],
    ['weights of integers', withDtype('I32'), /stored as I32; F32, F16, BF16 can be read/],
    [
      'a missing shard',
      withFile('model-00002-of-00002.safetensors', null, { shards: 2 }),
      /model-00002-of-00002.safetensors could not be read/,
    ],
    [
      'a broken index',
      withFile('model.safetensors.index.json', json({ weight_map: { a: '../a.safetensors' } }), { shards: 2 }),
      /not an index/,
    ],
    [
      'an index without a tensor',
      withFile('model.safetensors.index.json', json({ weight_map: { a: 'model-00001-of-00002.safetensors' } }), { shards: 2 }),
      /names no file for tensor/,
    ],
  ])('explains %s', async (_, files, message) => {
    const loading = load(files);
    await expect(loading).rejects.toThrow(ModelError);
    await expect(loading).rejects.toThrow(message);
  });
});

describe('isModel', () => {
  it('distinguishes a model’s files from logs and records', () => {
    expect(isModel([{ name: 'config.json' }, { name: 'a.txt' }])).toBe(true);
    expect(isModel([{ name: 'model.safetensors' }])).toBe(true);
    expect(isModel([{ name: 'run.json' }])).toBe(false);
    expect(isModel([{ name: 'clicks.csv' }, { name: 'items.csv' }])).toBe(false);
  });
});

describe('the embedded tokenizer', () => {
  // IDs from the training recipe's own Python encoder (merge i → ID 256 + i).
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
  ])('encodes %j as in training, and decodes it', async (text, ids) => {
    const { tokenizer } = await loadWordnet();
    expect(tokenizer.encode(text)).toEqual(ids);
    expect(tokenizer.decode(ids)).toBe(text);
  });

  it('leaves special tokens out of decoded text', async () => {
    const { tokenizer, config } = await loadWordnet();
    expect(tokenizer.decode([config.bosId, 856, 2457, config.eosId])).toBe(' red wine');
  });
});
