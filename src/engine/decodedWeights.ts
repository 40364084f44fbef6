/** Support for tests: what stored weights mean, read one at a time. */
import { float16Value } from '../model/halfPrecision';
import { BLOCK, encodeWeights, type WeightFormat } from './weightFormat';

/** `weights` after they were encoded, in float64. */
export function decodedWeights(format: WeightFormat, weights: Float32Array): Float64Array {
  const { values, scales } = encodeWeights(format, weights);
  const half = (words: ArrayLike<number>, at: number): number => float16Value((words[at >> 1]! >> (16 * (at & 1))) & 0xffff);
  return Float64Array.from(weights, (_, i) => {
    if (format === 'f32') return values[i]!;
    if (format === 'f16') return half(values, i);
    const scale = half(scales!, Math.floor(i / BLOCK));
    if (format === 'int8') return (((values[i >> 2]! >> (8 * (i & 3))) << 24) >> 24) * (scale / 127);
    return (((values[i >> 3]! >> (4 * (i & 7))) & 15) - 8) * (scale / 8);
  });
}
