/**
 * The numbers that all libraries compute with: functions of the case alone, so that each realm generates the
 * same ones.
 */
import { forkRandom, type Random } from '../src/log/random';
import { embeddingStatistics } from '../src/engine/decoder/embeddingStatistics';
import { initialParameters, layOutParameters, slotOf, type ParameterLayout } from '../src/engine/parameters';
import type { EncodedExample } from '../src/engine/decoder/sequence';
import type { CatalogueFeatures, DecoderConfig, DecoderWeights } from '../src/model/decoderConfig';
import { readWeights } from '../src/model/decoderTensors';
import { randomWeights } from '../src/model/randomWeights';
import { heldWeights } from '../src/model/weightSource';
import { loadConfig } from '../src/model/loadModel';
import { Checkpoint } from '../src/model/checkpoint';
import type { ModelSource } from '../src/model/source/modelSource';
import { runSpecSchema } from '../src/recipe/runSpec';
import type { AttentionCase, BlockCase, CrossEntropyCase, EmbedCase, GenerateCase, MatmulCase, StepCase } from './cases';

/** Deviation of gains from 1, which would hide mistakes. */
const GAINS = 0.1;

export interface MatmulInputs {
  readonly a: Float32Array;
  readonly b: Float32Array;
}

export interface CrossEntropyInputs {
  readonly h: Float32Array;
  readonly e: Float32Array;
  readonly targets: Uint32Array;
}

/** Parameters of a case, in the engine's own flat order; `named` extracts them for the others. */
export interface Parameters {
  readonly layout: ParameterLayout;
  readonly flat: Float32Array;
}

export interface BlockInputs {
  readonly weights: DecoderWeights;
  readonly parameters: Parameters;
  /** Input rows and the loss's g: [sequences · length, hidden]. */
  readonly x: Float32Array;
  readonly upstream: Float32Array;
}

export interface StepInputs {
  readonly config: DecoderConfig;
  readonly weights: DecoderWeights;
  readonly features: CatalogueFeatures;
  readonly parameters: Parameters;
  readonly batch: readonly EncodedExample[];
}

export interface AttentionInputs {
  /**
   * q, k and v of every row side by side, as the engine has them: [sequences · length, (heads + 2·kvHeads) ·
   * headSize].
   */
  readonly qkv: Float32Array;
  /** The loss's g: [sequences · length, heads · headSize]. */
  readonly upstream: Float32Array;
}

/** A model and what it reads. */
export interface TokenInputs {
  readonly config: DecoderConfig;
  readonly weights: DecoderWeights;
  readonly texts: readonly (readonly number[])[];
}

/** Where an experiment's files are. */
export interface ExperimentInputs {
  readonly source: (model: string) => ModelSource;
  /** A file of the site, by its path there. */
  readonly asset: (path: string) => Promise<ArrayBuffer>;
}

