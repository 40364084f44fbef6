import type { DecoderConfig, TextTokenizer } from './decoderConfig';
import type { WeightSource } from './weightSource';

/** A model whose files are here: what it is, its tokenizer, and its weights a piece at a time. */
export interface LoadedModel {
  readonly id: string;
  /** SHA-256 of model.safetensors, hex; of the shards' names and hashes where there are several. */
  readonly hash: string;
  /** The hub's commit, if it is known. */
  readonly version?: string;
  readonly config: DecoderConfig;
  /** Read from the model's files whenever they are asked for. */
  readonly weights: WeightSource;
  readonly tokenizer: TextTokenizer;
  /** Bytes of the weight files. */
  readonly bytes: number;
}
