/** Models written as GGUF are read again, by our reader and by llama.cpp's. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { streamed } from '../../storage/bytes';
import { randomAdapter } from '../../testing/fixtureModels';
import { evaluatePython, hasModules } from '../../testing/python';
import { decoded, randomTestWeights } from '../../testing/randomModel';
import { memorySource, TINY_CONFIG } from '../../testing/tinyModel';
import { wordnetSource } from '../../testing/wordnetModel';
import type { DecoderConfig } from '../decoderConfig';
import { relativeError } from '../../engine/fixture';
import { blockShapes, wholeWeights } from '../decoderTensors';
import { loadModel } from '../loadModel';
import { mergedWeights } from '../lora';
import { readConfig } from '../readConfig';
import { blobFile, readAll } from '../source/modelSource';
import { createTokenizer } from '../tokenizer';
import { heldWeights, whole, type WeightSource } from '../weightSource';
import { exportGguf, type ExportedType } from './exportGguf';
import { ggufSource } from './ggufSource';
import { BLOCK, quantise } from './quantise';

const SHAPE = {
  ...TINY_CONFIG,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  vocab_size: 44,
  bos_token_id: 0,
  eos_token_id: 1,
  pad_token_id: 2,
};
const CONFIGS: Readonly<Record<string, object>> = {
  llama: { ...SHAPE, attention_bias: true, rope_theta: 500, rope_scaling: { rope_type: 'linear', factor: 2 } },
  qwen2: { ...SHAPE, architectures: ['Qwen2ForCausalLM'], tie_word_embeddings: false },
  qwen3: { ...SHAPE, architectures: ['Qwen3ForCausalLM'], head_dim: 6 },
  // The fourth layer is not rotated, as llama.cpp has it.
  smollm3: { ...SHAPE, architectures: ['SmolLM3ForCausalLM'], num_hidden_layers: 4 },
  gemma3: {
    ...SHAPE,
    architectures: ['Gemma3ForCausalLM'],
    head_dim: 8,
    hidden_activation: 'gelu_pytorch_tanh',
    num_hidden_layers: 6,
    sliding_window: 4,
    rope_theta: 1000,
  },
  // Rows of 36 do not fill blocks.
  gpt2: {
    architectures: ['GPT2LMHeadModel'],
    vocab_size: 44,
    n_embd: 32,
    n_layer: 2,
    n_head: 4,
    n_inner: 36,
    n_positions: 96,
    bos_token_id: 0,
    eos_token_id: 0,
  },
};

const PIECES = ['<|bos|>', '<|eos|>', '<|pad|>', ...Array.from('abcdefghijklmnopqrstuvwxyzĠ.,0123456'), 'th', 'the', 'Ġthe'];
const added = (tokens: readonly string[]) =>
  tokens.map((content, id) => ({
    id,
    content,
    special: true,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
  }));
const BYTE_LEVEL = {
  added_tokens: added(PIECES.slice(0, 3)),
  normalizer: null,
  post_processor: null,
  pre_tokenizer: {
    type: 'Sequence',
    pretokenizers: [
      { type: 'Digits', individual_digits: true },
      { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
    ],
  },
  decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
  model: {
    type: 'BPE',
    unk_token: null,
    vocab: Object.fromEntries(PIECES.map((piece, id) => [piece, id])),
    merges: ['t h', 'th e', 'Ġ the'],
  },
};

const TITLE = 'KARMA after 3 steps';
const NAMED = { id: 'local:tiny', hash: 'ab' };

async function written(config: DecoderConfig, weights: WeightSource, type: ExportedType, tokenizer: object = BYTE_LEVEL) {
  const request = {
    model: { ...NAMED, config, weights },
    source: memorySource({ 'tokenizer.json': tokenizer }),
    adapter: null,
    title: TITLE,
  };
  const { path: name, pieces } = await exportGguf(request, type);
  return { name, blob: await streamed(pieces) };
}

const opened = (blob: Blob) => loadModel(ggufSource([blobFile('x.gguf', blob)]), 'local:x', () => undefined, createTokenizer);

describe.each(Object.keys(CONFIGS))('%s', (family) => {
  const config = readConfig(CONFIGS[family]);
  const adapter = randomAdapter(config, { seed: 3 });
  const base = heldWeights(randomTestWeights(config));
  const merged = mergedWeights(config, base, adapter);

  it.each(['F16', 'Q8_0'] as const)('with an adapter merged, in %s, is read as it was rounded', async (type) => {
    const request = {
      model: { ...NAMED, config, weights: base },
      source: memorySource({ 'tokenizer.json': BYTE_LEVEL }),
      adapter,
      title: TITLE,
    };
    const { path: name, pieces } = await exportGguf(request, type);
    expect(name).toBe(`KARMA-after-3-steps.${type}.gguf`);
    const model = await opened(await streamed(pieces));
    const { fileTypes, ...shape } = model.config;
    expect({ ...shape, endIds: config.endIds, padId: config.padId }).toEqual(config);
    expect(fileTypes!.embedding).toBe(type);
    const { blocks, ...outer } = await wholeWeights(merged, config);
    const { blocks: readBlocks, ...readOuter } = await wholeWeights(model.weights, config);
    const rounded = (values: Float32Array, columns: number | undefined): Float32Array => {
      if (columns === undefined) return values;
      return decoded(type === 'Q8_0' && columns % BLOCK === 0 ? 'q8_0' : 'f16', values);
    };
    const compare = (role: string, read: Float32Array, values: Float32Array, columns: number | undefined): void => {
      const error = relativeError(read, rounded(values, columns));
      // A gain with an offset is rounded once more.
      if (role.endsWith('Norm')) expect(error, role).toBeLessThan(1e-6);
      else expect(error, role).toBe(0);
    };
    for (const [role, values] of Object.entries(outer)) {
      compare(role, readOuter[role as 'embedding'], values, ['embedding', 'head'].includes(role) ? config.hidden : undefined);
    }
    for (const [layer, block] of blocks.entries()) {
      for (const [role, values] of Object.entries(block)) {
        compare(role, readBlocks[layer]![role as 'q'], values, blockShapes(config).get(role as 'q')![1]);
      }
    }
  });

  it('in Q8_0 keeps the blocks of a file that is not merged', async () => {
    const first = await opened((await written(config, base, 'Q8_0')).blob);
    const again = await opened((await written(first.config, first.weights, 'Q8_0')).blob);
    const [one, other] = [first, again].map(({ weights }) => weights.block(1, 'q')!);
    expect(await other!.blocks!.read(0, other!.length)).toEqual(await one!.blocks!.read(0, one!.length));
    expect([...(await one!.blocks!.read(0, one!.length))]).toEqual([...quantise('Q8_0', await whole(base.block(1, 'q')!))]);
    const [here, there] = [await wholeWeights(first.weights, config), await wholeWeights(again.weights, config)];
    expect(there.embedding).toEqual(here.embedding);
    expect(there.blocks[0]).toEqual(here.blocks[0]);
  });
});

describe('the tokenizer', () => {
  const config = readConfig(SHAPE);
  const weights = heldWeights(randomTestWeights(config));
  const expectSame = async (tokenizer: object, texts: readonly string[]): Promise<void> => {
    const ours = await createTokenizer(tokenizer, {});
    const { tokenizer: again } = await opened((await written(config, weights, 'F16', tokenizer)).blob);
    for (const text of texts) expect(again.encode(text)).toEqual(ours.encode(text));
    expect(ours.encode(texts[0]!).length).toBeGreaterThan(1);
  };

  it('of byte-level BPE encodes as before', () => expectSame(BYTE_LEVEL, ['the the 01.', 'a<|eos|>b', 'other, the']));

  it('of SentencePiece encodes as before', async () => {
    const pieces = [
      '<unk>',
      '<s>',
      '</s>',
      '<0x0A>',
      '▁',
      'a',
      'b',
      'ab',
      '▁ab',
      'aba',
      'c',
      'ca',
      ...Array.from('defghijklmnop'),
    ];
    const tokenizer = {
      added_tokens: added(pieces.slice(0, 3)),
      normalizer: {
        type: 'Sequence',
        normalizers: [
          { type: 'Prepend', prepend: '▁' },
          { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
        ],
      },
      pre_tokenizer: null,
      post_processor: null,
      decoder: {
        type: 'Sequence',
        decoders: [{ type: 'Replace', pattern: { String: '▁' }, content: ' ' }, { type: 'ByteFallback' }, { type: 'Fuse' }],
      },
      model: {
        type: 'BPE',
        unk_token: '<unk>',
        fuse_unk: true,
        byte_fallback: true,
        vocab: Object.fromEntries(pieces.map((piece, id) => [piece, id])),
        merges: [
          ['a', 'b'],
          ['▁', 'ab'],
          ['ab', 'a'],
          ['c', 'a'],
        ],
      },
    };
    await expectSame(tokenizer, ['ab aba cab', 'c aab']);
    const shuffled = {
      ...tokenizer,
      model: {
        ...tokenizer.model,
        merges: [
          ['c', 'a'],
          ['▁', 'ab'],
          ['ab', 'a'],
        ],
      },
    };
    await expect(written(config, weights, 'F16', shuffled)).rejects.toThrow('do not follow from a score of each piece');
  });

  it('is refused if llama.cpp has no name for what it does', async () => {
    const unnamed = JSON.parse(new TextDecoder().decode(await readAll(await wordnetSource.open('tokenizer.json')))) as object;
    await expect(written(config, weights, 'F16', unnamed)).rejects.toThrow(
      /no name for how its tokenizer splits text; known: gpt-2, smollm/,
    );
    await expect(written(config, weights, 'F16', { model: { type: 'Unigram' } })).rejects.toThrow('of the type Unigram, not BPE');
  });
});

it('a shape that GGUF cannot describe is refused by name', async () => {
  const scaling = {
    rope_type: 'llama3',
    factor: 8,
    low_freq_factor: 1,
    high_freq_factor: 4,
    original_max_position_embeddings: 32,
  };
  const config = readConfig({ ...SHAPE, rope_scaling: scaling });
  await expect(written(config, heldWeights(randomTestWeights(config)), 'F16')).rejects.toThrow('cannot say its ropes');
});

const folder = mkdtempSync(path.join(tmpdir(), 'karma-gguf-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Names, shapes and types of a file's tensors, and its numbers, as llama.cpp's Python package reads them. */
const READ = `
import json, gguf
from gguf import quants
reader = gguf.GGUFReader(PATH)
tensors = {}
for t in reader.tensors:
    numbers = quants.dequantize(t.data, t.tensor_type).astype("float64")
    again = None
    if t.tensor_type.name == "Q8_0":
        again = bool((quants.quantize(quants.dequantize(t.data, t.tensor_type), t.tensor_type) == t.data).all())
    tensors[t.name] = [t.tensor_type.name, [int(n) for n in reversed(t.shape)], float(numbers.sum()), float(abs(numbers).sum()), again]
fields = {key: field.contents() for key, field in reader.fields.items() if not key.startswith("GGUF.")}
print(json.dumps({"tensors": tensors, "fields": fields}))
`;
const hasGguf = await hasModules('gguf');

