/** Random models of any family, and their weights in fewer bits. */
import type { WeightFormat } from '../recipe/runSpec';
import type { BlockWeights, DecoderConfig, DecoderWeights, LinearRole } from '../model/decoderConfig';
import { blockShapes } from '../model/decoderTensors';
import { BLOCK_TYPES } from '../model/gguf/blocks';
import { quantise } from '../model/gguf/quantise';
import { float16Bits, float16Value } from '../model/halfPrecision';
import { blockTypeOf } from '../engine/gemm/weightFormat';
import { floats } from './kernelBench';

/** Gains around 1, everything else around 0. */
export function randomTestWeights(config: DecoderConfig, seed = 1): DecoderWeights {
  const { hidden, vocabulary } = config;
  let next = seed;
  const vector = (size: number, centre: number): Float32Array => floats(size, next++, 0.3).map((value) => centre + value);
  const matrix = (rows: number, columns: number): Float32Array => floats(rows * columns, next++, 2 / Math.sqrt(columns));
  const norm = (): Float32Array => vector(hidden, 1);
  const block = (): BlockWeights => {
    const parts = [...blockShapes(config)].map(([role, [rows, columns]]) => {
      return [role, columns === undefined ? vector(rows, role.endsWith('Norm') ? 1 : 0) : matrix(rows, columns)] as const;
    });
    return Object.fromEntries(parts) as unknown as BlockWeights;
  };
  return {
    embedding: matrix(vocabulary, hidden),
    ...(config.positions === 'learned' ? { positions: matrix(config.maxPositions, hidden) } : {}),
    blocks: Array.from({ length: config.layers }, block),
    finalNorm: norm(),
    ...(config.norm === 'layer' ? { finalNormBias: vector(hidden, 0) } : {}),
    ...(config.tiedHead ? {} : { head: matrix(vocabulary, hidden) }),
  };
}

/** The weights as a format rounds them, its blocks widened by the reader of GGUF. */
export function decoded(format: WeightFormat, weights: Float32Array): Float32Array {
  if (format === 'f32') return weights;
  const type = blockTypeOf(format);
  if (type === null) return weights.map((weight) => float16Value(float16Bits(weight)));
  const { widen } = [...BLOCK_TYPES.values()].find(({ name }) => name === type)!;
  return widen(quantise(type, weights)).subarray(0, weights.length);
}

/** Weights that are stored as one matrix, whose blocks may span them. */
const STORED: readonly (readonly LinearRole[])[] = [['q', 'k', 'v'], ['o'], ['gate', 'up'], ['down']];

/** The weights as read back when a model's matrices are stored in that format. */
export function roundedWeights(weights: DecoderWeights, format: WeightFormat): DecoderWeights {
  const round = (...parts: readonly Float32Array[]): Float32Array[] => {
    const whole = decoded(format, Float32Array.from(parts.flatMap((part) => [...part])));
    let first = 0;
    return parts.map((part) => whole.slice(first, (first += part.length)));
  };
  const blocks = weights.blocks.map((block) => {
    const rounded = STORED.flatMap((roles) => {
      const present = roles.filter((role) => block[role] !== undefined);
      const parts = round(...present.map((role) => block[role]!));
      return present.map((role, index) => [role, parts[index]!] as const);
    });
    return { ...block, ...Object.fromEntries(rounded) };
  });
  return {
    ...weights,
    embedding: round(weights.embedding)[0]!,
    ...(weights.head === undefined ? {} : { head: round(weights.head)[0]! }),
    blocks,
  };
}
