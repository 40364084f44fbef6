/**
 * What start values and soft tokens need from the vocabulary embedding. It is the largest tensor of most
 * models: read it once per run.
 */
import type { DecoderConfig } from '../../model/decoderConfig';
import { chunksOf, required, type WeightSource } from '../../model/weightSource';

export interface EmbeddingStatistics {
  /** Population standard deviation of all numbers. */
  readonly deviation: number;
  /** Of the columns. */
  readonly mean: Float64Array;
  /** The row of the token that starts a sequence. */
  readonly bos: Float32Array;
}

export async function embeddingStatistics(
  weights: WeightSource,
  { hidden, vocabulary, bosId }: DecoderConfig,
): Promise<EmbeddingStatistics> {
  const embedding = required(weights.outer('embedding'), 'embedding');
  const mean = new Float64Array(hidden);
  let sum = 0;
  let squares = 0;
  for await (const { values } of chunksOf(embedding, hidden)) {
    values.forEach((value, i) => {
      sum += value;
      squares += value * value;
      mean[i % hidden]! += value / vocabulary;
    });
  }
  const average = sum / embedding.length;
  return {
    deviation: Math.sqrt(squares / embedding.length - average * average),
    mean,
    bos: await embedding.read(bosId * hidden, (bosId + 1) * hidden),
  };
}

/**
 * The scale of soft tokens: the standard deviation of the decoder's vocabulary inputs, and its input for BOS
 * [hidden].
 */
export interface SoftTokenScale {
  readonly deviation: number;
  readonly bos: Float32Array;
}

export function softTokenScale({ embeddingScale }: DecoderConfig, { deviation, bos }: EmbeddingStatistics): SoftTokenScale {
  return { deviation: embeddingScale * deviation, bos: bos.map((value) => embeddingScale * value) };
}
