/** Frozen features of the catalogue's texts; see CatalogueFeatures. All tables are row-major float32. */
import { t } from '../words/words';
import type { TextTokenizer } from './decoderConfig';
import type { LoadedModel } from './loadedModel';
import { ModelError } from './modelError';
import { takeBuffer, takeFloats, type OrtDecoder } from './ortSession';
import { chunksOf, required } from './weightSource';

/** Maximum number of a title's tokens that its feature is averaged over. */
export const TITLE_TOKENS = 6;
/** Maximum number of a text's tokens, [BOS] included, that its feature is averaged over. */
export const TEXT_TOKENS = 24;
const BATCH = 64;
/** Keeps a dimension that never varies at 0 rather than at 0/0. */
const DEVIATION_GUARD = 1e-6;

type Model = Pick<LoadedModel, 'config' | 'weights' | 'tokenizer'>;

/**
 * Computes the mean last hidden state of each row of token ids: [rows, hidden], not standardised.
 * `onProgress` gets the number of rows done, and of all rows.
 */
export type FeatureProvider = (
  tokenRows: readonly (readonly number[])[],
  onProgress: (done: number, total: number) => void,
) => Promise<Float32Array>;

/** [BOS] and the text's tokens, at most 24 in all, for each text. */
export function featureTokens(model: Pick<LoadedModel, 'config' | 'tokenizer'>, texts: readonly string[]): number[][] {
  return texts.map((text) => [model.config.bosId, ...model.tokenizer.encode(text)].slice(0, TEXT_TOKENS));
}

/**
 * Mean embedding of the first 6 tokens of " " + title, each row rescaled to the mean norm of the vectors that
 * the embedding table gives the decoder, so that it can stand for a token: [titles, hidden]. A title whose
 * embeddings cancel out stays zero.
 */
export async function titleFeatures(model: Model, titles: readonly string[]): Promise<Float32Array> {
  const { hidden, vocabulary, embeddingScale } = model.config;
  const features = new Float32Array(titles.length * hidden);
  const rowOf = (item: number): Float32Array => features.subarray(item * hidden, (item + 1) * hidden);
  const users = titlesByToken(model.tokenizer, titles);
  let norms = 0;
  for await (const { begin, values } of chunksOf(required(model.weights.outer('embedding'), 'embedding'), hidden)) {
    for (let at = 0; at < values.length; at += hidden) {
      const embedding = values.subarray(at, at + hidden);
      norms += norm(embedding);
      for (const item of users.get((begin + at) / hidden) ?? []) {
        const row = rowOf(item);
        for (let d = 0; d < hidden; d += 1) row[d]! += embedding[d]!;
      }
    }
  }
  const targetNorm = (embeddingScale * norms) / vocabulary;
  titles.forEach((_, item) => {
    const row = rowOf(item);
    // Rescaling makes the division by the number of tokens superfluous.
    const length = norm(row);
    if (length > 0) for (let d = 0; d < hidden; d += 1) row[d]! *= targetNorm / length;
  });
  return features;
}

/** For each token the titles that have it among their first tokens, once per occurrence. */
function titlesByToken(tokenizer: TextTokenizer, titles: readonly string[]): ReadonlyMap<number, readonly number[]> {
  const users = new Map<number, number[]>();
  titles.forEach((title, item) => {
    for (const token of tokenizer.encode(` ${title}`).slice(0, TITLE_TOKENS)) {
      const known = users.get(token);
      if (known === undefined) users.set(token, [item]);
      else known.push(item);
    }
  });
  return users;
}

/** Neighbouring rows of a table of hidden states: one text's. */
export interface StateSpan {
  readonly first: number;
  readonly count: number;
}

/** Computes means of hidden states in place, without copying them: T holds a table [rows, hidden]. */
export interface StatePool<T> {
  /** The mean of every span of a table; the table may be freed afterwards. */
  add(states: T, spans: readonly StateSpan[]): Promise<void>;
  /** All means since the last `take`, [spans, hidden], in the order in which they were added. */
  take(): Promise<Float32Array>;
}

/**
 * A FeatureProvider on ONNX Runtime: a graph with `ids` input and `hidden_states` output, without cache.
 * @param pool for a graph with `outputsOn: 'gpu-buffer'`: hidden states then stay on the GPU, and only their
 * means leave it.
 */
