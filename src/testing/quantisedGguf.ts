/**
 * A random Llama of 2 layers as a GGUF file without a tokenizer: matrices of random blocks, in the layout of
 * llama.cpp.
 */
import { fileTypes, storedWeights } from '../model/decoderTensors';
import type { DecoderConfig } from '../model/decoderConfig';
import { ggufConfig } from '../model/gguf/config';
import { readGguf } from '../model/gguf/container';
import { BLOCK, BLOCK_BYTES, type QuantisedType } from '../model/gguf/quantise';
import { GgufWeights } from '../model/gguf/tensors';
import { ggufPieces, type WrittenTensor, type WrittenValue } from '../model/gguf/writeGguf';
import { float16Bits } from '../model/halfPrecision';
import { readConfig } from '../model/readConfig';
import { blobFile } from '../model/source/modelSource';
import type { WeightSource } from '../model/weightSource';
import { uniforms } from './kernelBench';

const SIZES = { vocabulary: 61, hidden: 32, intermediate: 64, heads: 4, kvHeads: 2 };

/** Parts of a block's names in GGUF, with their rows and columns. */
const MATRICES = {
  attn_q: [32, 32],
  attn_k: [16, 32],
  attn_v: [16, 32],
  attn_output: [32, 32],
  ffn_gate: [64, 32],
  ffn_up: [64, 32],
  ffn_down: [32, 64],
} as const;
export type QuantisedPart = keyof typeof MATRICES | 'token_embd';

/** @param typeOf the type of each matrix */
export async function quantisedGguf(
  typeOf: (part: QuantisedPart) => QuantisedType,
): Promise<{ readonly config: DecoderConfig; readonly weights: WeightSource }> {
  const random = uniforms(7);
  const matrix = (part: QuantisedPart, name: string, [rows, columns]: readonly [number, number]): WrittenTensor => {
    const bytes = randomBlocks(typeOf(part), rows * columns, columns, random);
    return { name: `${name}.weight`, shape: [rows, columns], type: typeOf(part), pieces: () => [bytes] };
  };
  const gain = (name: string): WrittenTensor => {
    const gains = Float32Array.from({ length: SIZES.hidden }, () => 0.8 + 0.4 * random());
    return { name: `${name}.weight`, shape: [SIZES.hidden], type: 'F32', pieces: () => [new Uint8Array(gains.buffer)] };
  };
  const tensors = [
    matrix('token_embd', 'token_embd', [SIZES.vocabulary, SIZES.hidden]),
    gain('output_norm'),
    ...[0, 1].flatMap((layer) => [
      gain(`blk.${layer}.attn_norm`),
      gain(`blk.${layer}.ffn_norm`),
      ...Object.entries(MATRICES).map(([part, shape]) => matrix(part as QuantisedPart, `blk.${layer}.${part}`, shape)),
    ]),
  ];
  const pieces: Uint8Array[] = [];
  for await (const piece of ggufPieces(METADATA, tensors)) pieces.push(piece);
  const file = blobFile('random.gguf', new Blob(pieces as BlobPart[]));
  const gguf = await readGguf([file]);
  const weights = new GgufWeights(gguf, 'llama', [file]);
  const config = readConfig(ggufConfig(gguf));
  return {
    config: { ...config, fileTypes: fileTypes(config, (tensor) => weights.typeOf(tensor)) },
    weights: storedWeights(weights, config),
  };
}

const METADATA: ReadonlyMap<string, WrittenValue> = new Map<string, WrittenValue>([
  ['general.architecture', { kind: 'text', value: 'llama' }],
  ...Object.entries({
    'llama.embedding_length': SIZES.hidden,
    'llama.feed_forward_length': SIZES.intermediate,
    'llama.block_count': 2,
    'llama.attention.head_count': SIZES.heads,
    'llama.attention.head_count_kv': SIZES.kvHeads,
    'llama.context_length': 256,
    'tokenizer.ggml.bos_token_id': 1,
    'tokenizer.ggml.eos_token_id': 2,
  }).map(([key, value]) => [key, { kind: 'u32', value }] as const),
  ['llama.attention.layer_norm_rms_epsilon', { kind: 'f32', value: 1e-5 }],
]);

/** Any integers, −128 of Q8_0 included, at scales that keep a matrix's products near 1. */
function randomBlocks(type: QuantisedType, weights: number, columns: number, random: () => number): Uint8Array {
  const { scales, values } = BLOCK_BYTES[type];
  const size = scales + values;
  const bytes = Uint8Array.from({ length: (weights / BLOCK) * size }, () => 256 * random());
  const largest = type === 'Q8_0' ? 128 : type === 'Q4_1' ? 15 : 8;
  for (let at = 0; at < bytes.length; at += size) {
    const d = ((0.5 + random()) * 3) / (largest * Math.sqrt(columns));
    const halves = type === 'Q4_1' ? [d, -d * 15 * (0.3 + 0.4 * random())] : [random() < 0.5 ? d : -d];
    halves.forEach((half, i) => {
      const bits = float16Bits(half);
      bytes[at + 2 * i] = bits & 255;
      bytes[at + 2 * i + 1] = bits >> 8;
    });
  }
  return bytes;
}
