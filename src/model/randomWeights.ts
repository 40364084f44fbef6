/** Random weights of an untrained decoder. */
import type { Random } from '../log/random';
import type { BlockWeights, DecoderConfig, DecoderWeights } from './decoderConfig';
import { blockShapes } from './decoderTensors';

/**
 * Matrices ~ N(0, 1/in), gains 1, biases 0, or with a deviation around that; a tied head and rotary
 * positions.
 */
export function randomWeights(config: DecoderConfig, random: Random, deviation = 0): DecoderWeights {
  const matrix = (rows: number, columns: number): Float32Array =>
    Float32Array.from({ length: rows * columns }, () => random.normal() / Math.sqrt(columns));
  const vector = (size: number, centre: number): Float32Array =>
    Float32Array.from({ length: size }, () => (deviation === 0 ? centre : centre + deviation * random.normal()));
  const block = (): BlockWeights => {
    const parts = [...blockShapes(config)].map(
      ([role, [rows, columns]]) =>
        [role, columns === undefined ? vector(rows, Number(!role.endsWith('Bias'))) : matrix(rows, columns)] as const,
    );
    return Object.fromEntries(parts) as unknown as BlockWeights;
  };
  return {
    embedding: matrix(config.vocabulary, config.hidden),
    blocks: Array.from({ length: config.layers }, block),
    finalNorm: vector(config.hidden, 1),
  };
}
