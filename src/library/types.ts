/**
 * The types of the library. They name nothing of the program's inside, so that a package's declarations are
 * these alone.
 */

/**
 * An address; in Node also a path on disk. `hub:owner/name` or `hub:owner/name@revision` is a model on the
 * usual hub.
 */
export type Place = string | URL;

export interface Device {
  readonly name: string;
  /** Whether it computes on the CPU. */
  readonly software: boolean;
  readonly close: () => void;
}

export interface Model {
  readonly id: string;
  readonly architecture: string;
  readonly layers: number;
  readonly hidden: number;
  readonly vocabulary: number;
  readonly encode: (text: string) => readonly number[];
  readonly decode: (tokens: readonly number[]) => string;
}

export interface Log {
  readonly name: string;
  readonly users: number;
  readonly items: number;
  readonly events: number;
  /** Test targets. */
  readonly targets: number;
}

/** A model with trainable LoRA. Its GPU memory is its own until `destroy`. */
export interface Lora {
  /** Updates taken. */
  readonly step: number;
  readonly destroy: () => void;
}

/**
 * Losses of a step before its update, in nats. Without a log there is only `total`; a term that is not
 * trained is null.
 */
export interface Losses {
  readonly total: number;
  /** Before clipping. */
  readonly gradNorm: number;
  readonly learningRate: number;
  readonly action?: number;
  readonly gen?: number | null;
  readonly rec?: number | null;
  readonly own?: number;
}

/** A file to be written. */
export interface NamedFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface Recommendation {
  readonly id: string;
  readonly title: string;
}

/**
 * Two WGSL kernels, each with a function `main` that has one thread per row. In front of both stand the
 * bindings `params` (u32 `rows`, `columns`, `stride`; f32 `scale`), `x` [rows, stride], `targets` [rows] and
 * `y`. `loss` sets `y[row]`; `gradient` sets `y[row * params.stride + column]` to `params.scale` times the
 * derivative of the row's loss by `x[row * params.stride + column]`.
 */
export interface LossKernels {
  readonly loss: string;
  readonly gradient: string;
}

/**
 * x [rows, columns], and the index that each row is to predict → mean loss over the rows, and its derivative
 * by x, [rows, columns].
 */
export type LossFunction = (rows: {
  readonly x: Float32Array;
  readonly targets: Uint32Array;
  readonly rows: number;
  readonly columns: number;
}) => LossAndGradient | Promise<LossAndGradient>;

export interface LossAndGradient {
  readonly loss: number;
  readonly gradient: Float32Array;
}

export type Loss = LossKernels | LossFunction;

interface Training {
  /** Default: 8 and 16. */
  readonly rank?: number;
  readonly alpha?: number;
  /** Projections, such as `q_proj`; default: all seven. */
  readonly targets?: readonly string[];
  /** Default: 5e-4, after 20 warm-up steps falling to a tenth over `steps` steps, where it stays. */
  readonly learningRate?: number;
  readonly warmupSteps?: number;
  readonly steps?: number;
  readonly batchSize?: number;
  readonly seed?: number;
}

export interface LoraOptions extends Training {
  /** A text file, or several, or the texts themselves, each of which ends with the model's end token. */
  readonly texts: URL | File | readonly string[];
  /** Tokens of a window; default: 64. */
  readonly length?: number;
  /** Of the frozen weights; default: f32. */
  readonly precision?: 'f32' | 'f16' | 'q8_0' | 'q4_0';
  /** In place of the next-token loss: on logits [rows, vocabulary], with the next tokens as targets. */
  readonly loss?: Loss;
}

export interface RecommenderOptions extends Training {
  /** Weights of L_gen and L_rec; default: 0. */
  readonly gen?: number;
  readonly rec?: number;
  /**
   * A loss beside them on h, [predictions, e], with the items that they predict as targets; default weight:
   * 1.
   */
  readonly own?: { readonly loss: Loss; readonly weight?: number };
  /** Other fields of the recipe by section, as in a run file’s `spec`. */
  readonly recipe?: Readonly<Record<string, unknown>>;
}

export interface GenerateOptions {
  /** Default: 32. */
  readonly maxTokens?: number;
  /** 0, the default, takes the likeliest token. */
  readonly temperature?: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly seed?: number;
}