export interface NamedParameter {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/** A parameter by its name in docs/method.md. */
export function named({ layout, flat }: Parameters, name: string): NamedParameter {
  const { rows, columns, offset } = slotOf(layout, name);
  return { rows, columns, values: flat.slice(offset, offset + rows * columns) };
}

export function matmulInputs({ id, rows, columns, depth }: MatmulCase): MatmulInputs {
  const random = forkRandom(0, 'bench', id);
  return { a: normals(random, rows * depth), b: normals(random, depth * columns) };
}

export function crossEntropyInputs({ id, rows, columns, depth }: CrossEntropyCase): CrossEntropyInputs {
  const random = forkRandom(0, 'bench', id);
  const h = normals(random, rows * depth);
  const e = normals(random, columns * depth, 1 / Math.sqrt(depth));
  return { h, e, targets: Uint32Array.from({ length: rows }, () => random.integer(columns)) };
}

export function blockInputs({ id, config, sequences, length, rank }: BlockCase): BlockInputs {
  const random = forkRandom(0, 'bench', id);
  const { lora, objective } = runSpecSchema.parse({ version: 1, lora: { rank } });
  const layout = layOutParameters(config, { lora, objective }, { items: 0 });
  const flat = new Float32Array(layout.size);
  fillLora(random, { layout, flat });
  const rows = sequences * length;
  return {
    weights: randomWeights(config, random, GAINS),
    parameters: { layout, flat },
    x: normals(random, rows * config.hidden),
    upstream: normals(random, rows * config.hidden, 1 / rows),
  };
}

/** @param source of a named model's files */
export async function stepInputs(benchCase: StepCase, source: (model: string) => ModelSource): Promise<StepInputs> {
  const { id, model, items, history, text, spec } = benchCase;
  const random = forkRandom(0, 'bench', id);
  const { config, weights } = await modelOf(model, random, source);
  const layout = layOutParameters(config, spec, { items });
  const flat = initialParameters(layout, config, await embeddingStatistics(heldWeights(weights), config), spec);
  // B and W_in start at zero, and zeros would hide mistakes.
  fillLora(random, { layout, flat });
  const wIn = slotOf(layout, 'w_in');
  flat.set(normals(random, wIn.rows * wIn.columns, 0.1 / Math.sqrt(wIn.columns)), wIn.offset);
  const scale = Math.sqrt(weights.embedding.reduce((sum, value) => sum + value * value, 0) / weights.embedding.length);
  const features = {
    hidden: normals(random, items * config.hidden),
    title: normals(random, items * config.hidden, scale),
  };
  const batch = Array.from({ length: spec.training.batchSize }, () => ({
    history: Array.from({ length: history }, () => random.integer(items)),
    target: random.integer(items),
    query: [],
    text: Array.from({ length: text }, () => random.integer(config.vocabulary)),
    exposed: [],
  }));
  return { config, weights, features, parameters: { layout, flat }, batch };
}

export function attentionInputs({ id, heads, kvHeads, headSize, sequences, length }: AttentionCase): AttentionInputs {
  const random = forkRandom(0, 'bench', id);
  const rows = sequences * length;
  return {
    qkv: normals(random, rows * (heads + 2 * kvHeads) * headSize),
    upstream: normals(random, rows * heads * headSize, 1 / rows),
  };
}

/**
 * Texts of random tokens after [BOS]; for a continuation one, the prompt.
 * @param source of a named model's files
 */
export async function tokenInputs(
  benchCase: EmbedCase | GenerateCase,
  source: (model: string) => ModelSource,
): Promise<TokenInputs> {
  const random = forkRandom(0, 'bench', benchCase.id);
  const { config, weights } = await modelOf(benchCase.model, random, source);
  const [texts, tokens] = benchCase.kind === 'embed' ? [benchCase.texts, benchCase.tokens] : [1, benchCase.prompt];
  const text = (): number[] => [config.bosId, ...Array.from({ length: tokens - 1 }, () => random.integer(config.vocabulary))];
  return { config, weights, texts: Array.from({ length: texts }, text) };
}

/** A named model, or random weights of a shape. */
function modelOf(
  model: string | DecoderConfig,
  random: Random,
  source: (model: string) => ModelSource,
): Promise<{ config: DecoderConfig; weights: DecoderWeights }> {
  if (typeof model === 'string') return readModel(source(model));
  return Promise.resolve({ config: model, weights: randomWeights(model, random, GAINS) });
}

async function readModel(source: ModelSource): Promise<{ config: DecoderConfig; weights: DecoderWeights }> {
  const config = await loadConfig(source);
  const checkpoint = await Checkpoint.open((file) => source.open(file));
  const weights = await readWeights(checkpoint, config);
  return { config, weights };
}

function normals(random: Random, n: number, size = 1): Float32Array {
  return Float32Array.from({ length: n }, () => size * random.normal());
}

function fillLora(random: Random, { layout, flat }: Parameters): void {
  for (const { name, offset, rows, columns } of layout.slots.values()) {
    const size = (name.endsWith('.B') ? 0.1 : 1) / Math.sqrt(columns);
    if (name.startsWith('lora.')) flat.set(normals(random, rows * columns, size), offset);
  }
}
