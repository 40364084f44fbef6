/**
 * The shape of a decoder as plain data, resolved from a family file and a Hugging Face `config.json`
 * (`readConfig`).
 */
import type { ItemCodes } from './codes/itemCodes';

/** Projections of a block. `gate` exists only in gated MLPs. */
export const LINEAR_ROLES = ['q', 'k', 'v', 'o', 'gate', 'up', 'down'] as const;
export type LinearRole = (typeof LINEAR_ROLES)[number];

/** How wavelengths beyond the trained context are stretched; equations: `rope.ts`. */
export type RopeScaling =
  | { readonly kind: 'linear'; readonly factor: number }
  | {
      readonly kind: 'llama3';
      readonly factor: number;
      readonly lowFrequencyFactor: number;
      readonly highFrequencyFactor: number;
      readonly originalPositions: number;
    };

/** One table of rotations. */
export interface Rope {
  readonly theta: number;
  readonly scaling: RopeScaling | null;
}

export interface LayerAttention {
  /** Keys that a query sees, itself included; null: all before it. */
  readonly window: number | null;
  /** Index into `ropes`; null with learned positions. */
  readonly rope: number | null;
}

export interface DecoderConfig {
  /** Name of the file in `families/` by which the config was read; it names the tensors. */
  readonly family: string;
  readonly architecture: string;
  readonly vocabulary: number;
  readonly hidden: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
  /** Width of the MLP's hidden layer. */
  readonly intermediate: number;
  readonly norm: 'rms' | 'layer';
  readonly normEpsilon: number;
  /** Norms of the outputs of attention and MLP, before they join the residual stream (sandwich norms). */
  readonly outputNorms: boolean;
  /** RMSNorm of every query and key head, before RoPE. */
  readonly headNorms: boolean;
  /** down(act(gate(x))·up(x)) rather than down(act(up(x))). */
  readonly gated: boolean;
  /** `geluTanh`: GELU in its tanh approximation. */
  readonly activation: 'silu' | 'geluTanh';
  /** Projections with a bias. */
  readonly biases: readonly LinearRole[];
  readonly positions: 'rope' | 'learned';
  readonly ropes: readonly Rope[];
  /** One per layer. */
  readonly attention: readonly LayerAttention[];
  /** Factor of q·k. */
  readonly attentionScale: number;
  /** Factor of vocabulary embeddings on their way into the decoder; the head reads them without it. */
  readonly embeddingScale: number;
  readonly maxPositions: number;
  readonly tiedHead: boolean;
  /** The token that every sequence starts with. */
  readonly bosId: number;
  /** The token that every text ends with. */
  readonly eosId: number;
  /** Tokens that end a generated text, `eosId` first. */
  readonly endIds: readonly number[];
  readonly padId: number;
  /** How a GGUF file stores the matrices; absent for other models. */
  readonly fileTypes?: FileTypes;
}

/** ggml's names of the types in which a file stores a decoder's matrices: `Q8_0`. */
export interface FileTypes {
  readonly embedding: string;
  /** Absent if the head is tied. */
  readonly head?: string;
  /** One per layer. */
  readonly blocks: readonly Readonly<Partial<Record<LinearRole, string>>>[];
}

/**
 * Tensors that every block has; matrices are [out, in]. `inputNorm` and `postNorm` are the gains before
 * attention and MLP.
 */
type CommonRole = 'inputNorm' | 'q' | 'k' | 'v' | 'o' | 'postNorm' | 'up' | 'down';
/**
 * Tensors of some families. `qNorm` and `kNorm` are gains over a head; `attentionNorm` and `mlpNorm` those of
 * the outputs; `…Bias` belongs to the projection or (with LayerNorm) the norm of that name.
 */
type OptionalRole = 'gate' | 'qNorm' | 'kNorm' | 'attentionNorm' | 'mlpNorm' | `${LinearRole | 'inputNorm' | 'postNorm'}Bias`;
export type BlockRole = CommonRole | OptionalRole;

/**
 * One block's frozen weights, row-major float32: gains with their offset added, matrices [out, in] however
 * the checkpoint stores them.
 */
export type BlockWeights = Readonly<Record<CommonRole, Float32Array> & Partial<Record<OptionalRole, Float32Array>>>;

/** All frozen weights of the decoder. */
export interface DecoderWeights {
  /** [vocabulary, hidden]; with a tied head also the LM head. */
  readonly embedding: Float32Array;
  /** [maxPositions, hidden], with learned positions. */
  readonly positions?: Float32Array;
  readonly blocks: readonly BlockWeights[];
  readonly finalNorm: Float32Array;
  /** With LayerNorm. */
  readonly finalNormBias?: Float32Array;
  /** The LM head [vocabulary, hidden], when it is not tied. */
  readonly head?: Float32Array;
}

/** Text ↔ token IDs, without adding special tokens. */
export interface TextTokenizer {
  encode(text: string): number[];
  decode(ids: readonly number[]): string;
}

/** Frozen features of the catalogue, row-major. */
export interface CatalogueFeatures {
  /**
   * x: [items, width], standardised per dimension over the catalogue. Mean-pooled last hidden states of
   * `[BOS] text`, embeddings that the log brings, or both, concatenated.
   */
  readonly hidden: Float32Array;
  /** A multiple of 4; default: the model's hidden size. */
  readonly width?: number;
  /** [items, hidden]: mean token embedding of ` title`, rescaled to the mean norm of the embedding table. */
  readonly title: Float32Array;
  /** Codes of every item, in the `semantic` interface and only there. */
  readonly codes?: ItemCodes;
}