export function ortFeatures(decoder: OrtDecoder, pool: StatePool<GPUBuffer> | null = null): FeatureProvider {
  return async (tokenRows, onProgress) => {
    const { hidden, padId } = decoder.config;
    const cpu = new CpuPool(hidden);
    // Rows of similar length together, for less padding.
    const order = tokenRows.map((row, index) => ({ row, index })).sort((a, b) => a.row.length - b.row.length);
    for (let start = 0; start < order.length; start += BATCH) {
      const batch = order.slice(start, start + BATCH);
      const length = batch.at(-1)!.row.length;
      const ids = batch.flatMap(({ row }) => Array.from({ length }, (_, i) => row[i] ?? padId));
      const mask = batch.flatMap(({ row }) => Array.from({ length }, (_, i) => (i < row.length ? 1 : 0)));
      const { hiddenStates } = await decoder.run({ batch: batch.length, length, tokens: { ids }, mask });
      const spans = batch.map(({ row }, b) => ({ first: b * length, count: row.length }));
      if (pool === null || hiddenStates === undefined) await cpu.add(await takeFloats(hiddenStates), spans);
      else await takeBuffer(hiddenStates, (buffer) => pool.add(buffer, spans));
      onProgress(Math.min(start + BATCH, order.length), order.length);
    }
    const means = await (pool ?? cpu).take();
    const features = new Float32Array(means.length);
    order.forEach(({ index }, place) => {
      features.set(means.subarray(place * hidden, (place + 1) * hidden), index * hidden);
    });
    return features;
  };
}

class CpuPool implements StatePool<Float32Array> {
  readonly #means: Float32Array[] = [];

  constructor(private readonly width: number) {}

  add(states: Float32Array, spans: readonly StateSpan[]): Promise<void> {
    for (const { first, count } of spans) {
      const mean = new Float32Array(this.width);
      meanRow(states.subarray(first * this.width, (first + count) * this.width), mean);
      this.#means.push(mean);
    }
    return Promise.resolve();
  }

  take(): Promise<Float32Array> {
    const all = new Float32Array(this.#means.length * this.width);
    this.#means.splice(0).forEach((mean, i) => {
      all.set(mean, i * this.width);
    });
    return Promise.resolve(all);
  }
}

/**
 * (x − mean) / (population standard deviation + 1e-6) of each dimension over the n rows of x [n, d]; x is not
 * changed.
 */
export function standardiseColumns(x: Float32Array, n: number, d: number): Float32Array {
  const result = new Float32Array(n * d);
  for (let column = 0; column < d; column += 1) {
    let sum = 0;
    for (let row = 0; row < n; row += 1) sum += x[row * d + column]!;
    const mean = sum / n;
    let squares = 0;
    for (let row = 0; row < n; row += 1) squares += (x[row * d + column]! - mean) ** 2;
    const deviation = Math.sqrt(squares / n) + DEVIATION_GUARD;
    for (let row = 0; row < n; row += 1) result[row * d + column] = (x[row * d + column]! - mean) / deviation;
  }
  return result;
}

export interface NamedProvider {
  readonly name: string;
  readonly compute: FeatureProvider;
}

export interface ProviderTiming {
  readonly name: string;
  /** Milliseconds of the better of the sample's two runs; null when one failed. */
  readonly milliseconds: number | null;
  /** Why it failed; empty when it did not. */
  readonly error: string;
}

/**
 * Times each provider on a sample of token rows, in two rounds, and chooses the fastest by its better time:
 * the first round compiles, and may compete with other compilation, which whoever ran last would not. Keep
 * the sample small.
 * @throws ModelError when none works.
 */
export async function chooseProvider(
  providers: readonly NamedProvider[],
  sample: readonly (readonly number[])[],
): Promise<{ readonly chosen: NamedProvider; readonly timings: readonly ProviderTiming[] }> {
  const timings = providers.map(({ name }): ProviderTiming => ({ name, milliseconds: null, error: '' }));
  for (let round = 0; round < 2; round++) {
    for (const [at, { name, compute }] of providers.entries()) {
      const { milliseconds: before, error } = timings[at]!;
      if (error !== '') continue;
      try {
        const start = performance.now();
        await compute(sample, () => undefined);
        const milliseconds = Math.min(before ?? Infinity, performance.now() - start);
        timings[at] = { name, milliseconds, error };
      } catch (failure) {
        timings[at] = { name, milliseconds: null, error: String(failure) };
      }
    }
  }
  const best = Math.min(...timings.map(({ milliseconds }) => milliseconds ?? Infinity));
  const chosen = providers.find((_, at) => timings[at]!.milliseconds === best);
  if (chosen === undefined) {
    const reasons = timings.map(({ name, error }) => `${name}: ${error}`).join('; ');
    throw new ModelError(
      t('Item features could not be computed ({reasons}).', { reasons }),
      t('Reload the page, or try another browser.'),
    );
  }
  return { chosen, timings };
}

function meanRow(rows: Float32Array, into: Float32Array): void {
  const width = into.length;
  const count = rows.length / width;
  for (let d = 0; d < width; d += 1) {
    let sum = 0;
    for (let i = 0; i < count; i += 1) sum += rows[i * width + d]!;
    into[d] = sum / count;
  }
}

function norm(row: Float32Array): number {
  let squares = 0;
  for (const value of row) squares += value * value;
  return Math.sqrt(squares);
}