it.for(['F16', 'Q8_0'] as const)('llama.cpp’s package reads all that is in a file in %s', async (type, { skip }) => {
  skip(!hasGguf, 'Python has no package gguf');
  const config = readConfig(CONFIGS.llama);
  const { blob } = await written(config, heldWeights(randomTestWeights(config)), type);
  const file = path.join(folder, `${type}.gguf`);
  writeFileSync(file, new Uint8Array(await blob.arrayBuffer()));
  const { status, stdout, stderr } = await evaluatePython(`PATH = ${JSON.stringify(file)}${READ}`);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const { tensors, fields } = JSON.parse(stdout.toString()) as {
    readonly tensors: Record<string, [string, number[], number, number, boolean | null]>;
    readonly fields: Record<string, unknown>;
  };
  expect(Object.keys(tensors)).toHaveLength(2 + 2 * (2 + 7 + 4));
  expect(fields).toMatchObject({
    'general.architecture': 'llama',
    'general.file_type': type === 'F16' ? 1 : 7,
    'llama.attention.head_count_kv': 2,
    'llama.rope.scaling.factor': 2,
    'tokenizer.ggml.pre': 'smollm',
    'tokenizer.ggml.tokens': [...PIECES, '[PAD42]', '[PAD43]'],
    'tokenizer.ggml.merges': BYTE_LEVEL.model.merges,
  });
  const { weights } = await opened(blob);
  for (const [name, part] of [
    ['token_embd.weight', weights.outer('embedding')],
    ['blk.1.attn_k.weight', weights.block(1, 'k')],
  ] as const) {
    const values = await whole(part!);
    const [kind, , sum, size] = tensors[name]!;
    expect(kind).toBe(type);
    expect(sum).toBeCloseTo(
      values.reduce((total, value) => total + value, 0),
      3,
    );
    expect(size).toBeCloseTo(
      values.reduce((total, value) => total + Math.abs(value), 0),
      3,
    );
  }
  expect(tensors['blk.1.attn_k.weight']!.slice(0, 2)).toEqual([type, [16, 32]]);
  expect(tensors['blk.0.attn_q.bias']!.slice(0, 2)).toEqual(['F32', [32]]);
  // Its quantiser finds the same blocks.
  expect(Object.values(tensors).filter(([, , , , same]) => same === false)).toEqual([]);
});
