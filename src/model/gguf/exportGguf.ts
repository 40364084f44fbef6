/**
 * A model as a GGUF file that llama.cpp reads: matrices in F16 or Q8_0, vectors and GPT-2's positions in F32.
 * It is read, merged and written a piece at a time.
 */
import { t } from '../../words/words';
import type { StreamedFile } from '../../storage/zipWriter';
import { tensorsOfRoles, type TensorOfRoles } from '../decoderTensors';
import type { DecoderConfig } from '../decoderConfig';
import type { ModelExport } from '../exportedFolder';
import { float16Bits } from '../halfPrecision';
import { mergedWeights } from '../lora';
import { ModelError } from '../modelError';
import { modelName } from '../modelOrigin';
import { readConfig } from '../readConfig';
import { readJson, unlessMissing } from '../source/modelSource';
import { chunks, type Weight } from '../weightSource';
import { ggufConfig } from './config';
import type { MetadataValue } from './container';
import { BLOCK, quantise } from './quantise';
import { ggufName, halvedRow, moveRows, PAIRED } from './tensors';
import { ggufBytes, ggufPieces, type WrittenTensor, type WrittenValue } from './writeGguf';
import { writtenTokenizer } from './writeTokenizer';

/** Types of an exported file's matrices, with llama.cpp's numbers for files that are mostly of a type. */
const FILE_TYPES = { F16: 1, Q8_0: 7 } as const;
export type ExportedType = keyof typeof FILE_TYPES;
const QUANTISATION_VERSION = 2;

/**
 * One file. Blocks of a Q8_0 file that were not merged are written as they were.
 * @throws ModelError if GGUF cannot describe the model or its tokenizer. The file's pieces throw as reading
 * the weights does, and RangeError for a weight that is too large for a half.
 */
export async function exportGguf({ model, source, adapter, title }: ModelExport, type: ExportedType): Promise<StreamedFile> {
  const { config } = model;
  const weights = adapter === null ? model.weights : mergedWeights(config, model.weights, adapter);
  const tokenizer = await readJson(source, 'tokenizer.json');
  const settings = await unlessMissing(readJson(source, 'tokenizer_config.json'), {});
  const metadata = new Map<string, WrittenValue>([
    ...shapeOf(config),
    ['general.name', { kind: 'text', value: `${modelName(model.id)}, ${title}` }],
    [
      'general.description',
      { kind: 'text', value: `Written by KARMA Playground from ${modelName(model.id)}, SHA-256 of its weights ${model.hash}` },
    ],
    ['general.file_type', u32(FILE_TYPES[type])],
    ['general.quantization_version', u32(QUANTISATION_VERSION)],
    ...writtenTokenizer(tokenizer, settings, config.vocabulary),
    ['tokenizer.ggml.bos_token_id', u32(config.bosId)],
    ['tokenizer.ggml.eos_token_id', u32(config.eosId)],
    ['tokenizer.ggml.padding_token_id', u32(config.padId)],
  ]);
  const tensors = tensorsOfRoles(config, weights).map((tensor) => written(tensor, config, type));
  checkReadable(config, metadata, tensors);
  return { path: `${title.replaceAll(/[^\w.-]+/g, '-')}.${type}.gguf`, pieces: ggufPieces(metadata, tensors) };
}

function u32(value: number): WrittenValue {
  return { kind: 'u32', value };
}

function f32(value: number): WrittenValue {
  return { kind: 'f32', value };
}

