import type { DecoderConfig, TextTokenizer } from './decoderConfig';
import type { WeightSource } from './weightSource';

/** A model whose files are available: its description, its tokenizer, and its weights a piece at a time. */
export interface LoadedModel {
  readonly id: string;
  /** SHA-256 of model.safetensors, hex; of the shards' names and hashes if there are several. */
  readonly hash: string;
  /** The hub's commit, if known. */
  readonly version?: string;
  readonly config: DecoderConfig;
  /** Read from the model's files whenever needed. */
  readonly weights: WeightSource;
  readonly tokenizer: TextTokenizer;
  /** Bytes of the weight files. */
  readonly bytes: number;
}
