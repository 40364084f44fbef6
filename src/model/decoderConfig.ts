/** The shape of a Llama-style decoder, read from a Hugging Face `config.json`. */
export interface DecoderConfig {
  readonly architecture: string;
  readonly vocabulary: number;
  readonly hidden: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
  /** Width of the SwiGLU hidden layer. */
  readonly intermediate: number;
  readonly normEpsilon: number;
  readonly ropeTheta: number;
  readonly maxPositions: number;
  readonly tiedHead: boolean;
  readonly bosId: number;
  readonly eosId: number;
  readonly padId: number;
}

/** One block's frozen weights, each [out, in] row-major float32 as in the checkpoint. */
export interface BlockWeights {
  readonly inputNorm: Float32Array;
  readonly q: Float32Array;
  readonly k: Float32Array;
  readonly v: Float32Array;
  readonly o: Float32Array;
  readonly postNorm: Float32Array;
  readonly gate: Float32Array;
  readonly up: Float32Array;
  readonly down: Float32Array;
}

/** All frozen weights of the decoder. `embedding` is [vocabulary, hidden] and, with a tied head, also the LM head. */
export interface DecoderWeights {
  readonly embedding: Float32Array;
  readonly blocks: readonly BlockWeights[];
  readonly finalNorm: Float32Array;
}

/** Text ↔ token ids, without special tokens added. */
export interface TextTokenizer {
  encode(text: string): number[];
  decode(ids: readonly number[]): string;
}

export interface LoadedModel {
  readonly id: string;
  /** SHA-256 of model.safetensors, hex; of the shards' names and hashes where there are several. */
  readonly hash: string;
  /** The hub's commit, where it is known. */
  readonly version?: string;
  readonly config: DecoderConfig;
  readonly weights: DecoderWeights;
  readonly tokenizer: TextTokenizer;
  /** Bytes of the weight files. */
  readonly bytes: number;
}

/** Frozen features of the catalogue, both [items, hidden] row-major. */
export interface CatalogueFeatures {
  /** Mean-pooled last hidden state of `[BOS] text`, standardised per dimension over the catalogue. */
  readonly hidden: Float32Array;
  /** Mean token embedding of ` title`, rescaled to the mean norm of the embedding table. */
  readonly title: Float32Array;
}
