import type { DecoderConfig, TextTokenizer } from './decoderConfig';
import type { WeightSource } from './weightSource';

/** [BOS] as tokenizer.json writes it, and whether the model's chat template opens turns with it. */
export interface StartToken {
  readonly text: string;
  readonly opensTurns: boolean;
}

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
  /** The token that starts a sequence; left out if tokenizer.json has no text for it. */
  readonly startToken?: StartToken;
  /** Bytes of the weight files. */
  readonly bytes: number;
}