/** The decoder's shape under llama.cpp's keys. */
function shapeOf(config: DecoderConfig): [string, WrittenValue][] {
  const { family, headSize, attention, ropes } = config;
  const numbers: [string, WrittenValue][] = [
    ['context_length', u32(config.maxPositions)],
    ['embedding_length', u32(config.hidden)],
    ['block_count', u32(config.layers)],
    ['feed_forward_length', u32(config.intermediate)],
    ['attention.head_count', u32(config.heads)],
    [config.norm === 'layer' ? 'attention.layer_norm_epsilon' : 'attention.layer_norm_rms_epsilon', f32(config.normEpsilon)],
  ];
  // Layers with a window have frequencies of their own, which llama.cpp knows.
  const rope = ropes[attention.find(({ window }) => window === null)?.rope ?? attention[0]!.rope ?? -1];
  if (rope !== undefined) {
    numbers.push(
      ['attention.head_count_kv', u32(config.kvHeads)],
      ['attention.key_length', u32(headSize)],
      ['attention.value_length', u32(headSize)],
      ['rope.dimension_count', u32(headSize)],
      ['rope.freq_base', f32(rope.theta)],
    );
    if (rope.scaling?.kind === 'linear') {
      numbers.push(['rope.scaling.type', { kind: 'text', value: 'linear' }], ['rope.scaling.factor', f32(rope.scaling.factor)]);
    }
  }
  const window = attention.find((layer) => layer.window !== null)?.window ?? null;
  if (window !== null) numbers.push(['attention.sliding_window', u32(window)]);
  return [
    ['general.architecture', { kind: 'text', value: family }],
    ...numbers.map(([key, value]): [string, WrittenValue] => [`${family}.${key}`, value]),
  ];
}

/**
 * A file names one end of texts, its padding is not read, and it need not have the types of the file that it
 * was made from.
 */
const UNTOLD: ReadonlySet<string> = new Set(['endIds', 'padId', 'fileTypes'] satisfies (keyof DecoderConfig)[]);

/** @throws ModelError unless our reader finds the model's own shape in the file */
function checkReadable(
  config: DecoderConfig,
  metadata: ReadonlyMap<string, WrittenValue>,
  tensors: readonly WrittenTensor[],
): void {
  const values = new Map([...metadata].map(([key, { value }]) => [key, value as MetadataValue]));
  const shapes = new Map(tensors.map(({ name, shape }) => [name, { shape }]));
  const again = readConfig(ggufConfig({ metadata: values, tensors: shapes }));
  const lost = Object.entries(config).filter(
    ([key, value]) => !UNTOLD.has(key) && !sameSingle(value, again[key as keyof DecoderConfig]),
  );
  if (lost.length === 0) return;
  throw new ModelError(
    t('The model cannot be written as GGUF, which cannot say its {lost}.', { lost: lost.map(([key]) => key).join(', ') }),
    t('Export it as safetensors or ONNX.'),
  );
}

/** Whether two values are equal once their numbers are rounded to f32. */
function sameSingle(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number') return Math.fround(a) === Math.fround(b);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => sameSingle((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]));
}

function written({ name, columns, parts }: TensorOfRoles, config: DecoderConfig, asked: ExportedType): WrittenTensor {
  const { family, headSize } = config;
  const length = parts.reduce((sum, { weight }) => sum + weight.length, 0);
  const type = columns === null || name.includes('wpe') ? 'F32' : asked === 'Q8_0' && columns % BLOCK === 0 ? 'Q8_0' : 'F16';
  return {
    name: ggufName(name, family)!,
    shape: columns === null ? [length] : [length / columns, columns],
    type,
    async *pieces() {
      for (const { role, weight } of parts) {
        const rotary = PAIRED.has(family) && /^[qk](?:Bias)?$/.test(role);
        yield* piecesOf(weight, columns ?? 1, rotary ? headSize : null, type);
      }
    },
  };
}

/** @param perHead rows of a head, if they are to be paired */
async function* piecesOf(
  weight: Weight,
  columns: number,
  perHead: number | null,
  type: 'F32' | 'F16' | 'Q8_0',
): AsyncGenerator<Uint8Array> {
  const blocks = type === 'Q8_0' && weight.blocks?.type === type ? weight.blocks : null;
  for (const { begin, end } of chunks(weight.length, columns * (perHead ?? 1))) {
    const bytes = blocks === null ? encoded(await weight.read(begin, end), type) : await blocks.read(begin, end);
    if (perHead === null) yield bytes;
    else {
      const paired = new Uint8Array(bytes.length);
      moveRows(bytes, paired, ggufBytes(type, columns), (row) => halvedRow(row, perHead));
      yield paired;
    }
  }
}

function encoded(values: Float32Array, type: 'F32' | 'F16' | 'Q8_0'): Uint8Array {
  if (type === 'Q8_0') return quantise(type, values);
  const { buffer, byteOffset, byteLength } = type === 'F16' ? Uint16Array.from(values, float16Bits) : values;
  return new Uint8Array(buffer, byteOffset, byteLength);
}
